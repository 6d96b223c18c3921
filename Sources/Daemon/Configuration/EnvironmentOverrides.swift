import ControlAPI
import Failpoints

/// `VITRINE_INBOX_SETTLE=5s` stands for `inbox: { settle: 5s }`; the letters of a key in capitals,
/// underscores between its words or not: `VITRINE_INBOX_SIDECAR_WAIT`, `VITRINE_INBOX_SIDECARWAIT`.
struct EnvironmentOverrides {
    private static let prefix = "VITRINE_"
    /// Read by `vitrinectl` and by ourselves for other purposes; no settings.
    private static let others = ofTests.union(["VITRINE_SOCKET", "VITRINE_WORKER"])

    /// Where a release build is given one, it does not start: nobody meant that.
    private static var ofTests: Set<String> {
        #if DEBUG
            [FailpointOrder.variable, SeededBug.variable]
        #else
            []
        #endif
    }

    private let environment: [String: String]

    init(_ environment: [String: String]) { self.environment = environment }

    /// - Returns: variables that look like settings and are none.
    func apply(to tree: inout SettingTree) -> [ConfigurationIssue] {
        var issues: [ConfigurationIssue] = []
        let keys = Self.allKeys
        for (name, text) in environment.sorted(by: { $0.key < $1.key })
        where name.hasPrefix(Self.prefix) && !Self.others.contains(name) {
            let wanted = Self.letters(name.dropFirst(Self.prefix.count))
            if let key = keys.first(where: { Self.letters($0) == wanted }) {
                tree.override(key, with: text, source: name)
            } else {
                issues.append(Self.unknown(name, keys: keys))
            }
        }
        return issues
    }

    /// The variable that stands for a key.
    static func name(of key: String) -> String {
        var name = prefix
        for character in key {
            if character == "." {
                name.append("_")
            } else {
                if character.isUppercase { name.append("_") }
                name += character.uppercased()
            }
        }
        return name
    }

    /// Every key there is, learnt by reading nothing.
    static var allKeys: [String] {
        var reader = SettingReader(SettingTree())
        var configuration = Configuration()
        configuration.read(&reader)
        return reader.knownKeys
    }

    private static func letters(_ text: some StringProtocol) -> String {
        text.lowercased().filter { $0 != "_" && $0 != "." }
    }

    private static func unknown(_ name: String, keys: [String]) -> ConfigurationIssue {
        let near = Suggestion.nearest(to: name, among: keys.map { Self.name(of: $0) })
        return ConfigurationIssue(
            origin: SettingOrigin(source: name), keyPath: "",
            message: near.map { "no setting has this name; did you mean `\($0)`?" }
                ?? "no setting has this name; settings are VITRINE_SECTION_KEY, "
                + "for example VITRINE_INBOX_SETTLE")
    }
}
