import ControlAPI
import MediaModel
import Planning

extension PlanDocument {
    /// What a plan would change of what is published.
    /// - Parameter manifest: the visible one; nil = nothing is published.
    init(_ plan: Plan, item: ItemID, comparedWith manifest: Manifest?) {
        var published: [String: String] = [:]
        for derivative in manifest?.derivatives ?? [] {
            published[derivative.description.name] = derivative.description.key
        }
        var outputs = plan.outputs.map { output in
            let change: Change =
                switch published[output.name] {
                case nil: .new
                case output.key: .unchanged
                default: .changed
                }
            return Output(
                name: output.name, role: output.role, key: output.key, reason: output.reason,
                change: change)
        }
        let planned = Set(outputs.map(\.name))
        for derivative in manifest?.derivatives ?? []
        // Playlists and manifests of players are made from the renditions, not planned by name.
        where !planned.contains(derivative.description.name)
            && derivative.description.role != .playlist
        {
            outputs.append(
                Output(
                    name: derivative.description.name, role: derivative.description.role,
                    key: derivative.description.key, reason: "no longer in the recipe",
                    change: .removed))
        }
        self.init(
            item: item, kind: plan.kind, recipe: plan.recipe, recipeDigest: plan.recipeDigest,
            engineRevision: plan.engineRevision, outputs: outputs, decisions: plan.decisions,
            warnings: plan.warnings)
    }
}
