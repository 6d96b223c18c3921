import Foundation
import Glibc
import TestSupport

/// A directory whose files cannot be moved out of it, until released.
struct Unmovable {
    /// Permissions do not stop root; an attribute does, on file systems that have it.
    static let isPossible = geteuid() != 0 || attributesWork

    private static let attributesWork: Bool = {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "vitrine-unmovable-\(UUID().uuidString)")
        guard FileManager.default.createFile(atPath: file.path, contents: nil) else { return false }
        defer { try? FileManager.default.removeItem(at: file) }
        return change("+i", file) && change("-i", file)
    }()

    let url: URL

    init(_ url: URL) async throws {
        self.url = url
        if geteuid() == 0 {
            try await Program("chattr").run(["+i", url.path])
        } else {
            try setMode(0o555)
        }
    }

    func release() async throws {
        if geteuid() == 0 {
            try await Program("chattr").run(["-i", url.path])
        } else {
            try setMode(0o755)
        }
    }

    private static func change(_ attribute: String, _ url: URL) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["chattr", attribute, url.path]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    private func setMode(_ mode: Int) throws {
        try FileManager.default.setAttributes(
            [.posixPermissions: mode], ofItemAtPath: url.path)
    }
}
