internal import CLinux
import Failpoints
import Glibc
import MediaModel
import Storage

/// The private directory between inbox and originals.
///
/// A claim is a directory with a unique name that mirrors the upload's path in the inbox:
/// `<claimed>/<milliseconds>-<random>/anna/clip.mov`. So name, owner and time of arrival survive a
/// crash without a file that says so, and a rename is all that a claim costs. A crash at any step
/// leaves either the upload in the inbox or a claim that `recover` finds.
final class ClaimedUploads: Sendable {
    private static let mode: UInt32 = 0o700
    private static let finishedPrefix = ".done-"

    private let inbox: InboxDirectory
    private let root: Directory

    init(inbox: InboxDirectory, path: String) throws(StorageError) {
        self.inbox = inbox
        root = try Directory(path: path, creating: Self.mode)
    }

    func claim(_ path: InboxPath, now: Timestamp) throws(StorageError) -> ClaimResult {
        do throws(StorageError) {
            return try claimWhatIsThere(path, now: now)
        } catch  where error.code == .notFound || error.code == .notRegularFile {
            // Taken away, or swapped for something else, between two looks: a scan sees the rest.
            return .gone
        } catch  where error.code == .permission {
            return .forbidden(error)
        }
    }

    private func claimWhatIsThere(
        _ path: InboxPath, now: Timestamp
    ) throws(StorageError) -> ClaimResult {
        var source = inbox.current
        let inboxDevice = try FileStatus(of: source.descriptor, path: source.path).device
        for name in path.directories { source = try source.subdirectory(name) }
        guard let status = try source.status(of: path.name) else { return .gone }
        if let reason = reasonToLeave(status, inboxDevice) { return .left(reason, status) }
        let sidecar = path.sidecar.name
        if try hasWriter(path.name, in: source) { return .busy }
        if try hasWriter(sidecar, in: source) { return .busy }

        #if DEBUG
            try Failpoint.claim.pass()
        #endif
        let claim = try makeClaim(path, now: now)
        do throws(StorageError) {
            try take(path.name, from: source, into: claim.directory)
        } catch {
            // It is still in the inbox; what is here is at most a copy.
            try? root.removeTree(claim.id)
            throw error
        }
        // What was renamed need not be what was looked at.
        if let moved = try claim.directory.status(of: path.name),
            let reason = reasonToLeave(moved, nil)
        {
            try claim.directory.rename(path.name, to: path.name, in: source, replacing: false)
            try root.removeTree(claim.id)
            return .left(reason, moved)
        }
        do throws(StorageError) {
            #if DEBUG
                try Failpoint.claimed.pass()
            #endif
            try takeSidecar(of: claim, from: source)
            #if DEBUG
                Failpoint.sidecarClaimed.reach()
            #endif
        } catch {
            // An upload without what is said about it would be another upload: it goes back.
            do throws(StorageError) {
                try claim.directory.rename(path.name, to: path.name, in: source, replacing: false)
            } catch {
                // Its name is taken by now, or it was copied: keep what we have.
                return .claimed(claim)
            }
            try? root.removeTree(claim.id)
            throw error
        }
        return .claimed(claim)
    }

    /// Throws with the file where it was.
    private func take(
        _ name: FileName, from source: Directory, into target: Directory
    ) throws(StorageError) {
        do throws(StorageError) {
            try source.rename(name, to: name, in: target, replacing: false)
        } catch  where error.code == .crossDevice {
            try copy(name, from: source, into: target)
        }
    }

    /// Claims that a crash left behind, oldest first; removes the rest of finished ones.
    func recover() throws(StorageError) -> [Claim] {
        var claims: [Claim] = []
        for id in try root.names() {
            #if DEBUG
                if SeededBug.claimsForgotten.isOn {
                    try root.removeTree(id)
                    continue
                }
            #endif
            guard !id.isHidden, let directory = try? root.subdirectory(id),
                let (path, inside) = try upload(in: directory)
            else {
                try root.removeTree(id)
                continue
            }
            let stamp = Int64(id.description.prefix { $0.isNumber }) ?? 0
            let claim = Claim(
                id: id, path: path, directory: inside,
                receivedAt: Timestamp(millisecondsSince1970: stamp))
            if try inside.status(of: path.sidecar.name) == nil,
                try inside.status(of: Claim.keptSidecar) == nil
            {
                #if DEBUG
                    if SeededBug.sidecarForgotten.isOn {
                        claims.append(claim)
                        continue
                    }
                #endif
                // The crash may have come between the upload and its sidecar.
                var source = inbox.current
                do throws(StorageError) {
                    for name in path.directories { source = try source.subdirectory(name) }
                    try takeSidecar(of: claim, from: source)
                } catch  where error.code == .notFound || error.code == .notRegularFile {
                    // Its directory is gone, and so is the sidecar.
                }
            }
            #if DEBUG
                try Failpoint.recoverClaim.pass()
            #endif
            claims.append(claim)
        }
        return claims
    }

    /// Makes a claim durable: what it holds, and that it is no longer in the inbox.
    ///
    /// The uploader may have synced nothing. Were it left so, a power cut after the upload was accepted
    /// could bring the claim back with other bytes, or the inbox's name: as another upload.
    func secure(_ claim: Claim) throws(StorageError) {
        let names = [claim.path.name, claim.path.sidecar.name, Claim.keptSidecar]
        for name in names where try claim.directory.status(of: name) != nil {
            do throws(StorageError) {
                let file = try claim.directory.openFile(name)
                try file.sync(path: claim.directory.pathOf(name))
            } catch  where error.code == .permission || error.code == .notRegularFile {
                // Refused for that; its bytes are not known to anybody.
            }
        }
        try root.sync()
        var directory = try root.subdirectory(claim.id)
        try directory.sync()
        for name in claim.path.directories {
            directory = try directory.subdirectory(name)
            try directory.sync()
        }
        do throws(StorageError) {
            var source = inbox.current
            for name in claim.path.directories { source = try source.subdirectory(name) }
            try source.sync()
        } catch  where [.notFound, .notRegularFile, .permission].contains(error.code) {
            // Its directory is gone, or not ours to open: there is nothing to come back to.
        }
    }

    /// Forgets a claim whose upload is kept elsewhere, and removes what is in it.
    func finish(_ claim: Claim) throws(StorageError) {
        #if DEBUG
            if SeededBug.claimKept.isOn { return }
        #endif
        // Renamed first: half a removed claim must not look like one that lost its sidecar.
        guard let name = FileName("\(Self.finishedPrefix)\(claim.id)") else {
            preconditionFailure("digits and letters make a file name")
        }
        do throws(StorageError) {
            try root.rename(claim.id, to: name, in: root, replacing: true)
        } catch  where error.code == .notFound {
            return
        }
        #if DEBUG
            try Failpoint.claimDone.pass()
        #endif
        try root.removeTree(name)
    }

    /// - Parameter device: the only one it may be on; nil = any.
    private func reasonToLeave(_ status: FileStatus, _ device: UInt64?) -> LeftEntry.Reason? {
        switch status.kind {
        case .regular:
            if status.linkCount != 1 { return .hardLink }
            return device == nil || status.device == device ? nil : .otherFileSystem
        case .symlink: return .symlink
        case .fifo: return .fifo
        case .socket: return .socket
        case .device: return .device
        case .directory, .other: return .other
        }
    }

    private func makeClaim(_ path: InboxPath, now: Timestamp) throws(StorageError) -> Claim {
        let random = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        guard let id = FileName("\(now.millisecondsSince1970)-\(random)") else {
            preconditionFailure("digits and letters make a file name")
        }
        var directory = try root.subdirectory(id, creating: Self.mode)
        for name in path.directories {
            directory = try directory.subdirectory(name, creating: Self.mode)
        }
        return Claim(id: id, path: path, directory: directory, receivedAt: now)
    }

    /// Between file systems: a durable copy, then the name is taken from the inbox.
    private func copy(
        _ name: FileName, from source: Directory, into target: Directory
    ) throws(StorageError) {
        let file = try source.openFile(name)
        let before = try FileStatus(of: file.rawValue)
        try AtomicFile.copy(file.rawValue, as: name, in: target, mode: 0o600)
        guard try FileStatus(of: file.rawValue).hasSameContent(as: before),
            try source.status(of: name)?.hasSameContent(as: before) == true
        else {
            try target.removeFile(name)
            throw StorageError(.notFound, operation: "claim", path: source.pathOf(name))
        }
        try source.removeFile(name)
    }

    private func takeSidecar(of claim: Claim, from source: Directory) throws(StorageError) {
        let name = claim.path.sidecar.name
        let device = try FileStatus(of: source.descriptor, path: source.path).device
        guard let status = try source.status(of: name), reasonToLeave(status, device) == nil else {
            return
        }
        do throws(StorageError) {
            try take(name, from: source, into: claim.directory)
        } catch  where error.code == .notFound {
            // Withdrawn in this moment.
        }
    }

    /// `false` also when it cannot be known: the settle time has passed in any case.
    private func hasWriter(_ name: FileName, in directory: Directory) throws(StorageError) -> Bool {
        do throws(StorageError) {
            let file = try directory.openFile(name)
            return clinux_has_writer(file.rawValue) == 1
        } catch {
            // Absent, unreadable or special: dealt with where it is opened for good.
            return false
        }
    }

    /// The one upload in a claim: down the mirrored directories, beside at most its sidecar.
    private func upload(
        in directory: Directory
    ) throws(StorageError) -> (InboxPath, Directory)? {
        var directory = directory
        var directories: [FileName] = []
        while true {
            let names = try directory.names().filter { !$0.isHidden }
            if let name = names.first(where: { name in
                name.dropping(suffix: ".json").map { !names.contains($0) } ?? true
            }) {
                let kind = try directory.status(of: name)?.kind
                if kind == .directory {
                    directory = try directory.subdirectory(name)
                    directories.append(name)
                    continue
                }
                return (InboxPath(directories, name), directory)
            }
            return nil
        }
    }
}
