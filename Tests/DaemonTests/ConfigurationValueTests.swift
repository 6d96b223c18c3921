import ControlAPI
import Foundation
import TestSupport
import Testing

@testable import Daemon

@Suite struct ConfigurationValueTests {
    private func load(
        _ files: [String: String], environment: [String: String] = [:]
    ) throws -> (Configuration, TemporaryDirectory) {
        let directory = try TemporaryDirectory("configuration")
        for (name, text) in files { try directory.write(text, to: name) }
        let source = ConfigurationSource(
            .file(directory.file("vitrine.yaml").path), environment: environment)
        return (try source.load(), directory)
    }

    @Test func anEmptyFileMeansTheDefaults() throws {
        #expect(try load(["vitrine.yaml": ""]).0 == Configuration())
        #expect(try load(["vitrine.yaml": "# nothing\n"]).0 == Configuration())
        #expect(try load(["vitrine.yaml": "inbox:\n"]).0 == Configuration())
    }

    @Test func everyKindOfValueIsRead() throws {
        let (configuration, _) = try load([
            "vitrine.yaml": """
            inbox: { path: /a/in, settle: 1500ms, minimumFree: 3GiB, polling: on }
            workers: { count: 3, drain: 2m, spare: false }
            log: { level: debug, format: json }
            sandbox: reduced
            """
        ])
        var expected = Configuration()
        expected.inbox.path = "/a/in"
        expected.inbox.settle = .milliseconds(1500)
        expected.inbox.minimumFree = 3 << 30
        expected.inbox.polling = .on
        expected.workers.count = 3
        expected.workers.drain = .seconds(120)
        expected.workers.spare = false
        expected.log.level = .debug
        expected.log.format = .json
        expected.sandbox = .reduced
        #expect(configuration == expected)
    }

    @Test func aRelativePathIsRelativeToTheFileItStandsIn() throws {
        let (configuration, directory) = try load(["vitrine.yaml": "inbox: { path: ./a/../in }"])
        #expect(configuration.inbox.path == directory.file("in").path)
    }

    @Test func laterSourcesReplaceEarlierOnesKeyByKey() throws {
        let (configuration, _) = try load(
            [
                "vitrine.yaml": "inbox: { settle: 1s, rescan: 10s, sidecarWait: 1s }",
                "conf.d/20-site.yaml": "inbox: { rescan: 30s, sidecarWait: 3s }",
                "conf.d/10-first.yaml": "inbox: { rescan: 20s }",
                "conf.d/.hidden.yaml": "inbox: { nonsense: 1 }",
                "conf.d/notes.txt": "not a setting",
            ], environment: ["VITRINE_INBOX_SIDECAR_WAIT": "4s", "PATH": "/bin"])
        #expect(configuration.inbox.settle == .seconds(1))
        #expect(configuration.inbox.rescan == .seconds(30))
        #expect(configuration.inbox.sidecarWait == .seconds(4))
    }

    @Test func aVariableMayLeaveOutTheUnderscoresBetweenWords() throws {
        let (configuration, _) = try load(
            ["vitrine.yaml": ""], environment: ["VITRINE_INBOX_SIDECARWAIT": "7s"])
        #expect(configuration.inbox.sidecarWait == .seconds(7))
    }

    @Test func embeddedDefaultsLieBelowOneDirectory() throws {
        let source = ConfigurationSource(
            .embedded("/demo"), environment: ["VITRINE_WORKERS_COUNT": "2"])
        let configuration = try source.load()
        #expect(configuration.inbox.path == "/demo/inbox")
        #expect(configuration.control.socket == "/demo/control.sock")
        #expect(configuration.workers.count == 2)
    }

    @Test(arguments: [
        ("0", Duration.zero), ("500ms", .milliseconds(500)), ("2s", .seconds(2)),
        ("1.5s", .milliseconds(1500)), ("5m", .seconds(300)), ("1h", .seconds(3600)),
        ("2d", .seconds(172_800)),
    ])
    func durationsAreReadAndWritten(text: String, duration: Duration) throws {
        #expect(DurationText.parse(text) == duration)
        #expect(DurationText.parse(DurationText.format(duration)) == duration)
    }

    @Test(arguments: ["", "s", "-1s", "2", "2 s", "1e3s", "five", "0x1s", "2w", "1..5s", "infs"])
    func whatIsNoDurationIsRefused(text: String) { #expect(DurationText.parse(text) == nil) }

    @Test(arguments: [
        ("0", Int64(0)), ("12", 12), ("1KiB", 1024), ("512MiB", 512 << 20), ("4GiB", 4 << 30),
        ("1.5GiB", 3 << 29), ("2TiB", 2 << 40),
    ])
    func sizesAreReadAndWritten(text: String, bytes: Int64) throws {
        #expect(ByteSizeText.parse(text) == bytes)
        #expect(ByteSizeText.parse(ByteSizeText.format(bytes)) == bytes)
    }

    @Test(arguments: ["", "GiB", "-1", "4GB", "4 GiB", "99999999999TiB", "1e3"])
    func whatIsNoSizeIsRefused(text: String) { #expect(ByteSizeText.parse(text) == nil) }

    @Test func aSlipOfTheFingerIsFoundAndAnotherWordIsNot() {
        let names = ["path", "settle", "rescan"]
        #expect(Suggestion.nearest(to: "pahtsettel", among: names) == nil)
        #expect(Suggestion.nearest(to: "settel", among: names) == "settle")
        #expect(Suggestion.nearest(to: "Path", among: names) == "path")
        #expect(Suggestion.nearest(to: "xyz", among: names) == nil)
    }
}
