import MediaModel
import Planning
import Testing

@testable import Pipeline

/// A worker's words about tiles, each wrong in one way: viewers compute addresses from what is said.
@Suite struct TileCheckTests {
    private let plan = TilesPlan(
        output: PlannedOutput(role: .tiles, name: "tiles", key: "k", reason: "r"),
        size: PixelSize(width: 700, height: 300), tileSide: 254, format: .jpeg, quality: 80,
        matte: "#ffffff")

    private func artifact() -> Artifact {
        let digest = String(repeating: "a", count: 64)
        var description = DerivativeDescription(
            role: .tiles, name: "tiles", mediaType: "application/xml", key: "k", reason: "r")
        description.width = 700
        description.height = 300
        func file(_ name: String) -> ArtifactFile {
            ArtifactFile(path: "tiles.12345678/\(name)", byteCount: 9, sha256: digest)
        }
        var tiles: [ArtifactFile] = []
        for level in 0...plan.topLevel {
            let grid = plan.grid(atLevel: level)
            for row in 0..<grid.height {
                for column in 0..<grid.width {
                    tiles.append(file("tiles_files/\(level)/\(column)_\(row).jpg"))
                }
            }
        }
        return Artifact(description: description, file: file("tiles.dzi"), companions: tiles)
    }

    @Test func whatWasPlannedPasses() throws {
        #expect(artifact().companions.count == plan.tileCount)
        try ArtifactCheck.checkTiles([artifact()], plan: plan)
    }

    @Test func everythingElseIsRefused() throws {
        let changes: [(inout Artifact) -> Void] = [
            { $0.companions.removeLast() },
            { $0.companions.append($0.file) },
            { $0.companions[3].path = "tiles.12345678/tiles_files/0/9_9.jpg" },
            { $0.companions[3].path = "tiles.87654321/tiles_files/2/0_0.jpg" },
            { $0.file.path = "tiles.12345678/tiles.xml" },
            { $0.file.path = "tiles.dzi" },
            { $0.description.width = 701 },
            { $0.description.height = nil },
        ]
        for change in changes {
            var damaged = artifact()
            change(&damaged)
            #expect(throws: Failure.self) {
                try ArtifactCheck.checkTiles([damaged], plan: plan)
            }
        }
    }
}
