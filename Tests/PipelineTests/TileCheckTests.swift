import MediaModel
import Planning
import Storage
import Testing

@testable import Pipeline

/// A worker's words about tiles, each wrong in one way: viewers compute addresses from what is said.
@Suite struct TileCheckTests {
    private let plan = TilesPlan(
        output: PlannedOutput(role: .tiles, name: "tiles", key: "k", reason: "r"),
        layout: .deepZoom, size: PixelSize(width: 700, height: 300), tileSide: 254, format: .jpeg,
        quality: 80,
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

    private let service = TilesPlan(
        output: PlannedOutput(role: .iiif, name: "iiif", key: "k", reason: "r"),
        layout: .iiif(address: "https://media.example.org/items/a/"),
        size: PixelSize(width: 3000, height: 300), tileSide: 256, format: .jpeg, quality: 80,
        matte: "#ffffff")

    private func serviceArtifact() -> Artifact {
        var description = DerivativeDescription(
            role: .iiif, name: "iiif", mediaType: "application/ld+json", key: "k", reason: "r")
        description.width = 3000
        description.height = 300
        let text = service.imageInformation(in: "iiif.12345678")
        let digest = ContentDigest(of: [UInt8](text))
        func file(_ name: String) -> ArtifactFile {
            ArtifactFile(
                path: "iiif.12345678/\(name)", byteCount: 9,
                sha256: String(repeating: "a", count: 64))
        }
        return Artifact(
            description: description,
            file: ArtifactFile(
                path: "iiif.12345678/info.json", byteCount: digest.byteCount,
                sha256: digest.sha256),
            companions: (service.tiles + service.previews).map { file($0.path) })
    }

    @Test func anImageServiceMustSayWhereItLies() throws {
        try ArtifactCheck.checkTiles([serviceArtifact()], plan: service)
        let elsewhere = ContentDigest(of: [UInt8](service.imageInformation(in: "iiif.87654321")))
        let changes: [(inout Artifact) -> Void] = [
            { $0.companions.removeLast() },
            { $0.companions.append($0.companions[0]) },
            { $0.companions[0].path = "iiif.12345678/full/9,9/0/default.jpg" },
            { $0.file.path = "iiif.12345678/tiles.dzi" },
            { $0.file.path = "iiif.87654321/info.json" },
            { $0.file.sha256 = elsewhere.sha256 },
            { $0.file.byteCount += 1 },
        ]
        for change in changes {
            var damaged = serviceArtifact()
            change(&damaged)
            #expect(throws: Failure.self) {
                try ArtifactCheck.checkTiles([damaged], plan: service)
            }
        }
    }
}
