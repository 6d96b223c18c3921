import Glibc
package import MediaModel

/// What went wrong with stored bytes: a code to decide by, the operation, and the path.
package struct StorageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Open: new codes may come.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The file system or a quota is full.
        package static let noSpace = Code(rawValue: "noSpace")
        package static let readOnly = Code(rawValue: "readOnly")
        package static let permission = Code(rawValue: "permission")
        /// The device or file system failed.
        package static let io = Code(rawValue: "io")
        /// fsync failed: what is on disk is unknown, and asking again would hide it. The daemon
        /// stops accepting and ends; it verifies at the next start.
        package static let syncFailed = Code(rawValue: "syncFailed")
        /// Descriptors or memory ran out.
        package static let resources = Code(rawValue: "resources")
        package static let notFound = Code(rawValue: "notFound")
        package static let alreadyExists = Code(rawValue: "alreadyExists")
        /// A symlink, FIFO, device, or socket where a regular file was expected.
        package static let notRegularFile = Code(rawValue: "notRegularFile")
        /// Other bytes are already stored under an immutable name.
        package static let conflict = Code(rawValue: "conflict")
        /// The bytes read are not the bytes announced: length or digest differs.
        package static let mismatch = Code(rawValue: "mismatch")
        /// More bytes than the caller allowed.
        package static let tooLarge = Code(rawValue: "tooLarge")
        package static let invalidName = Code(rawValue: "invalidName")
        /// A newer generation is already published: the writer is late.
        package static let outdatedGeneration = Code(rawValue: "outdatedGeneration")
        /// A stored document cannot be read by this version.
        package static let unreadable = Code(rawValue: "unreadable")
        /// The caller does not want it any more.
        package static let cancelled = Code(rawValue: "cancelled")
        /// The directory at the path is another one than was opened, or none.
        package static let displaced = Code(rawValue: "displaced")
        /// Two file systems, where one was needed; handled inside, by copying.
        package static let crossDevice = Code(rawValue: "crossDevice")
    }

    package var code: Code
    /// The call or step: `fsync`, `rename`, `compare` …
    package var operation: String
    /// For the operator; never a name an uploader chose without escaping.
    package var path: String
    /// errno, 0 when no system call failed.
    package var number: Int32
    /// What was expected and found, when there is more to say than the code.
    package var detail: String?

    package init(
        _ code: Code, operation: String, path: String, number: Int32 = 0, detail: String? = nil
    ) {
        self.code = code
        self.operation = operation
        self.path = path
        self.number = number
        self.detail = detail
    }

    /// Classifies errno.
    package init(errno number: Int32, operation: String, path: String) {
        let code: Code =
            switch number {
            case ENOSPC, EDQUOT: .noSpace
            case EROFS: .readOnly
            case EACCES, EPERM: .permission
            // A name that is too long for the file system names nothing in it.
            case ENOENT, ENOTDIR, ENAMETOOLONG: .notFound
            case EEXIST, ENOTEMPTY: .alreadyExists
            case ELOOP, ENXIO: .notRegularFile
            case EMFILE, ENFILE, ENOMEM: .resources
            case EXDEV: .crossDevice
            default: .io
            }
        self.init(code, operation: operation, path: path, number: number)
    }

    package var description: String {
        let cause = number == 0 ? code.rawValue : "\(code.rawValue), errno \(number)"
        return "\(operation) \(path): \(cause)" + (detail.map { ": \($0)" } ?? "")
    }

    /// Whether the storage is to blame and not the item: such an attempt is not counted.
    package var isInfrastructure: Bool {
        switch code {
        case .noSpace, .readOnly, .permission, .io, .resources, .syncFailed, .displaced: true
        default: false
        }
    }

    package var failureKind: FailureKind {
        switch code {
        case .resources: .resources
        case .tooLarge: .limitExceeded
        case _ where isInfrastructure: .io
        default: .internalError
        }
    }

    /// As it is stored and shown.
    package var failure: Failure {
        Failure(
            kind: failureKind, code: "storage.\(code.rawValue)", operatorText: description,
            uploaderText: "Something went wrong on our side. We will try again.")
    }
}

/// Runs a system call again while a signal interrupts it; throws what it failed with.
@discardableResult
func systemCall<Value: SignedInteger>(
    _ operation: String, _ path: @autoclosure () -> String, _ body: () -> Value
) throws(StorageError) -> Value {
    while true {
        let value = body()
        if value >= 0 { return value }
        let number = errno
        if number == EINTR { continue }
        throw StorageError(errno: number, operation: operation, path: path())
    }
}
