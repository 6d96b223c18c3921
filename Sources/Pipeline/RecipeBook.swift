package import MediaModel
package import Planning

/// The recipes in force, by name.
package struct RecipeBook: Sendable {
    package var recipes: [String: Recipe]
    package var defaultName: String

    /// - Parameter recipes: holds `defaultName`, or a book without its default is our bug.
    package init(recipes: [String: Recipe], defaultName: String) {
        precondition(recipes[defaultName] != nil, "the default recipe is in the book")
        self.recipes = recipes
        self.defaultName = defaultName
    }

    package func recipe(named name: String?) throws(Failure) -> Recipe {
        let wanted = name ?? defaultName
        if let recipe = recipes[wanted] { return recipe }
        throw Failure(
            kind: .invalidMedia, code: "unknownRecipe",
            operatorText: "there is no recipe \(wanted.debugDescription); there are: "
                + recipes.keys.sorted().joined(separator: ", ")
                + ". Add it under recipes.path or correct the sidecar.",
            uploaderText: "This upload asks for a way of processing that does not exist.")
    }
}
