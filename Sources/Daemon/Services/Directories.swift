import Foundation
import Glibc
import Storage

/// Makes the directories that are missing, with the modes they need.
package enum Directories {
    /// - Throws: naming the key whose directory cannot be made or used.
    package static func prepare(_ configuration: Configuration) throws(StartError) {
        // The web server reads storage; uploaders of one group write the inbox; the rest is ours.
        let wanted: [(key: String, path: String, mode: UInt32)] = [
            ("state.path", configuration.state.path, 0o750),
            ("inbox.path", configuration.inbox.path, 0o770),
            ("originals.path", configuration.originals.path, 0o750),
            ("quarantine.path", configuration.quarantine.path, 0o750),
            ("storage.path", configuration.storage.path, 0o755),
            ("control.socket", socketDirectory(of: configuration), 0o755),
        ]
        for (key, path, mode) in wanted {
            try make(path, mode: mode, key: key)
            guard unsafe access(path, R_OK | W_OK | X_OK) == 0 else {
                // A read-only or full disk may pass; a missing permission does not by itself.
                if errno == EROFS { continue }
                throw StartError(
                    .notPermitted,
                    "\(key): this process may not use \(path): \(StartError.text(errno)); "
                        + "it runs as user \(geteuid()), see ls -ld \(path)")
            }
        }
    }

    package static func socketDirectory(of configuration: Configuration) -> String {
        URL(filePath: configuration.control.socket).deletingLastPathComponent().path
    }

    private static func make(_ path: String, mode: UInt32, key: String) throws(StartError) {
        let isNew = unsafe access(path, F_OK) != 0
        do throws(StorageError) {
            let directory = try Directory(path: path, creating: mode)
            // What the umask took away; an existing directory keeps what its owner gave it.
            if isNew { fchmod(directory.descriptor, mode) }
        } catch {
            let code: StartError.Code = error.code == .permission ? .notPermitted : .cannotStart
            throw StartError(code, "\(key): \(path) cannot be made or opened: \(error)")
        }
    }
}
