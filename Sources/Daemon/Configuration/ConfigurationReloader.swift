package import ControlAPI
import Logging
package import Pipeline
import Planning

/// Reads the configuration again, says what is different, and puts in force what can be changed
/// while the daemon runs. All of it is checked first; with one mistake nothing changes.
package actor ConfigurationReloader {
    /// Puts a checked configuration in force.
    package typealias Apply = @Sendable (Configuration, RecipeBook) async -> Void

    private let source: ConfigurationSource
    private let logger: Logger
    private let apply: Apply
    private let book: RecipeBook
    /// In force, by key.
    private var settings: [String: SettingDescription]

    init(
        _ source: ConfigurationSource, running: LoadedConfiguration, logger: Logger,
        apply: @escaping Apply
    ) {
        self.source = source
        self.logger = logger
        self.apply = apply
        book = running.recipes
        settings = running.settings
    }

    /// - Parameter all: also what has its default.
    package func document(all: Bool) -> ConfigurationDocument {
        ConfigurationDocument(
            settings: settings.values.sorted { $0.key < $1.key }
                .filter { all || $0.origin != nil || $0.value != $0.defaultValue }
                .map {
                    SettingDocument(
                        key: $0.key, value: $0.value, defaultValue: $0.defaultValue,
                        origin: $0.origin?.description, takesEffect: Self.effect(of: $0.key))
                })
    }

    /// What a reload would do.
    package func check() -> ConfigurationReport {
        do throws(ConfigurationError) {
            return difference(from: try source.loadChecked(), applied: false)
        } catch {
            return Self.report(error)
        }
    }

    /// - Throws: everything that is wrong; the old configuration stays in force.
    package func reload() async throws(ConfigurationError) -> ConfigurationReport {
        let loaded: LoadedConfiguration
        do {
            loaded = try source.loadChecked()
        } catch {
            for issue in error.issues {
                logger.error(
                    "configuration not reloaded", metadata: ["config.issue": "\(issue)"])
            }
            throw error
        }
        let report = difference(from: loaded, applied: true)
        for key in Set(settings.keys).union(loaded.settings.keys) where Configuration.isLive(key) {
            settings[key] = loaded.settings[key]
        }
        await apply(loaded.configuration, loaded.recipes)
        for change in report.changes {
            logger.notice(
                "setting changed",
                metadata: [
                    "config.key": "\(change.key)", "config.from": "\(change.from)",
                    "config.to": "\(change.to)",
                    "config.takesEffect": "\(change.takesEffect.rawValue)",
                ])
        }
        for change in report.recipes {
            logger.notice(
                "recipe \(change.change.rawValue)", metadata: ["recipe.name": "\(change.name)"])
        }
        logger.notice("configuration reloaded")
        return report
    }

    private func difference(
        from new: LoadedConfiguration, applied: Bool
    ) -> ConfigurationReport {
        // Elements of lists may be in one of them only.
        let changes = Set(settings.keys).union(new.settings.keys).sorted().compactMap {
            key -> ConfigurationReport.Change? in
            let (old, now) = (settings[key]?.value, new.settings[key]?.value)
            guard old != now else { return nil }
            return .init(
                key: key, from: old ?? "", to: now ?? "", takesEffect: Self.effect(of: key))
        }
        let (old, now) = (book.recipes, new.recipes.recipes)
        let names = Set(old.keys).union(now.keys).sorted()
        let recipes = names.compactMap { name -> ConfigurationReport.RecipeChange? in
            switch (old[name], now[name]) {
            case (nil, _): .init(name: name, change: .added)
            case (_, nil): .init(name: name, change: .removed)
            case (let old, let now): old == now ? nil : .init(name: name, change: .changed)
            }
        }
        return ConfigurationReport(
            applied: applied, issues: [], changes: changes, recipes: recipes)
    }

    private static func effect(of key: String) -> SettingDocument.Effect {
        Configuration.isLive(key) ? .now : .restart
    }

    private static func report(_ error: ConfigurationError) -> ConfigurationReport {
        ConfigurationReport(
            applied: false,
            issues: error.issues.map {
                .init(
                    origin: $0.origin.description, key: $0.keyPath, message: $0.message,
                    recipe: $0.recipe)
            })
    }
}
