import ControlAPI
import Foundation
package import Pipeline
import Planning

/// Everything that was read, complete and checked.
package struct LoadedConfiguration: Sendable {
    package var configuration: Configuration
    package var recipes: RecipeBook
    /// By key.
    var settings: [String: SettingDescription]
}

extension ConfigurationSource {
    /// Loads everything and refuses what cannot work; changes nothing on disk.
    package func loadChecked() throws(ConfigurationError) -> LoadedConfiguration {
        var (configuration, reader) = try loadWithOrigins()
        let overlaps = Self.overlaps(of: configuration)
        for (key, message) in overlaps { reader.reject(key, message) }

        var recipes: [String: Recipe] = [:]
        var issues: [ConfigurationIssue] = []
        do throws(ConfigurationError) {
            recipes = try RecipeDirectory.load(configuration.recipes.path)
            let wanted = configuration.recipes.default
            if recipes[wanted] == nil {
                let near = Suggestion.nearest(to: wanted, among: recipes.keys)
                reader.reject(
                    "recipes.default",
                    "there is no recipe `\(wanted)` in \(configuration.recipes.path)"
                        + (near.map { "; did you mean `\($0)`?" } ?? ""))
            }
        } catch {
            issues = error.issues
        }
        issues = reader.issues + issues
        guard issues.isEmpty else { throw ConfigurationError(issues) }
        let book = RecipeBook(
            recipes: recipes, defaultName: configuration.recipes.default,
            directory: configuration.recipes.path)
        return LoadedConfiguration(
            configuration: configuration, recipes: book, settings: reader.descriptions)
    }

    /// Directories that lie inside one another: what one part writes another would read, sweep or
    /// publish.
    private static func overlaps(of configuration: Configuration) -> [(String, String)] {
        let places = [
            ("inbox.path", configuration.inbox.path),
            ("originals.path", configuration.originals.path),
            ("quarantine.path", configuration.quarantine.path),
            ("state.path", configuration.state.path),
            ("storage.path", configuration.storage.path),
            ("recipes.path", configuration.recipes.path),
        ].map { ($0.0, $0.1, resolved($0.1)) }
        var found: [(String, String)] = []
        for (index, outer) in places.enumerated() {
            for inner in places[(index + 1)...] {
                if PathText.contains(outer.2, inner.2) {
                    found.append((inner.0, overlap(inner.1, inner.2, in: outer)))
                } else if PathText.contains(inner.2, outer.2) {
                    found.append((outer.0, overlap(outer.1, outer.2, in: inner)))
                }
            }
        }
        return found
    }

    private static func overlap(
        _ path: String, _ resolved: String, in outer: (String, String, String)
    ) -> String {
        let relation = resolved == outer.2 ? "is the same directory as" : "lies inside"
        return "\(path) \(relation) \(outer.0) (\(outer.1)); each needs a directory of its own"
    }

    /// Follows symbolic links as far as the path exists.
    private static func resolved(_ path: String) -> String {
        var existing = path
        var rest: [String] = []
        while existing != "/", !FileManager.default.fileExists(atPath: existing) {
            let url = URL(filePath: existing)
            rest.insert(url.lastPathComponent, at: 0)
            existing = PathText.normalize(url.deletingLastPathComponent().path)
        }
        let real = URL(filePath: existing).resolvingSymlinksInPath().path
        return PathText.normalize(([real] + rest).joined(separator: "/"))
    }
}
