import Foundation
import Testing
import Vips

/// Programs that know images independently of the wrapper, and files for them to look at.
enum Oracle {
    struct Failed: Error {
        let command: String
        let output: String
    }

    /// Runs a program found on the path and returns what it printed.
    @discardableResult
    static func run(_ program: String, _ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        // vipsheader warns about every AVIF there; the value is what was asked for.
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        guard process.terminationStatus == 0 else {
            throw Failed(command: "\(program) \(arguments)", output: text)
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A header field as `vipsheader` reads it.
    static func header(_ field: String, _ file: URL) throws -> String {
        try run("vipsheader", "-f", field, file.path)
    }

    /// "640x480" as `vipsheader` reads it.
    static func size(_ file: URL) throws -> String {
        try "\(header("width", file))x\(header("height", file))"
    }
}

/// A directory of its own for one test, removed with it.
final class Scratch {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("vips-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    subscript(_ name: String) -> URL { url.appendingPathComponent(name) }

    /// A colourful picture made by the `vips` program: zone plate, different in every channel.
    func photograph(_ name: String, width: Int = 400, height: Int = 300) throws -> URL {
        let grey = self["grey.v"]
        let file = self[name]
        try Oracle.run("vips", "zone", grey.path, "\(width)", "\(height)", "--uchar")
        let flipped = self["flipped.v"]
        try Oracle.run("vips", "flip", grey.path, flipped.path, "horizontal")
        let joined = self["joined.v"]
        try Oracle.run(
            "vips", "bandjoin", "\(grey.path) \(flipped.path) \(grey.path)", joined.path)
        try Oracle.run("vips", "copy", joined.path, file.path, "--interpretation", "srgb")
        return file
    }

    func write(_ bytes: [UInt8], _ name: String) throws -> URL {
        try Data(bytes).write(to: self[name])
        return self[name]
    }
}

/// Opens a file, and loads it through its descriptor alone.
func load(
    _ file: URL, with loader: Loader, _ options: LoadOptions = LoadOptions()
) throws -> Image {
    try Runtime.start()
    let handle = try FileHandle(forReadingFrom: file)
    defer { try? handle.close() }
    return try Image.load(Source(descriptor: handle.fileDescriptor), with: loader, options)
}

/// Resident memory of this process in KiB, from the kernel.
func residentKilobytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
    return try #require(Int(line.split(whereSeparator: { !$0.isNumber }).joined()))
}
