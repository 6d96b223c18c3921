import Failpoints
import FoundationEssentials
package import MediaModel

/// Refused uploads, kept for a person to look at: `<item>` with `<item>.reason.json` beside it.
///
/// The reason is written before the bytes move, so that no bytes lie here unexplained; doing it
/// all again after a crash ends the same. Nothing is deleted here but what `release` names: bytes
/// that are kept as an original and whose item has been published since.
package final class Quarantine: Sendable {
    static let fileMode: UInt32 = 0o440
    static let directoryMode: UInt32 = 0o750
    static let reasonSuffix = ".reason.json"
    /// Of a sidecar that came with a refused upload.
    package static let sidecarSuffix = ".sidecar.json"

    package let root: Directory
    let work = BlockingWork(label: "vitrine.quarantine")

    /// Opens, and makes when missing, the directory.
    package init(path: String) throws(StorageError) {
        root = try Directory(path: path, creating: Self.directoryMode)
    }

    /// Moves a file here, copying first when it is on another file system.
    ///
    /// - Returns: the name it has here: the item's, numbered when other bytes have that name.
    @discardableResult
    package func move(
        _ name: FileName, in directory: Directory, because refusal: Refusal
    ) async throws(StorageError) -> String {
        try await work.run { [self] () throws(StorageError) in
            let target: FileName
            if try directory.status(of: name) == nil {
                // Moved before the crash that made us come again; the reason is there as well.
                target = try freeName(for: refusal.item, unless: { _ in true })
            } else {
                target = try freeName(for: refusal.item) { existing throws(StorageError) in
                    try isSame(name, directory, existing)
                }
            }
            try writeReason(refusal, for: target)
            #if DEBUG
                try Failpoint.reasonWritten.pass()
            #endif
            guard try directory.status(of: name) != nil else { return target.description }
            do throws(StorageError) {
                try directory.rename(name, to: target, in: root, replacing: true)
            } catch  where error.code == .crossDevice {
                let file = try directory.openFile(name)
                try AtomicFile.copy(file.rawValue, as: target, in: root, mode: Self.fileMode)
                try directory.removeFile(name)
            }
            #if DEBUG
                try Failpoint.quarantined.pass()
            #endif
            try root.sync()
            return target.description
        }
    }

    /// Shows an adopted upload here as well; the original stays where it is.
    @discardableResult
    package func keep(
        originalOf refusal: Refusal, from originals: OriginalStore
    ) async throws(StorageError) -> String {
        try await work.run { [self] () throws(StorageError) in
            guard let sha256 = refusal.sha256 else {
                throw StorageError(
                    .invalidName, operation: "quarantine", path: refusal.item.rawValue,
                    detail: "an original is found by its digest")
            }
            let (directory, name) = try originals.place(sha256)
            let target = try freeName(for: refusal.item) { existing throws(StorageError) in
                try isSame(name, directory, existing)
            }
            try writeReason(refusal, for: target)
            #if DEBUG
                try Failpoint.reasonWritten.pass()
            #endif
            guard try root.status(of: target) == nil else { return target.description }
            do throws(StorageError) {
                try directory.link(name, to: target, in: root)
            } catch {
                // Another file system, or one without hard links.
                let file = try directory.openFile(name)
                try AtomicFile.copy(file.rawValue, as: target, in: root, mode: Self.fileMode)
            }
            try root.sync()
            return target.description
        }
    }

    /// Keeps a copy of something that came with a refused upload: `<item><suffix>`.
    package func attach(
        _ descriptor: Int32, as suffix: String, to item: ItemID
    ) async throws(StorageError) {
        try await work.run { [self] () throws(StorageError) in
            guard let name = FileName(item.rawValue + suffix) else {
                throw StorageError(.invalidName, operation: "attach", path: suffix)
            }
            try AtomicFile.copy(descriptor, as: name, in: root, mode: Self.fileMode)
        }
    }

    /// Takes an upload out of quarantine that was completed after all: its bytes and its reason
    /// go, the original stays where it is. What has other bytes stays here; repeating is free.
    ///
    /// - Parameter sha256: of the original, which the caller knows to be kept; nil = whatever bytes,
    ///   of an item that was refused before they were known.
    package func release(item: ItemID, sha256: String?) async throws(StorageError) {
        try await work.run { [self] () throws(StorageError) in
            var isReleased = false
            var remaining = 0
            for name in try root.names() where isReason(name, of: item) {
                guard let upload = name.dropping(suffix: Self.reasonSuffix) else { continue }
                let refusal = try readReason(name)
                // `clip-2` may also be an item of its own.
                guard refusal.item == item else { continue }
                if let sha256, try !holds(sha256, in: upload, refusal) {
                    remaining += 1
                    continue
                }
                // Bytes first: nothing may lie here unexplained.
                try root.removeFile(upload)
                try root.removeFile(name)
                isReleased = true
            }
            guard isReleased else { return }
            if remaining == 0, let sidecar = FileName(item.rawValue + Self.sidecarSuffix) {
                try root.removeFile(sidecar)
            }
            try root.sync()
        }
    }

    /// `<item>.reason.json`, `<item>-2.reason.json` …
    private func isReason(_ name: FileName, of item: ItemID) -> Bool {
        guard let bytes = name.dropping(suffix: Self.reasonSuffix)?.bytes,
            bytes.starts(with: item.rawValue.utf8)
        else { return false }
        let rest = bytes.dropFirst(item.rawValue.utf8.count)
        guard rest.first == UInt8(ascii: "-") else { return rest.isEmpty }
        return rest.count > 1
            && rest.dropFirst().allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Whether the quarantined bytes, or those that were removed before a crash, have this digest.
    private func holds(
        _ sha256: String, in upload: FileName, _ refusal: Refusal
    ) throws(StorageError) -> Bool {
        do throws(StorageError) {
            let file = try root.openFile(upload)
            return try ContentDigest(of: file.rawValue, path: root.pathOf(upload)).sha256 == sha256
        } catch  where error.code == .notFound {
            return refusal.sha256 == sha256
        }
    }

    /// Every reason here, by name.
    package func refusals() async throws(StorageError) -> [Refusal] {
        try await work.run { [self] () throws(StorageError) in
            var refusals: [Refusal] = []
            for name in try root.names() where name.hasSuffix(Self.reasonSuffix) {
                refusals.append(try readReason(name))
            }
            return refusals
        }
    }

    func readReason(_ name: FileName) throws(StorageError) -> Refusal {
        let file = try root.openFile(name)
        let path = root.pathOf(name)
        let bytes = try Data(contentsOf: file.rawValue, path: path)
        do {
            return try JSONDecoder().decode(Refusal.self, from: bytes)
        } catch {
            throw StorageError(.unreadable, operation: "decode", path: path, detail: "\(error)")
        }
    }

    package func sweepTemporaries() async throws(StorageError) -> Int {
        try await work.run { [self] () throws(StorageError) in
            var count = 0
            for name in try root.names()
            where name.bytes.starts(with: AtomicFile.temporaryPrefix.utf8) {
                try root.removeTree(name)
                count += 1
            }
            return count
        }
    }

    private func writeReason(_ refusal: Refusal, for name: FileName) throws(StorageError) {
        #if DEBUG
            if SeededBug.reasonForgotten.isOn { return }
        #endif
        try AtomicFile.write(
            ManifestCoding.document(refusal, indented: true),
            as: name.appending(Self.reasonSuffix), in: root, mode: Self.fileMode)
    }

    /// The item's name, or the first of `item-2`, `item-3` … that is free or holds the same bytes.
    private func freeName(
        for item: ItemID, unless isSame: (FileName) throws(StorageError) -> Bool
    ) throws(StorageError) -> FileName {
        var number = 1
        while true {
            let text = number == 1 ? item.rawValue : "\(item.rawValue)-\(number)"
            guard let name = FileName(text) else {
                preconditionFailure("an item id is a file name")
            }
            if try root.status(of: name) == nil { return name }
            if try isSame(name) { return name }
            number += 1
        }
    }

    private func isSame(
        _ name: FileName, _ directory: Directory, _ existing: FileName
    ) throws(StorageError) -> Bool {
        let a = try directory.openFile(name)
        let b = try root.openFile(existing)
        let aStatus = try FileStatus(of: a.rawValue)
        let bStatus = try FileStatus(of: b.rawValue)
        if aStatus.byteCount != bStatus.byteCount { return false }
        if aStatus.inode == bStatus.inode, aStatus.device == bStatus.device { return true }
        return try ContentDigest(of: a.rawValue, path: directory.pathOf(name))
            == ContentDigest(of: b.rawValue, path: root.pathOf(existing))
    }
}
