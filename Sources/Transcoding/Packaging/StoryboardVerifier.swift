import Foundation
import Glibc
package import MediaModel
package import Planning
import Vips

/// Reads a storyboard back: its track, every sheet that it refers to, and whether its tiles cover
/// the whole film.
package enum StoryboardVerifier {
    /// - Parameter artifact: adopted in scratch.
    package static func verify(
        _ artifact: Artifact, plan: StoryboardPlan, durationSeconds: Double,
        scratch: ScratchDirectory
    ) throws(Failure) {
        let name = artifact.file.path
        for file in [artifact.file] + artifact.companions {
            guard try scratch.measure(file.path) == file else {
                throw MediaVerifier.wrong(name, "\(file.path) with other bytes", "as recorded")
            }
        }
        var sheets: [String: PixelSize] = [:]
        for file in artifact.companions { sheets[file.path] = try size(of: file.path, scratch) }
        let cues = try StoryboardCue.read(try text(of: name, scratch), name: name)
        var end = 0.0
        for cue in cues {
            guard abs(cue.start - end) < 0.001, cue.end > cue.start else {
                throw MediaVerifier.wrong(name, "a tile from \(cue.start) s", "from \(end) s")
            }
            end = cue.end
            guard let sheet = sheets[cue.sheet] else {
                throw MediaVerifier.wrong(name, "the sheet \(cue.sheet)", "one that was written")
            }
            guard cue.size == plan.tileSize, cue.x >= 0, cue.y >= 0,
                cue.x + cue.size.width <= sheet.width, cue.y + cue.size.height <= sheet.height
            else {
                throw MediaVerifier.wrong(
                    name, "a tile \(cue.size) at \(cue.x),\(cue.y) of a sheet \(sheet)",
                    "\(plan.tileSize) inside it")
            }
        }
        guard abs(end - max(durationSeconds, plan.endSeconds)) < 0.001 else {
            throw MediaVerifier.wrong(
                name, "tiles up to \(end) s", "\(max(durationSeconds, plan.endSeconds)) s")
        }
        guard Set(cues.map(\.sheet)) == Set(sheets.keys) else {
            throw MediaVerifier.wrong(name, "sheets without tiles", "none")
        }
    }

    private static func text(
        of path: String, _ scratch: ScratchDirectory
    ) throws(Failure) -> String {
        let handle = FileHandle(fileDescriptor: try scratch.open(path), closeOnDealloc: true)
        guard let data = try? handle.readToEnd(), let text = String(data: data, encoding: .utf8)
        else { throw MediaVerifier.wrong(path, "unreadable text", "a track") }
        return text
    }

    /// Decodes every pixel on the way.
    private static func size(
        of path: String, _ scratch: ScratchDirectory
    ) throws(Failure) -> PixelSize {
        let file = try scratch.open(path)
        defer { close(file) }
        do {
            let image = try Image.load(
                Source(descriptor: file), with: .jpeg,
                LoadOptions(access: .sequential, failOn: .error))
            _ = try image.average()
            return PixelSize(width: image.width, height: image.height)
        } catch {
            throw MediaVerifier.wrong(path, "no readable picture (\(error))", "a sheet")
        }
    }
}

/// One cue of a storyboard's track: when, and which part of which sheet.
struct StoryboardCue: Hashable {
    /// In seconds.
    var start: Double
    var end: Double
    var sheet: String
    var x: Int
    var y: Int
    var size: PixelSize

    /// The cues of a WebVTT file with `#xywh=` addresses.
    static func read(_ text: String, name: String) throws(Failure) -> [StoryboardCue] {
        let blocks = text.split(separator: "\n\n")
        guard blocks.first == "WEBVTT", blocks.count > 1 else {
            throw MediaVerifier.wrong(name, "no WEBVTT with cues", "a track")
        }
        var cues: [StoryboardCue] = []
        for block in blocks.dropFirst() {
            guard let cue = StoryboardCue(block) else {
                throw MediaVerifier.wrong(name, "the cue \(block.prefix(100))", "a tile's")
            }
            cues.append(cue)
        }
        return cues
    }

    private init?(_ block: Substring) {
        let lines = block.split(separator: "\n")
        guard lines.count == 2 else { return nil }
        let times = lines[0].components(separatedBy: " --> ").map(Self.seconds)
        let address = lines[1].components(separatedBy: "#xywh=")
        guard times.count == 2, let start = times[0], let end = times[1], address.count == 2 else {
            return nil
        }
        let numbers = address[1].split(separator: ",").compactMap { Int($0) }
        guard numbers.count == 4 else { return nil }
        self.init(
            start: start, end: end, sheet: address[0], x: numbers[0], y: numbers[1],
            size: PixelSize(width: numbers[2], height: numbers[3]))
    }

    private init(start: Double, end: Double, sheet: String, x: Int, y: Int, size: PixelSize) {
        self.start = start
        self.end = end
        self.sheet = sheet
        self.x = x
        self.y = y
        self.size = size
    }

    /// `hh:mm:ss.ttt`.
    private static func seconds(_ clock: String) -> Double? {
        let parts = clock.split(separator: ":").compactMap { Double($0) }
        guard parts.count == 3 else { return nil }
        return parts[0] * 3600 + parts[1] * 60 + parts[2]
    }
}
