import Glibc

/// Why the daemon does not start, and the exit code that says so to the service manager.
package struct StartError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Values of sysexits(3).
    package enum Code: Int32, Sendable {
        case cannotStart = 70
        case storageFailed = 74
        case temporary = 75
        case notPermitted = 77
        case badConfiguration = 78
    }

    package var code: Code
    package var description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// errno in words.
    static func text(_ number: Int32) -> String {
        unsafe strerror(number).map { unsafe String(cString: $0) } ?? "errno \(number)"
    }
}
