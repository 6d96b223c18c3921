/// Versions of the libraries that derivatives are made with, by name, as a worker tells them.
///
/// Those that decide about a derivative's bytes are part of its key, so that after an upgrade of an
/// encoder the pictures and films made by the old one are known to be old.
package struct Toolchain: Codable, Hashable, Sendable {
    package var versions: [String: String]

    package init(_ versions: [String: String] = [:]) { self.versions = versions }

    /// `name version` of each that is known.
    func words(_ names: [String]) -> [String] {
        names.compactMap { name in versions[name].map { "\(name) \($0)" } }
    }

    /// What changed from an earlier one, in words: `x264 164 → 165`.
    ///
    /// Libraries that only one of the two names say nothing.
    package func changes(since earlier: Toolchain) -> [String] {
        versions.keys.sorted().compactMap { name in
            guard let old = earlier.versions[name], let new = versions[name], old != new else {
                return nil
            }
            return "\(name) \(old) → \(new)"
        }
    }
}
