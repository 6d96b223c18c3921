import MediaModel
import Planning

extension ArtifactCheck {
    /// Pictures may be left out by the plan's own rule, as long as something is left that every
    /// browser shows.
    ///
    /// - Parameter there: names of the artifacts and of what is kept.
    /// - Returns: the names that need not be there.
    static func checkLeftOut(
        _ result: WorkResult, plan: Plan, there: Set<String>
    ) throws(Failure) -> Set<String> {
        if result.leftOut.isEmpty { return [] }
        let sets = [
            plan.still?.pictures ?? [], plan.video?.poster.pictures ?? [],
            plan.cover?.pictures ?? [], plan.drawing?.pictures ?? [],
            (plan.document?.pages.first?.pictures ?? []).filter { $0.output.role == .cover },
        ].map { $0.filter { $0.fit == .inside } }
        var keys: [String: String] = [:]
        for picture in sets.joined() { keys[picture.output.name] = picture.output.key }
        // And the text of pages that have none.
        if let text = plan.document?.text?.output { keys[text.name] = text.key }
        var names: Set<String> = []
        for entry in result.leftOut {
            guard keys[entry.name] == entry.key, !there.contains(entry.name),
                names.insert(entry.name).inserted
            else {
                throw bad("that \(entry.name.bounded(toBytes: 80)) was left out, which cannot be")
            }
            guard entry.reason.utf8.count <= 300, (entry.byteCount ?? 1) > 0,
                entry.reason.unicodeScalars.allSatisfy({ $0.value >= 32 })
            else { throw bad("a reason for leaving \(entry.name) out that cannot be") }
        }
        for set in sets {
            let fallbacks = set.filter { $0.format == .jpeg || $0.format == .png }
            let narrowest = fallbacks.map(\.size.width).min()
            let kept = fallbacks.contains {
                $0.size.width == narrowest && there.contains($0.output.name)
            }
            // A cover that fails takes all of its pictures with it.
            let failed = !set.contains {
                there.contains($0.output.name) || names.contains($0.output.name)
            }
            guard set.isEmpty || kept || failed else {
                throw .internalError(
                    code: "missingOutput",
                    "the worker left out every form of the narrowest picture that all browsers show"
                )
            }
        }
        return names
    }
}
