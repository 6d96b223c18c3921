import Crypto
import Foundation
package import MediaModel

/// Digests of values: of a recipe, of a derivative's parameters, of an item's identity.
package enum Fingerprint {
    /// SHA-256, lower-case hex, of the value's canonical JSON (sorted keys).
    package static func digest(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            preconditionFailure("planning values always encode: they hold no NaN")
        }
        return SHA256.hash(data: data).map { byte in
            let digits = Array("0123456789abcdef")
            return "\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }.joined()
    }

    /// Key of a derivative: source, parameters that change its bytes, engine revision.
    package static func key(source: String, _ parameters: [String]) -> String {
        digest([source, "engine \(Plan.engineRevision)"] + parameters)
    }

    /// Identity of a job: the same upload, recipe and engine is the same work.
    /// - Parameter tools: set when the item is to be looked at again because they have changed.
    package static func job(upload: Upload, recipe: Recipe, tools: Toolchain? = nil) -> String {
        digest(
            [
                upload.itemID.rawValue, upload.sha256, digest(upload.sidecar), digest(recipe),
                "engine \(Plan.engineRevision)",
            ] + (tools.map { [digest($0)] } ?? []))
    }
}
