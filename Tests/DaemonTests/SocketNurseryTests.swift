import Foundation
import Glibc
import TestSupport
import Testing

@testable import Daemon

@Suite struct SocketNurseryTests {
    /// Binds a socket and listens, as the server does.
    private func listen(at path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let bound = unsafe UnixConnection.withAddress(path) { unsafe bind(descriptor, $0, $1) }
        try #require(bound == 0, "bind(\(path)): errno \(errno)")
        try #require(Glibc.listen(descriptor, 4) == 0)
        return descriptor
    }

    private func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    @Test func aSocketNobodyListensAtIsReplacedAndTakenAwayAtTheEnd() throws {
        let directory = try TemporaryDirectory("nursery")
        let target = directory.file("control.sock").path
        close(try listen(at: target))
        let nursery = try SocketNursery(for: target)
        let descriptor = try listen(at: nursery.path)
        defer { close(descriptor) }
        try nursery.present()
        #expect(UnixAddress.ask(target) == .somebody)
        nursery.remove()
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.url.path).isEmpty)
    }

    @Test func aSocketThatAnswersIsLeftToItsOwner() throws {
        let directory = try TemporaryDirectory("nursery")
        let target = directory.file("control.sock").path
        let other = try listen(at: target)
        defer { close(other) }
        let error = #expect(throws: StartError.self) { try SocketNursery(for: target) }
        #expect(error?.code == .temporary)
        #expect(UnixAddress.ask(target) == .somebody)
    }

    @Test func aSocketThatAppearedSinceIsLeftToItsOwner() throws {
        let directory = try TemporaryDirectory("nursery")
        let target = directory.file("control.sock").path
        let nursery = try SocketNursery(for: target)
        let ours = try listen(at: nursery.path)
        let other = try listen(at: target)
        defer {
            close(ours)
            close(other)
        }
        #expect(throws: StartError.self) { try nursery.present() }
        nursery.remove()
        #expect(UnixAddress.ask(target) == .somebody)
    }

    @Test func theEndTakesAwayOnlyItsOwnSocket() throws {
        let directory = try TemporaryDirectory("nursery")
        let target = directory.file("control.sock").path
        let nursery = try SocketNursery(for: target)
        let ours = try listen(at: nursery.path)
        try nursery.present()
        #expect(unsafe unlink(target) == 0)
        let other = try listen(at: target)
        defer {
            close(ours)
            close(other)
        }
        nursery.remove()
        #expect(UnixAddress.ask(target) == .somebody)
    }

    @Test func whatDeadProcessesLeftIsSweptAndNothingElse() throws {
        let directory = try TemporaryDirectory("nursery")
        // Beyond the kernel's largest process id; then this process; then one that lives.
        let dead = [".4194305", ".\(getpid())"]
        for name in dead {
            try directory.write("", to: "\(name)/keep")
            try FileManager.default.removeItem(at: directory.file("\(name)/keep"))
            close(try listen(at: directory.file("\(name)/s").path))
        }
        let others = [".\(getppid())", ".hidden", ".5x"]
        for name in others { try directory.write("", to: "\(name)/s") }
        let nursery = try SocketNursery(for: directory.file("control.sock").path)
        #expect(!exists(directory.file(dead[0]).path))
        // Ours is there again, and empty.
        #expect(!exists(nursery.path))
        for name in others { #expect(exists(directory.file("\(name)/s").path)) }
    }

    @Test(arguments: [(107, 96, true), (108, 90, false), (99, 97, false), (98, 96, true)])
    func pathsThatAreTooLongToBindAreRefused(length: Int, directory: Int, isRight: Bool) throws {
        let place = try TemporaryDirectory("configuration")
        let parent = "/" + String(repeating: "d", count: directory - 1)
        let socket = "\(parent)/" + String(repeating: "s", count: length - directory - 1)
        let source = ConfigurationSource(
            .embedded(place.url.path), environment: ["VITRINE_CONTROL_SOCKET": socket])
        var issues: [String] = []
        do { _ = try source.loadChecked() } catch { issues = error.issues.map(\.description) }
        #expect(issues.contains { $0.contains("control.socket") } == !isRight, "\(issues)")
        #expect(isRight || issues.contains { $0.contains("the kernel's limit") })
    }
}
