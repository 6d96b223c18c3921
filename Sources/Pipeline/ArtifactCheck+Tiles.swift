import MediaModel
import Planning
import Storage

extension ArtifactCheck {
    /// Viewers compute the address of each tile from the picture's size: all must be there, and
    /// nothing else.
    static func checkTiles(_ artifacts: [Artifact], plan: TilesPlan) throws(Failure) {
        guard let artifact = artifacts.first(where: { $0.description.name == plan.output.name })
        else { return }
        let description = artifact.description
        guard description.width == plan.size.width, description.height == plan.size.height else {
            throw bad("tiles of another size than \(plan.size)")
        }
        let parts = artifact.file.path.split(separator: "/")
        guard parts.count == 2, parts[1] == plan.descriptionName else {
            throw bad("tiles that \(artifact.file.path.debugDescription) stands for")
        }
        let names = Set(plan.names.dropFirst().map { "\(parts[0])/\($0)" })
        guard Set(artifact.companions.map(\.path)) == names,
            artifact.companions.count == names.count
        else {
            throw bad("\(artifact.companions.count) tiles where \(names.count) were planned")
        }
        try checkInformation(artifact.file, in: String(parts[0]), plan: plan)
    }

    /// An image service says where it lies: to the byte, so that no viewer is sent elsewhere.
    private static func checkInformation(
        _ file: ArtifactFile, in directory: String, plan: TilesPlan
    ) throws(Failure) {
        guard plan.layout != .deepZoom else { return }
        let expected = ContentDigest(of: [UInt8](plan.imageInformation(in: directory)))
        guard file.sha256 == expected.sha256, file.byteCount == expected.byteCount else {
            throw bad("an info.json that is not what \(directory) has to say")
        }
    }
}
