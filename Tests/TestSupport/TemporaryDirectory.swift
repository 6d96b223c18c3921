package import Foundation

/// A directory of a test's own, removed with everything in it when the last reference goes.
package final class TemporaryDirectory: Sendable {
    package let url: URL

    /// - Parameter name: shows in the directory's name, to tell what a crashed run left behind.
    package init(_ name: String = "test") throws {
        let place = FileManager.default.temporaryDirectory
            .appending(path: "vitrine-\(name)-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        // Resolved, because a program under test reports the path behind a symbolic link.
        url = place.resolvingSymlinksInPath()
        AtExit.remove(url)
    }

    deinit {
        // Nothing to do about a failure here: the system cleans its temporary directory.
        try? FileManager.default.removeItem(at: url)
        AtExit.forget(url)
    }

    /// The URL of a file or directory inside.
    package func file(_ path: String) -> URL { url.appending(path: path) }

    /// Writes bytes to a new or existing file inside, making its directories.
    @discardableResult
    package func write(_ data: Data, to path: String) throws -> URL {
        let target = file(path)
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: target)
        return target
    }

    /// Writes UTF-8 text to a new or existing file inside.
    @discardableResult
    package func write(_ text: String, to path: String) throws -> URL {
        try write(Data(text.utf8), to: path)
    }
}
