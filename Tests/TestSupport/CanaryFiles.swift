package import Foundation
import Glibc

/// Files that nobody has a reason to open, and the kernel's word on whether anybody did.
///
/// Each holds a word that is nowhere else, and is what it is called besides: a text, a picture, a
/// piece of a film. A leak can turn the word into pixels; being opened it cannot hide.
package final class CanaryFiles: Sendable {
    package let directory: URL
    /// What every file of these holds, and nothing else has.
    package let token: String
    private let watch: Int32

    /// - Parameters:
    ///   - directory: where to put them, in a directory `canary` of their own.
    ///   - contents: file names with what comes before the word.
    package init(in directory: URL, _ contents: [String: Data]) throws {
        token = "canary-\(UUID().uuidString.lowercased())"
        self.directory = directory.appending(path: "canary")
        try FileManager.default.createDirectory(
            at: self.directory, withIntermediateDirectories: true)
        for (name, data) in contents {
            try (data + Data("\n\(token)\n".utf8)).write(
                to: self.directory.appending(path: name))
        }
        // Whoever the worker runs as may read them: what keeps it away has to be something else.
        _ = unsafe chmod(self.directory.path, 0o755)
        for name in contents.keys {
            _ = unsafe chmod(self.directory.appending(path: name).path, 0o644)
        }
        watch = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        let mask = UInt32(IN_OPEN) | UInt32(IN_ACCESS)
        guard unsafe inotify_add_watch(watch, self.directory.path, mask) >= 0 else {
            throw ProgramError("inotify is not available")
        }
    }

    deinit { close(watch) }

    /// Names of what was opened or read since the last question, the directory itself as an empty one.
    package func opened() -> [String] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var names: [String] = []
        while true {
            let count = unsafe read(watch, &buffer, buffer.count)
            guard count > 0 else { return names }
            var rest = buffer[..<count]
            // Watch, mask, cookie and length as four 32-bit numbers, then the padded name.
            while rest.count >= 16 {
                let length = rest.dropFirst(12).prefix(4).reversed()
                    .reduce(0) { $0 << 8 | Int($1) }
                let name = rest.dropFirst(16).prefix(length).prefix { $0 != 0 }
                names.append(String(decoding: name, as: UTF8.self))
                rest = rest.dropFirst(16 + length)
            }
        }
    }
}
