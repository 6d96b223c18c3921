package import MediaModel
package import Planning
import Synchronization

/// The recipes in force, by name; replaced as one when an operator reloads the configuration.
package final class RecipeBook: Sendable {
    private struct Content {
        var recipes: [String: Recipe]
        var defaultName: String
        var directory: String?
    }

    private let content: Mutex<Content>

    /// - Parameters:
    ///   - recipes: holds `defaultName`, or a book without its default is our bug.
    ///   - directory: where the files are.
    package init(recipes: [String: Recipe], defaultName: String, directory: String? = nil) {
        precondition(recipes[defaultName] != nil, "the default recipe is in the book")
        content = Mutex(
            Content(recipes: recipes, defaultName: defaultName, directory: directory))
    }

    package var recipes: [String: Recipe] { content.withLock { $0.recipes } }
    package var defaultName: String { content.withLock { $0.defaultName } }
    package var directory: String? { content.withLock { $0.directory } }

    /// Whoever has asked for a recipe before goes on with what it got.
    package func replace(with other: RecipeBook) {
        let new = other.content.withLock { $0 }
        content.withLock { $0 = new }
    }

    package func recipe(named name: String?) throws(Failure) -> Recipe {
        let (recipes, defaultName) = content.withLock { ($0.recipes, $0.defaultName) }
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
