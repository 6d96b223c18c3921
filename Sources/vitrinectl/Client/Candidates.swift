import ArgumentParser
import ControlAPI
import Foundation
import MediaModel
import NIOCore

/// What a shell offers for a word that the daemon knows: asked while somebody waits, so briefly, and
/// without a word when nobody answers.
enum Candidates {
    static let items = CompletionKind.custom { (arguments, _, prefix) async in
        let page: ItemPage? = await ask("/items?limit=1000", arguments)
        return begin(prefix, page?.items.map(\.id.rawValue))
    }

    static let jobs = CompletionKind.custom { (arguments, _, prefix) async in
        let page: JobPage? = await ask("/jobs?limit=1000", arguments)
        return begin(prefix, page?.jobs.map { String($0.id) })
    }

    static let owners = CompletionKind.custom { (arguments, _, prefix) async in
        let page: OwnerPage? = await ask("/owners?limit=1000", arguments)
        return begin(prefix, page?.owners.map(\.owner))
    }

    static let recipes = CompletionKind.custom { (arguments, _, prefix) async in
        let list: RecipeList? = await ask("/recipes", arguments)
        return begin(prefix, list?.recipes.map(\.name))
    }

    private static func begin(_ prefix: String, _ words: [String]?) -> [String] {
        (words ?? []).filter { $0.hasPrefix(prefix) }
    }

    private static func ask<Answer: Decodable & Sendable>(
        _ path: String, _ arguments: [String]
    ) async -> Answer? {
        var socket: String?
        for (option, value) in zip(arguments, arguments.dropFirst()) where option == "--socket" {
            socket = value
        }
        let location = SocketLocation(
            option: socket, environment: ProcessInfo.processInfo.environment["VITRINE_SOCKET"])
        return try? await ControlClient.with(location) {
            try await $0.get(path, as: Answer.self, within: .seconds(2))
        }
    }
}
