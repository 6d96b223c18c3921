import Foundation
import TestSupport
import Testing

/// A shape, and what has to be said to the program `ffmpeg` until it falls for it.
struct Bait: Sendable, CustomTestStringConvertible {
    var name: String
    var options: [String]
    /// Whether it leads to a file, and not to the network.
    var isRead = false

    var testDescription: String { name }

    private static let list = ["-allowed_extensions", "ALL"]

    static let all = [
        Bait(name: "hls-http.m3u8", options: list),
        Bait(name: "hls-variants.jpg", options: ["-f", "hls"] + list),
        Bait(name: "dash-http.mpd", options: ["-f", "dash"]),
        Bait(name: "hls-file.m3u8", options: list, isRead: true),
        Bait(name: "ffconcat.ts", options: ["-f", "concat", "-safe", "0"], isRead: true),
        Bait(
            name: "media-by-an-alias.mov",
            options: ["-enable_drefs", "1", "-use_absolute_path", "1"], isRead: true),
    ]
}

/// That what is not seen in the other tests would be seen.
extension AttackTests {
    /// The plain program, which is what the daemon must not be.
    @Test(arguments: Bait.all)
    func theSameShapesReachTheCanariesWhereNothingKeepsThem(bait: Bait) async throws {
        let name = bait.name
        let place = try TemporaryDirectory("bait")
        let listener = try CanaryListener()
        let files = try await AttackRun.canaries(in: place.url)
        let material = try await AttackMaterial(listener: listener, files: files)
        let shape = try #require(AttackShape.all.first { $0.shown == name })
        let file = try place.write(try await shape.make(material), to: name)
        #expect(listener.connections() == 0 && files.opened() == [])
        let program = try RunningProgram(
            Program("ffmpeg").executable,
            ["-v", "error", "-nostdin"] + bait.options
                + [
                    "-protocol_whitelist", "file,http,tcp,subfile,crypto", "-i", file.path, "-f",
                    "null", "-",
                ])
        // It may wait for what the listener never says.
        defer { program.sendToGroup(SIGKILL) }
        try await Waiting.until("\(name) to be fallen for", within: .seconds(20)) {
            let seen =
                bait.isRead ? files.opened().contains("canary.ts") : listener.connections() > 0
            return seen ? true : nil
        }
    }

    @Test func aDatagramIsCounted() async throws {
        let listener = try CanaryListener()
        #expect(listener.datagrams() == 0)
        try await Program("bash").run(["-c", "echo canary >/dev/udp/127.0.0.1/\(listener.port)"])
        #expect(listener.datagrams() == 1)
        #expect(listener.datagrams() == 0 && listener.connections() == 0)
    }

    /// A file that a list names ends up in the output, with its word.
    @Test func aWordThatLeaksIsFound() async throws {
        let place = try TemporaryDirectory("leak")
        let files = try await AttackRun.canaries(in: place.url)
        let text = files.directory.appending(path: "canary.txt").path
        let output = place.file("published/output")
        try place.write("nothing", to: "published/other")
        try await Program("ffmpeg").run([
            "-v", "error", "-nostdin", "-protocol_whitelist", "file,concat", "-f", "data", "-i",
            "concat:\(text)|\(text)", "-map", "0", "-c", "copy", "-f", "data", output.path,
        ])
        #expect(files.opened().contains("canary.txt"))
        #expect(TokenScan(files.token).places(below: place.file("published")) == ["output"])
    }

    @Test func aWordIsFoundHoweverItIsWritten() throws {
        let token = "canary-0f8fad5b-d9cb-469f-a165-70867728950e"
        let scan = TokenScan(token)
        let plain = Data(token.utf8)
        func around(_ data: Data) -> Data { Data(count: 50_000) + data + Data(count: 50_000) }
        #expect(scan.isIn(around(plain)) && scan.isIn(plain))
        #expect(scan.isIn(around(Data(token.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }))))
        #expect(scan.isIn(around(Data(plain.map { String(format: "%02x", $0) }.joined().utf8))))
        for start in 0..<3 {
            let text = Data(repeating: 7, count: start) + plain + Data([9, 9])
            #expect(scan.isIn(Data(text.base64EncodedString().utf8)), "\(start)")
        }
        #expect(!scan.isIn(around(plain.dropLast())))
        let other = Data("canary-00000000-0000-0000-0000-000000000000".utf8)
        #expect(!scan.isIn(other) && !scan.isIn(Data(other.base64EncodedString().utf8)))
    }
}
