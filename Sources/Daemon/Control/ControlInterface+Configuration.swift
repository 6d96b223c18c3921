import ControlAPI
import Foundation
import Hummingbird
import MediaModel
import NIOCore
import Pipeline
import Planning

extension ControlInterface {
    /// The settings in force; what has its default only when asked for.
    func configuration(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery("effective")
        return try .json(await daemon.configuration.document(all: try request.flag("effective")))
    }

    func configurationSchema(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        return .json(
            bytes: ByteBuffer(bytes: ConfigurationSchema.document()), status: 200,
            mediaType: "application/schema+json")
    }

    /// What a reload would do; a wrong configuration is an answer, not an error.
    func checkConfiguration(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        return try .json(await daemon.configuration.check())
    }

    func reloadConfiguration(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        do {
            return try .json(try await daemon.reload())
        } catch let error as ConfigurationError {
            throw Problem(
                .badConfiguration, error.description,
                hint: "nothing has changed; correct it and reload again")
        }
    }

    func recipes(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        let recipes = daemon.recipes.recipes.values.sorted { $0.name < $1.name }
        return try .json(RecipeList(recipes: recipes.map(document)))
    }

    func recipe(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        let name = request.context.parameters.get("name") ?? ""
        guard let recipe = daemon.recipes.recipes[name] else {
            let near = Suggestion.nearest(to: name, among: daemon.recipes.recipes.keys)
            throw Problem(
                .notFound, "there is no recipe \(name.debugDescription)",
                hint: near.map { "did you mean \($0)?" } ?? "vitrinectl recipe list shows them")
        }
        return try .json(RecipeDetail(recipe: document(recipe), settings: recipe))
    }

    private func document(_ recipe: Recipe) -> RecipeDocument {
        let file = daemon.recipes.directory.map { "\($0)/\(recipe.name).yaml" }
        return RecipeDocument(
            name: recipe.name, digest: Fingerprint.digest(recipe),
            isDefault: recipe.name == daemon.recipes.defaultName,
            path: file.flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil })
    }
}

/// One recipe with every setting; the fields of `RecipeDocument` and `settings` beside them.
private struct RecipeDetail: Encodable {
    var recipe: RecipeDocument
    var settings: Recipe

    private enum CodingKeys: CodingKey { case settings }

    func encode(to encoder: any Encoder) throws {
        try recipe.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(settings, forKey: .settings)
    }
}
