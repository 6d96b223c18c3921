extension Plan {
    /// Names and keys of all derivatives, in the order of the manifest.
    package var outputs: [PlannedOutput] {
        var all: [PlannedOutput] = []
        var copy = self
        copy.eachOutput { output, _ in all.append(output) }
        return all
    }

    /// Every output of every part, in the order of the manifest: the one place that knows where
    /// they are.
    package mutating func eachOutput(_ body: (inout PlannedOutput, OutputMaking) -> Void) {
        video?.eachOutput(body)
        audio?.eachOutput(body)
        for index in otherAudio.indices { otherAudio[index].eachOutput(body) }
        for index in captions.indices { body(&captions[index].output, .captions) }
        if var parts = chapters {
            body(&parts.output, .chapters)
            chapters = parts
        }
        animation?.eachOutput(body)
        drawing?.eachOutput(body)
        document?.eachOutput(body)
        if var picture = still {
            for index in picture.pictures.indices {
                let made = picture.pictures[index]
                body(&picture.pictures[index].output, .still(made))
            }
            for index in picture.tiles.indices {
                let tiles = picture.tiles[index]
                body(&picture.tiles[index].output, .tiles(tiles))
            }
            still = picture
        }
        if var picture = cover {
            for index in picture.pictures.indices {
                let made = picture.pictures[index]
                body(&picture.pictures[index].output, .cover(made))
            }
            cover = picture
        }
    }
}

extension VideoPlan {
    fileprivate mutating func eachOutput(_ body: (inout PlannedOutput, OutputMaking) -> Void) {
        for index in rungs.indices {
            let encoder = rungs[index].encoder
            body(&rungs[index].output, .rung(encoder: encoder))
        }
        for index in alternatives.indices {
            let encoder = alternatives[index].rung.encoder
            body(&alternatives[index].rung.output, .rung(encoder: encoder))
        }
        if var file = progressive {
            body(&file.output, .progressive)
            progressive = file
        }
        for index in poster.pictures.indices {
            let picture = poster.pictures[index]
            body(&poster.pictures[index].output, .poster(picture))
        }
        for index in poster.alternatives.indices {
            let picture = poster.alternatives[index]
            body(&poster.alternatives[index].output, .poster(picture))
        }
        body(&storyboard.output, .storyboard)
        if var film = alpha {
            body(&film.output, .alpha)
            alpha = film
        }
        if var loop = hover {
            body(&loop.output, .hover)
            hover = loop
        }
    }
}

extension AudioPlan {
    fileprivate mutating func eachOutput(_ body: (inout PlannedOutput, OutputMaking) -> Void) {
        for index in renditions.indices {
            let rendition = renditions[index]
            body(&renditions[index].output, .sound(rendition))
        }
        for mix in otherMixes.indices {
            for index in otherMixes[mix].renditions.indices {
                let rendition = otherMixes[mix].renditions[index]
                body(&otherMixes[mix].renditions[index].output, .sound(rendition))
            }
        }
        if var files = waveform {
            for index in files.files.indices {
                let format = files.files[index].format
                body(&files.files[index].output, .waveform(format))
            }
            waveform = files
        }
        if var card = share {
            body(&card, .waveformCard)
            share = card
        }
    }
}

extension AnimationPlan {
    fileprivate mutating func eachOutput(_ body: (inout PlannedOutput, OutputMaking) -> Void) {
        body(&video.output, .animation(encoder: "libx264"))
        if var picture = webp {
            body(&picture.output, .animation(encoder: "libwebp"))
            webp = picture
        }
    }
}

extension DrawingPlan {
    fileprivate mutating func eachOutput(_ body: (inout PlannedOutput, OutputMaking) -> Void) {
        for index in pictures.indices {
            let picture = pictures[index]
            body(&pictures[index].output, .drawing(picture))
        }
        body(&vector, .vector)
    }
}

extension DocumentPlan {
    fileprivate mutating func eachOutput(_ body: (inout PlannedOutput, OutputMaking) -> Void) {
        for page in pages.indices {
            for index in pages[page].pictures.indices {
                let picture = pages[page].pictures[index]
                body(&pages[page].pictures[index].output, .page(picture))
            }
        }
        if var said = text {
            body(&said.output, .text)
            text = said
        }
    }
}
