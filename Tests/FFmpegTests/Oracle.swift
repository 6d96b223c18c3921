import Foundation
import Testing

/// The `ffmpeg` and `ffprobe` programs: they make inputs and judge outputs, so that the wrapper
/// never gives evidence for itself.
enum Oracle {
    /// Runs a program, requires success, returns its standard output.
    @discardableResult
    static func run(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // A program that hangs fails its test instead of the run.
        process.arguments = ["timeout", "--kill-after=5", "60"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        let errors = FileManager.default.temporaryDirectory
            .appendingPathComponent("oracle-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: errors) }
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let said = String(decoding: (try? Data(contentsOf: errors)) ?? Data(), as: UTF8.self)
        try #require(process.terminationStatus == 0, "\(arguments.joined(separator: " ")): \(said)")
        return data
    }

    @discardableResult
    static func ffmpeg(_ arguments: String...) throws -> Data {
        try run(["ffmpeg", "-nostdin", "-v", "error", "-y"] + arguments)
    }

    /// What ffprobe says about one thing: `probe(file, "stream=codec_name")` → ["h264", "aac"].
    static func probe(_ file: URL, _ entries: String, _ more: String...) throws -> [String] {
        let output = try run(
            ["ffprobe", "-v", "error"] + more + [
                "-show_entries", entries, "-of", "default=noprint_wrappers=1:nokey=1", file.path,
            ])
        return String(decoding: output, as: UTF8.self)
            .split(whereSeparator: \.isNewline).map(String.init)
    }
}

/// A directory for one test, removed with it.
final class TemporaryDirectory {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("ffmpeg-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func file(_ name: String) -> URL { url.appendingPathComponent(name) }
}

/// Where two byte sequences first differ, or nil. (`#expect` on the sequences themselves would
/// compute their whole edit distance before it reports.)
func firstDifference(_ ours: some Collection<UInt8>, _ expected: some Collection<UInt8>) -> Int? {
    let common = zip(ours, expected).enumerated().first { $1.0 != $1.1 }?.offset
    return common ?? (ours.count == expected.count ? nil : min(ours.count, expected.count))
}
