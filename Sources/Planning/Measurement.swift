/// Something that is found out about an item while its derivatives are made, and stands in the
/// manifest beside them.
package struct Measurement: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        /// What a page shows before anything has loaded.
        case placeholder
        case loudness
        /// Shot changes, black and frozen stretches.
        case analysis
    }

    package var kind: Kind
    /// As a derivative's: digest of everything that decides about the result.
    package var key: String
    /// Known from what is published: nothing has to be decoded for it.
    package var isKept = false

    package init(kind: Kind, key: String) {
        self.kind = kind
        self.key = key
    }
}

extension Plan {
    /// Whether work has to be done for a measurement alone.
    package func mustMeasure(_ kind: Measurement.Kind) -> Bool {
        measurements.contains { $0.kind == kind && !$0.isKept }
    }
}
