import Foundation
import Glibc
import Synchronization

/// Where a socket is born: bound in a directory that only we may enter, given its mode, then moved
/// to its name. So nobody can connect before the permissions are right, and no umask is changed
/// under other threads.
final class SocketNursery: Sendable {
    private static let mode: mode_t = 0o660

    /// Where the socket is bound.
    let path: String
    /// Where it is found afterwards.
    let target: String
    private let directory: String
    private let born = Mutex<Identity?>(nil)

    /// A file, whatever its name.
    private struct Identity: Hashable {
        var device: dev_t
        var number: ino_t

        init(_ status: stat) { (device, number) = (status.st_dev, status.st_ino) }
    }

    /// - Throws: when another process answers at the target, or something else is there.
    init(for target: String) throws(StartError) {
        self.target = target
        let parent = Self.parent(of: target)
        directory = Self.directory(in: parent, for: getpid())
        path = "\(directory)/s"
        try Self.checkFree(target)
        Self.sweep(parent)
        guard unsafe mkdir(directory, 0o700) == 0 else {
            throw StartError(
                .notPermitted, "control.socket: \(directory): \(StartError.text(errno))")
        }
    }

    deinit { remove() }

    /// Bytes of the longest path that is bound on the way to `target`, which may be longer than it.
    static func longestPath(for target: String) -> Int {
        // The kernel's largest process id is 2^22.
        let nursery = "\(directory(in: parent(of: target), for: 4_194_304))/s"
        return max(target.utf8.count, nursery.utf8.count)
    }

    /// Moves the bound socket to its name.
    func present() throws(StartError) {
        // Another daemon may have started since.
        try Self.checkFree(target)
        guard unsafe chmod(path, Self.mode) == 0, let identity = Self.identity(of: path),
            unsafe rename(path, target) == 0
        else {
            throw StartError(.cannotStart, "control.socket: \(target): \(StartError.text(errno))")
        }
        born.withLock { $0 = identity }
        unsafe rmdir(directory)
    }

    /// Takes away what we made, and nothing of another process. May be called twice.
    func remove() {
        unsafe unlink(path)
        unsafe rmdir(directory)
        born.withLock { born in
            if let identity = born, Self.identity(of: target) == identity { unsafe unlink(target) }
            born = nil
        }
    }

    private static func checkFree(_ target: String) throws(StartError) {
        var status = stat()
        guard unsafe lstat(target, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw StartError(
                .badConfiguration, "control.socket: \(target) exists and is no socket")
        }
        switch UnixAddress.ask(target) {
        case .nobody: return
        case .somebody:
            throw StartError(
                .temporary,
                "control.socket: another process answers at \(target): stop it, or give this one "
                    + "a control.socket of its own")
        case .failed(let number):
            throw StartError(
                number == EACCES ? .notPermitted : .cannotStart,
                "control.socket: \(target) is there and cannot be asked whose it is: "
                    + StartError.text(number))
        }
    }

    /// Removes what processes that have ended left behind.
    private static func sweep(_ parent: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        for name in names where name.hasPrefix(".") {
            guard let owner = pid_t(name.dropFirst()), owner > 0,
                owner == getpid() || (kill(owner, 0) != 0 && errno == ESRCH)
            else { continue }
            let directory = directory(in: parent, for: owner)
            var status = stat()
            guard unsafe lstat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
                status.st_uid == geteuid()
            else { continue }
            unsafe unlink("\(directory)/s")
            unsafe rmdir(directory)
        }
    }

    private static func parent(of target: String) -> String {
        URL(filePath: target).deletingLastPathComponent().path
    }

    private static func directory(in parent: String, for owner: pid_t) -> String {
        parent == "/" ? "/.\(owner)" : "\(parent)/.\(owner)"
    }

    private static func identity(of path: String) -> Identity? {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? Identity(status) : nil
    }
}
