import Foundation

/// Where the daemon's settings come from, weakest first: defaults, the file, `conf.d/*.yaml` beside
/// it in the order of their names, then `VITRINE_SECTION_KEY` in the environment.
package struct ConfigurationSource: Sendable {
    package enum Base: Hashable, Sendable {
        /// Absolute path of the main file.
        case file(String)
        /// Everything below this absolute directory.
        case embedded(String)
    }

    package var base: Base
    package var environment: [String: String]

    package init(_ base: Base, environment: [String: String]) {
        self.base = base
        self.environment = environment
    }

    /// The whole configuration, or everything that is wrong with it. Looks at no other file and
    /// makes none; see `ConfigurationCheck` and `Directories`.
    package func load() throws(ConfigurationError) -> Configuration {
        try loadWithOrigins().configuration
    }

    func loadWithOrigins() throws(ConfigurationError) -> (
        configuration: Configuration, reader: SettingReader
    ) {
        var tree = SettingTree()
        var configuration = Configuration()
        switch base {
        case .embedded(let directory): configuration = .embedded(in: directory)
        case .file(let path):
            tree.add(yaml: try Self.read(path), source: path)
            for override in Self.overrides(beside: path) {
                tree.add(yaml: try Self.read(override), source: override)
            }
        }
        let strangers = EnvironmentOverrides(environment).apply(to: &tree)
        var reader = SettingReader(tree)
        configuration.read(&reader)
        reader.finish()
        let issues = reader.issues + strangers
        guard issues.isEmpty else { throw ConfigurationError(issues) }
        return (configuration, reader)
    }

    private static func read(_ path: String) throws(ConfigurationError) -> String {
        func refuse(_ message: String) -> ConfigurationError {
            ConfigurationError([
                ConfigurationIssue(
                    origin: SettingOrigin(source: path), keyPath: "", message: message)
            ])
        }
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw refuse(
                FileManager.default.fileExists(atPath: path)
                    ? "the file cannot be read; check its permissions"
                    : "there is no such file; `--config` names another, "
                        + "`--embedded DIR` needs none")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw refuse("the file is not UTF-8")
        }
        return text
    }

    private static func overrides(beside path: String) -> [String] {
        let directory = URL(filePath: path).deletingLastPathComponent().appending(path: "conf.d")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return names.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.sorted()
            .map { directory.appending(path: $0).path }
    }
}
