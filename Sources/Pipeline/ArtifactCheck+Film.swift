import MediaModel
import Planning

extension ArtifactCheck {
    /// Holds what a worker says of a film's renditions and storyboard against the numbers that were
    /// planned: a player is told sizes, codecs and files from these words.
    static func checkFilm(_ artifacts: [Artifact], plan: VideoPlan) throws(Failure) {
        var byName: [String: Artifact] = [:]
        for artifact in artifacts { byName[artifact.description.name] = artifact }
        var segmentCounts: Set<Int> = []
        for rung in plan.everyRung {
            guard let artifact = byName[rung.output.name] else { continue }
            try check(artifact, rung)
            segmentCounts.insert(artifact.companions.count)
        }
        guard segmentCounts.count <= 1 else {
            throw bad("rungs of \(segmentCounts.sorted()) files: their segments cannot be aligned")
        }
        if let count = segmentCounts.first {
            // The header and the I-frame playlist; one segment begins in each interval at most.
            let most = Int((plan.encodedSeconds / plan.segmentSeconds).rounded(.up)) + 1 + 2
            guard (3...most).contains(count) else {
                throw bad("rungs of \(count) files, \(most) at most")
            }
        }
        if let storyboard = byName[plan.storyboard.output.name] {
            let perSheet = plan.storyboard.columns * plan.storyboard.rows
            let sheets = (plan.storyboard.tileCount + perSheet - 1) / perSheet
            guard storyboard.companions.count == sheets else {
                throw bad("a storyboard of \(storyboard.companions.count) sheets, not \(sheets)")
            }
        }
    }

    private static func check(_ artifact: Artifact, _ rung: VideoRung) throws(Failure) {
        let description = artifact.description
        guard description.width == rung.size.width, description.height == rung.size.height else {
            throw bad("\(description.name) with another size than \(rung.size)")
        }
        let family =
            switch rung.encoder {
            case "libx265": "hvc1."
            case "libsvtav1": "av01."
            default: "avc1."
            }
        guard description.codecs?.hasPrefix(family) == true else {
            throw bad("\(description.name) with another codec than \(family)")
        }
        guard let seconds = description.durationSeconds, seconds > 0 else {
            throw bad("\(description.name) without a duration")
        }
        let files = [artifact.file] + artifact.companions
        let directories = Set(files.map { $0.path.split(separator: "/").dropLast() })
        guard directories.count == 1, directories.first?.count == 1 else {
            throw bad("\(description.name) in more than one directory")
        }
        let names = Set(files.compactMap { $0.path.split(separator: "/").last })
        guard names.isSuperset(of: ["media.m3u8", "init.mp4", "iframes.m3u8"]) else {
            throw bad("\(description.name) without its playlists and header")
        }
    }
}
