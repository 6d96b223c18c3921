import Foundation
import Planning
import TestSupport

/// One document, as a worker would do it.
final class DocumentRun: UploadRun {
    init() throws { try super.init("document", recipe: Self.recipe) }

    /// Small pictures, few of them.
    static var recipe: Recipe {
        var recipe = Recipe()
        recipe.image.cards = false
        recipe.document.coverWidths = [100]
        recipe.document.pageWidths = [60, 120]
        return recipe
    }

    func fixture(_ file: PDFFile) throws -> URL {
        try directory.write(file.data, to: "in/document.pdf")
    }

    func text() throws -> String { try text(of: "text") }
}
