/// A recipe as lists show it.
package struct RecipeDocument: Codable, Hashable, Sendable {
    package var name: String
    /// Changes when anything in the recipe does.
    package var digest: String
    /// For uploads whose sidecar names none.
    package var isDefault: Bool
    /// null for the one that is built in.
    @OrNull package var path: String?

    package init(name: String, digest: String, isDefault: Bool, path: String?) {
        self.name = name
        self.digest = digest
        self.isDefault = isDefault
        self.path = path
    }
}

/// All recipes in force, by name.
package struct RecipeList: Codable, Hashable, Sendable {
    package var recipes: [RecipeDocument]

    package init(recipes: [RecipeDocument]) { self.recipes = recipes }
}
