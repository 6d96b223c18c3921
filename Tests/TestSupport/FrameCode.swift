package import Foundation

/// A frame's own number, drawn into its upper third as a bar code of cells, so that a test can say
/// *which* frame of the source a picture shows.
///
/// Two rows of twelve cells: the number's bits, most significant first, white = 1, and under them
/// the same bits inverted, so that a picture without a code is not read as one.
package enum FrameCode {
    package static let columns = 12
    package static let rows = 2
    /// Numbers run from 0 up to this.
    package static let limit = 1 << columns

    /// The cells of one frame, one grey byte each.
    package static func cells(_ number: Int) -> [UInt8] {
        precondition((0..<limit).contains(number), "a frame number fits its code")
        let bits = (0..<columns).map { column in number >> (columns - 1 - column) & 1 == 1 }
        // Video white and black, away from the clipping ends.
        return bits.map { $0 ? 225 : 25 } + bits.map { $0 ? 25 : 225 }
    }

    /// The number in the cells of a picture; nil when they are no code.
    package static func number(cells: some Collection<UInt8>) -> Int? {
        let cells = Array(cells)
        guard cells.count == columns * rows else { return nil }
        var number = 0
        for column in 0..<columns {
            let upper = Int(cells[column])
            let lower = Int(cells[columns + column])
            // Half of the drawn contrast must survive, else this is no code.
            guard abs(upper - lower) > 60 else { return nil }
            number = number << 1 | (upper > lower ? 1 : 0)
        }
        return number
    }

    /// The filter that puts a 12×2 grey stream over the upper third of a film.
    static func overlayFilter(width: Int, height: Int) -> String {
        "[1:v]scale=\(width):\(height / 3):flags=neighbor,format=rgb24[code];"
            + "[0:v][code]overlay=0:0:format=rgb:shortest=1"
    }

    /// The numbers of all frames of a film or still, in the order shown, decoded by `ffmpeg`.
    ///
    /// - Parameter filter: put before the reading, to turn a picture upright first.
    package static func numbers(in file: URL, filter: String? = nil) async throws -> [Int?] {
        var arguments = ["-v", "error", "-nostdin"]
        if file.pathExtension == "m3u8" { arguments += ["-allowed_extensions", "ALL"] }
        let chain = [
            filter,
            "crop=iw:floor(ih/3):0:0,scale=\(columns):\(rows):flags=area,format=gray",
        ].compactMap { $0 }.joined(separator: ",")
        arguments += [
            "-i", file.path, "-map", "0:v:0", "-vf", chain, "-fps_mode", "passthrough",
            "-f", "rawvideo", "-",
        ]
        let output = Array(try await Program("ffmpeg").run(arguments))
        let size = columns * rows
        return stride(from: 0, to: output.count - output.count % size, by: size).map { start in
            number(cells: output[start..<start + size])
        }
    }
}
