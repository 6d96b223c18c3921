/// One setting as it is in force.
package struct SettingDocument: Codable, Hashable, Sendable {
    /// When a changed value is used.
    package enum Effect: String, Codable, Hashable, Sendable {
        /// With the next reload.
        case now
        /// With the next start.
        case restart
    }

    /// Dotted: `inbox.settle`.
    package var key: String
    /// As a configuration writes it.
    package var value: String
    package var defaultValue: String
    /// File, line and column, or the name of a variable; null when nobody said anything.
    @OrNull package var origin: String?
    package var takesEffect: Effect

    package init(
        key: String, value: String, defaultValue: String, origin: String?, takesEffect: Effect
    ) {
        self.key = key
        self.value = value
        self.defaultValue = defaultValue
        self.origin = origin
        self.takesEffect = takesEffect
    }
}

/// The configuration in force, in the order of the keys.
package struct ConfigurationDocument: Codable, Hashable, Sendable {
    package var settings: [SettingDocument]

    package init(settings: [SettingDocument]) { self.settings = settings }
}

/// What a reload would change, or did.
package struct ConfigurationReport: Codable, Hashable, Sendable {
    package struct Issue: Codable, Hashable, Sendable {
        /// File, line and column, or the name of a variable.
        package var origin: String
        /// Empty for the file as a whole.
        package var key: String
        package var message: String
        /// The recipe that is wrong; null for everything else.
        @OrNull package var recipe: String?

        package init(origin: String, key: String, message: String, recipe: String?) {
            self.origin = origin
            self.key = key
            self.message = message
            self.recipe = recipe
        }
    }

    package struct Change: Codable, Hashable, Sendable {
        package var key: String
        package var from: String
        package var to: String
        package var takesEffect: SettingDocument.Effect

        package init(key: String, from: String, to: String, takesEffect: SettingDocument.Effect) {
            self.key = key
            self.from = from
            self.to = to
            self.takesEffect = takesEffect
        }
    }

    package struct RecipeChange: Codable, Hashable, Sendable {
        package enum Kind: String, Codable, Hashable, Sendable { case added, changed, removed }

        package var name: String
        package var change: Kind

        package init(name: String, change: Kind) {
            self.name = name
            self.change = change
        }
    }

    /// Nothing is wrong.
    package var valid: Bool
    /// The new configuration is in force.
    package var applied: Bool
    package var issues: [Issue]
    package var changes: [Change]
    package var recipes: [RecipeChange]

    package init(
        applied: Bool, issues: [Issue], changes: [Change] = [], recipes: [RecipeChange] = []
    ) {
        valid = issues.isEmpty
        self.applied = applied
        self.issues = issues
        self.changes = changes
        self.recipes = recipes
    }
}
