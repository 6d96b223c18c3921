import Foundation

/// Judges that PyPI has and Debian has not; `make deps` puts them into `.build/oracles`.
package enum PythonOracle {
    /// - Throws: `ProgramError` when it is not installed.
    package static func program(_ name: String) throws -> Program {
        let prepared = PackageLayout.file(".build/oracles/bin/\(name)")
        guard FileManager.default.isExecutableFile(atPath: prepared.path) else {
            throw ProgramError("\(name) is not installed: `make deps` installs what the tests need")
        }
        return Program(prepared)
    }
}
