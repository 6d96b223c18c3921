/// The version of the product, as all its programs and documents say it.
package enum VitrineVersion {
    /// Semantic version; a new feature raises the minor number while the major one is 0.
    package static let current = "0.1.0"
    /// The version in the control interface's paths: `/v1/…`.
    package static let api = "v1"
}
