import Foundation

/// The configuration file as a JSON Schema (2020-12), from the same reading that reads the file:
/// for editors that complete and check YAML while it is written.
enum ConfigurationSchema {
    static func document() -> Data {
        var reader = SettingReader(SettingTree())
        var configuration = Configuration()
        configuration.read(&reader)
        var sections: [String: [String: Any]] = [:]
        var properties: [String: Any] = [:]
        for setting in reader.descriptions.values {
            let parts = setting.key.split(separator: ".").map(String.init)
            if parts.count == 1 {
                properties[parts[0]] = schema(of: setting)
            } else {
                sections[parts[0], default: [:]][parts[1]] = schema(of: setting)
            }
        }
        // The one list: its elements take what the section does, of one member.
        if let limits = sections["members"] {
            var element = limits
            element["owner"] = ["type": "string", "minLength": 1, "maxLength": 96] as [String: Any]
            var exception = object(element)
            exception["type"] = "object"
            exception["required"] = ["owner"]
            sections["members"]?["exceptions"] =
                ["type": "array", "items": exception] as [String: Any]
        }
        for (name, keys) in sections { properties[name] = object(keys) }
        var document = object(properties)
        document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        document["title"] = "Configuration of vitrined"
        guard
            let bytes = try? JSONSerialization.data(
                withJSONObject: document,
                options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
        else { preconditionFailure("a schema is made of what JSON can hold") }
        return bytes
    }

    /// A section that is named and left empty sets nothing.
    private static func object(_ properties: [String: Any]) -> [String: Any] {
        ["type": ["object", "null"], "additionalProperties": false, "properties": properties]
    }

    private static func schema(of setting: SettingDescription) -> [String: Any] {
        var schema = schema(of: setting.kind)
        schema["default"] = defaultValue(of: setting)
        schema["x-takesEffect"] = Configuration.isLive(setting.key) ? "now" : "restart"
        return schema
    }

    private static func schema(of kind: SettingDescription.Kind) -> [String: Any] {
        switch kind {
        case .text, .path: ["type": "string", "minLength": 1]
        case .flag: ["type": "boolean"]
        // An unquoted `off` is false for YAML 1.1 and the word for us: both may be written.
        case .choice(let words) where words.contains("off"):
            ["enum": words as [Any] + [true, false]]
        case .choice(let words): ["enum": words]
        case .duration(let range):
            [
                "type": ["string", "integer"], "pattern": "^([0-9.]+(ms|s|m|h|d)|0)$",
                "maximum": 0, "minimum": 0,
                "description": "A duration, \(DurationText.format(range.lowerBound)) to "
                    + "\(DurationText.format(range.upperBound)).",
            ]
        case .size(let range):
            [
                "type": ["string", "integer"], "pattern": "^[0-9.]+([KMGT]iB)?$",
                "minimum": range.lowerBound, "maximum": range.upperBound,
                "description": "A size, \(ByteSizeText.format(range.lowerBound)) to "
                    + "\(ByteSizeText.format(range.upperBound)).",
            ]
        case .integer(let range):
            ["type": "integer", "minimum": range.lowerBound, "maximum": range.upperBound]
        case .number(let range):
            ["type": "number", "minimum": range.lowerBound, "maximum": range.upperBound]
        case .automatic(let words):
            ["type": ["string", "integer"], "description": "`auto` or \(words)."]
        case .names:
            [
                "type": ["string", "integer", "array"],
                "items": ["type": ["string", "integer"]], "minItems": 1,
                "description": "`all`, or users and @groups by name or number.",
            ]
        }
    }

    private static func defaultValue(of setting: SettingDescription) -> Any {
        switch setting.kind {
        case .flag: setting.defaultValue == "true"
        case .integer: Int(setting.defaultValue) ?? 0
        case .number: Double(setting.defaultValue) ?? 0
        default: setting.defaultValue
        }
    }
}
