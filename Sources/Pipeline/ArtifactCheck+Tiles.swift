import MediaModel
import Planning

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
        guard parts.count == 2, parts[1] == "tiles.dzi" else {
            throw bad("tiles that \(artifact.file.path.debugDescription) stands for")
        }
        var names: Set<String> = []
        for level in 0...plan.topLevel {
            let grid = plan.grid(atLevel: level)
            for row in 0..<grid.height {
                for column in 0..<grid.width {
                    names.insert("\(parts[0])/\(plan.path(ofTile: column, row, atLevel: level))")
                }
            }
        }
        guard Set(artifact.companions.map(\.path)) == names else {
            throw bad("\(artifact.companions.count) tiles where \(names.count) were planned")
        }
    }
}
