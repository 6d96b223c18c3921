package import FoundationEssentials

/// How the control interface writes and reads JSON: sorted keys, slashes as they are.
package enum ControlCoding {
    package static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: Data) throws
        -> Value
    {
        try JSONDecoder().decode(type, from: bytes)
    }
}
