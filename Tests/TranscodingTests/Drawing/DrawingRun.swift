import Foundation
import Planning
import TestSupport

/// One drawing, as a worker would do it.
final class DrawingRun: UploadRun {
    init() throws { try super.init("drawing", recipe: Self.recipe) }

    /// A root of 200×100 around some elements.
    static func drawing(_ content: String, _ attributes: String = "") -> String {
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
            + "width=\"200\" height=\"100\" \(attributes)>\(content)</svg>"
    }

    /// Few small pictures.
    static var recipe: Recipe {
        var recipe = Recipe()
        recipe.image.widths = [100, 400]
        recipe.image.cards = false
        return recipe
    }

    func fixture(_ text: String) throws -> URL { try directory.write(text, to: "in/drawing.svg") }

    /// The sanitised copy.
    func copy() throws -> String { try text(of: "drawing") }
}
