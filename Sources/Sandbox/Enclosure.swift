import CLinux
import Glibc

/// The closed file system and the filtered system calls of a worker: what of it holds, proven by a
/// child that tried.
///
/// Landlock leaves the fonts readable and the attempt's scratch directory writable, and nothing
/// else; a seccomp filter leaves what decoding and encoding need. `confinement.h` says more.
package struct Enclosure: Hashable, Sendable {
    /// A layer that is not in force, or does not hold.
    package enum Layer: String, Hashable, Sendable, CaseIterable {
        /// The file system: Landlock.
        case landlock
        /// The system calls.
        case seccomp
        /// Both were said to be in force, and a child could do what they forbid.
        case proof
    }

    /// What is missing, and why.
    package let missing: [Layer: String]
    /// Landlock's ABI number, 0 where the kernel has none.
    package let landlockVersion: Int

    /// Every layer is in force and was tried.
    package var isComplete: Bool { missing.isEmpty }

    /// What stays readable: pango and poppler look for fonts when text is drawn, which is long
    /// after the libraries were loaded.
    package static let readable = [
        "/usr/share/fonts", "/usr/local/share/fonts", "/etc/fonts", "/usr/share/fontconfig",
        "/var/cache/fontconfig",
        // How documents in Chinese, Japanese and Korean number their characters: poppler-data.
        "/usr/share/poppler",
    ]

    /// Tries it in a child that then ends; this process stays as it is.
    package static func rehearse() -> Enclosure {
        Enclosure(unsafe withPaths { unsafe clinux_rehearse($0, Int32(readable.count)) })
    }

    /// Closes this process, for good. The working directory becomes `scratch`.
    ///
    /// Call before the first thread and after everything is loaded that libraries load from files.
    /// - Parameter scratch: an open directory, the only place that can be written; it stays the
    ///   caller's.
    package static func enter(scratch: Int32) -> Enclosure {
        Enclosure(
            unsafe withPaths { unsafe clinux_confine($0, Int32(readable.count), scratch) })
    }

    private init(_ state: clinux_confinement) {
        var missing: [Layer: String] = [:]
        if state.files != 0 { missing[.landlock] = Self.text(state.files) }
        if state.calls != 0 { missing[.seccomp] = Self.text(state.calls) }
        if state.proof != 0 {
            missing[.proof] = "it could not be run: \(Self.text(state.proof))"
        } else if state.escaped != 0 {
            let deed = unsafe String(cString: clinux_step_name(state.escaped))
            missing[.proof] = "a process inside could \(deed)"
        }
        self.missing = missing
        landlockVersion = Int(state.landlock_abi)
    }

    private static func text(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

    private static func withPaths(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> clinux_confinement
    ) -> clinux_confinement {
        let copies = unsafe readable.map { unsafe strdup($0) }
        defer { for index in unsafe copies.indices { unsafe free(copies[index]) } }
        let paths = unsafe copies.map { unsafe $0.map { unsafe UnsafePointer($0) } }
        return unsafe paths.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return clinux_confinement() }
            return unsafe body(base)
        }
    }
}
