import Foundation
import Glibc
import TestSupport
import Testing

@testable import Daemon

@Suite struct StartTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test func missingDirectoriesAreMadeWithTheirModes() throws {
        let directory = try TemporaryDirectory("start")
        let configuration = Configuration.embedded(in: directory.file("d").path)
        try Directories.prepare(configuration)
        #expect(try mode(configuration.inbox.path) == 0o770)
        #expect(try mode(configuration.originals.path) == 0o750)
        #expect(try mode(configuration.quarantine.path) == 0o750)
        #expect(try mode(configuration.state.path) == 0o750)
        #expect(try mode(configuration.storage.path) == 0o755)
    }

    @Test func anExistingDirectoryKeepsItsMode() throws {
        let directory = try TemporaryDirectory("start")
        let configuration = Configuration.embedded(in: directory.url.path)
        try FileManager.default.createDirectory(
            atPath: configuration.inbox.path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o2775])
        try Directories.prepare(configuration)
        #expect(try mode(configuration.inbox.path) & 0o777 == 0o775)
    }

    @Test func aFileInTheWayNamesItsKey() throws {
        let directory = try TemporaryDirectory("start")
        let configuration = Configuration.embedded(in: directory.url.path)
        try directory.write("not a directory", to: "inbox")
        let error = #expect(throws: StartError.self) { try Directories.prepare(configuration) }
        #expect(error?.description.hasPrefix("inbox.path: ") == true)
    }

    @Test func aStateDirectoryHasOneDaemon() throws {
        let directory = try TemporaryDirectory("start")
        let first = try StateLock(directory: directory.url.path)
        let error = #expect(throws: StartError.self) {
            try StateLock(directory: directory.url.path)
        }
        #expect(error?.code == .temporary)
        withExtendedLifetime(first) {}
    }

    @Test func theLockIsFreeWhenItsHolderIsGone() throws {
        let directory = try TemporaryDirectory("start")
        do { _ = try StateLock(directory: directory.url.path) }
        _ = try StateLock(directory: directory.url.path)
    }

    @Test func aSocketIsNotPutInPlaceOfAFile() throws {
        let directory = try TemporaryDirectory("start")
        let file = try directory.write("precious", to: "control.sock")
        #expect(throws: StartError.self) { try SocketNursery(for: file.path) }
        #expect(try String(contentsOf: file, encoding: .utf8) == "precious")
    }

    @Test func pathsAreMadeAbsoluteByLettersAlone() {
        #expect(PathText.resolve("/a//b/./c/", in: nil) == "/a/b/c")
        #expect(PathText.resolve("../x", in: "/etc/vitrine") == "/etc/x")
        #expect(PathText.resolve("x", in: nil) == nil)
        #expect(PathText.resolve("", in: "/etc") == nil)
        #expect(PathText.contains("/a", "/a/b"))
        #expect(!PathText.contains("/a", "/ab"))
    }
}
