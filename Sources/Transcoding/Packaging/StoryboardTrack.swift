import MediaModel
package import Planning

/// The WebVTT track that tells a player which part of which sprite sheet shows which moment.
package enum StoryboardTrack {
    package static let mediaType = WebVTT.mediaType

    /// Cues for every tile, `#xywh=` as in Media Fragments URI 1.0; the last one lasts to the end.
    ///
    /// - Parameter sprites: published names of the sheets, in order, relative to the track.
    package static func text(
        _ plan: StoryboardPlan, durationSeconds: Double, sprites: [String]
    ) -> String {
        let perSheet = plan.columns * plan.rows
        precondition(
            sprites.count * perSheet >= plan.tileCount, "there are tiles without a sheet")
        var text = "WEBVTT\n"
        for tile in 0..<plan.tileCount {
            let start = Double(tile) * plan.intervalSeconds
            let isLast = tile == plan.tileCount - 1
            let end = isLast ? durationSeconds : Double(tile + 1) * plan.intervalSeconds
            guard milliseconds(end) > milliseconds(start) else { continue }
            let position = tile % perSheet
            let x = position % plan.columns * plan.tileSize.width
            let y = position / plan.columns * plan.tileSize.height
            let times = [start, end].map { WebVTT.clock(milliseconds: milliseconds($0)) }
            text += "\n\(times[0]) --> \(times[1])\n"
            text += "\(sprites[tile / perSheet])#xywh="
            text += "\(x),\(y),\(plan.tileSize.width),\(plan.tileSize.height)\n"
        }
        return text
    }

    private static func milliseconds(_ seconds: Double) -> Int {
        Int((max(0, min(seconds, 1e9)) * 1000).rounded())
    }
}
