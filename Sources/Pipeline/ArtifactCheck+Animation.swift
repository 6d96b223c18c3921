import MediaModel
import Planning

extension ArtifactCheck {
    /// At least one file moves, and each has the size that was planned.
    static func checkAnimation(
        _ artifacts: [Artifact], plan: AnimationPlan
    ) throws(Failure) {
        var sizes = [plan.video.output.name: plan.video.size]
        if let webp = plan.webp { sizes[webp.output.name] = plan.size }
        var found = 0
        for artifact in artifacts {
            let description = artifact.description
            guard let size = sizes[description.name] else { continue }
            guard description.width == size.width, description.height == size.height else {
                throw bad("\(description.name) in another size than planned")
            }
            guard artifact.companions.isEmpty else {
                throw bad("\(description.name) with more than one file")
            }
            found += 1
        }
        guard found > 0 || plan.outputs.allSatisfy(\.isKept) else {
            throw .internalError(
                code: "missingOutput", "the worker finished without anything that moves")
        }
    }
}
