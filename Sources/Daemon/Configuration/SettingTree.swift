import Foundation
import Yams

/// What configuration files and the environment say, flattened: `inbox.settle` → `2s`, line 3.
///
/// A later source replaces an earlier one key by key.
struct SettingTree: Sendable {
    enum Value: Hashable, Sendable {
        /// `isPlain`: written without quotes, so that `5` may be a number.
        case scalar(String, isPlain: Bool)
        case nothing
        case mapping
        case list(count: Int)
    }

    struct Setting: Sendable {
        var value: Value
        /// Of the value.
        var origin: SettingOrigin
        /// Of the key.
        var keyOrigin: SettingOrigin
    }

    private(set) var settings: [String: Setting] = [:]
    private(set) var issues: [ConfigurationIssue] = []

    /// Adds a YAML document; what is wrong with it as YAML becomes an issue.
    mutating func add(yaml: String, source: String) {
        let root: Node?
        do {
            root = try compose(yaml: yaml)
        } catch {
            issues.append(Self.issue(error, source: source))
            return
        }
        // An empty file, or one of comments only, sets nothing.
        guard let root, root != Node("", Tag(.null)) else { return }
        guard case .mapping = root else {
            if case .scalar(let scalar) = root, Self.isNull(scalar) { return }
            issues.append(
                ConfigurationIssue(
                    origin: Self.origin(root, source), keyPath: "",
                    message: "expected settings (`key: value`), found something else"))
            return
        }
        flatten(root, at: "", key: nil, source: source)
    }

    /// Sets one value from outside a file; `keyPath` has been resolved by the caller.
    mutating func override(_ keyPath: String, with text: String, source: String) {
        let origin = SettingOrigin(source: source)
        settings[keyPath] = Setting(
            value: .scalar(text, isPlain: true), origin: origin, keyOrigin: origin)
    }

    private mutating func flatten(_ node: Node, at path: String, key: Node?, source: String) {
        let value: Value =
            switch node {
            case .scalar(let scalar):
                Self.isNull(scalar)
                    ? .nothing : .scalar(scalar.string, isPlain: scalar.style == .plain)
            case .mapping: .mapping
            case .sequence(let sequence): .list(count: sequence.count)
            case .alias: .nothing
            }
        if !path.isEmpty {
            // A list replaces a list: elements of a longer, earlier one must not shine through.
            if case .list = value {
                settings = settings.filter { !$0.key.hasPrefix("\(path)[") }
            }
            settings[path] = Setting(
                value: value, origin: Self.origin(node, source),
                keyOrigin: Self.origin(key ?? node, source))
        }
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping {
                let name = key.string ?? "?"
                flatten(
                    value, at: path.isEmpty ? name : "\(path).\(name)", key: key, source: source)
            }
        case .sequence(let sequence):
            for (index, element) in sequence.enumerated() {
                flatten(element, at: "\(path)[\(index)]", key: nil, source: source)
            }
        case .scalar, .alias: break
        }
    }

    private static func isNull(_ scalar: Node.Scalar) -> Bool {
        scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private static func origin(_ node: Node, _ source: String) -> SettingOrigin {
        SettingOrigin(source: source, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    private static func issue(_ error: any Error, source: String) -> ConfigurationIssue {
        func issue(_ mark: Mark?, _ message: String) -> ConfigurationIssue {
            ConfigurationIssue(
                origin: SettingOrigin(
                    source: source, line: mark?.line ?? 1, column: mark?.column ?? 1),
                keyPath: "", message: message)
        }
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return issue(mark, "this is not YAML: \(problem)")
        case .reader(let problem, _, _, _):
            return issue(nil, "this is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.sorted().joined(separator: ", ")
            return issue(context.mark, "written twice in the same section: \(keys)")
        default:
            return issue(nil, "this is not YAML: \(error)")
        }
    }
}
