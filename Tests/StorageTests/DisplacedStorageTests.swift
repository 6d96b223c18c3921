import Foundation
import MediaModel
import Storage
import TestSupport
import Testing

/// A store whose directory is not at its path any more changes nothing, neither there nor in what
/// is there instead, and goes on when it is back.
struct DisplacedStorageTests {
    /// How a directory comes to be another one.
    enum Displacement: String, CaseIterable, Sendable {
        case movedAway, replaced, linkSetAnew, itemsReplaced, mountedOver
    }

    private let place: TemporaryDirectory
    private let path: String
    private let files = FileManager.default

    /// `storage` is a symlink, as operators make them, to `disk`.
    init() throws {
        place = try TemporaryDirectory("displaced")
        path = place.file("storage").path
        try files.createDirectory(at: place.file("disk"), withIntermediateDirectories: true)
        try files.createSymbolicLink(atPath: path, withDestinationPath: "disk")
    }

    private func move(_ old: String, _ new: String) throws {
        try files.moveItem(at: place.file(old), to: place.file(new))
    }

    private func linkAnew(to name: String) throws {
        try files.removeItem(atPath: path)
        try files.createSymbolicLink(atPath: path, withDestinationPath: name)
    }

    private func displace(_ how: Displacement) async throws {
        switch how {
        case .movedAway: try move("disk", "away")
        case .replaced:
            try move("disk", "away")
            try files.createDirectory(
                at: place.file("disk/items"), withIntermediateDirectories: true)
        case .linkSetAnew:
            try files.createDirectory(
                at: place.file("other/items"), withIntermediateDirectories: true)
            try linkAnew(to: "other")
        case .itemsReplaced:
            try move("disk/items", "away")
            try files.createSymbolicLink(
                at: place.file("disk/items"), withDestinationURL: place.file("away"))
        case .mountedOver:
            try await Program("mount").run(["-t", "tmpfs", "vitrine-test", place.file("disk").path])
        }
    }

    private func bringBack(_ how: Displacement) async throws {
        switch how {
        case .movedAway: try move("away", "disk")
        case .replaced:
            try files.removeItem(at: place.file("disk"))
            try move("away", "disk")
        case .linkSetAnew: try linkAnew(to: "disk")
        case .itemsReplaced:
            try files.removeItem(at: place.file("disk/items"))
            try move("away", "disk/items")
        case .mountedOver: try await Program("umount").run([place.file("disk").path])
        }
    }

    /// Every file there is, with its content, as another program sees it.
    private func everything() async throws -> Set<String> {
        let listing = try await Program("find").run(
            [place.url.path, "-type", "f", "-printf", "%i %s %T@\n"])
        return Set(String(decoding: listing, as: UTF8.self).split(separator: "\n").map(String.init))
    }

    @Test(arguments: Displacement.allCases)
    func nothingIsChangedUntilItIsBack(how: Displacement) async throws {
        // Only root may mount.
        if how == .mountedOver, !SmallFileSystem.isPossible { return }
        let store = try LocalDerivativeStore(path: path)
        let (item, owner) = (try #require(ItemID("item-1")), try #require(OwnerName("anna")))
        let source = try Source()
        let (old, new) = (try source.file("a.1a.jpg", "old"), try source.file("b.1a.jpg", "new"))
        _ = try await source.put(old, item, store)
        try await store.putManifest(
            Data(#"{"generation":1}"#.utf8), generation: 1, of: item, replacing: 0)
        try await store.putPortfolio(Data("{}".utf8), of: owner)
        try await store.checkWritable()
        let future = try #require(Timestamp("2100-01-01T00:00:00Z"))
        let before = try await everything()

        try await displace(how)
        let changes: [(String, () async throws -> Void)] = [
            ("check", { try await store.checkWritable() }),
            ("put", { _ = try await source.put(new, item, store) }),
            ("put all", { _ = try await store.put([new], of: item, from: source.directory) }),
            (
                "manifest",
                {
                    try await store.putManifest(
                        Data(#"{"generation":2}"#.utf8), generation: 2, of: item, replacing: 1)
                }
            ),
            ("portfolio", { try await store.putPortfolio(Data("{ }".utf8), of: owner) }),
            (
                "remove",
                {
                    _ = try await store.remove(
                        old.path, of: item, notStoredAfter: future)
                }
            ),
            ("remove generation", { try await store.removeGeneration(0, of: item) }),
            ("remove item", { try await store.remove(item) }),
            ("remove portfolio", { try await store.removePortfolio(of: owner) }),
        ]
        for (name, change) in changes {
            let error = await #expect(throws: StorageError.self, "\(name)") { try await change() }
            #expect(error?.code == .displaced && error?.isInfrastructure == true, "\(name)")
        }
        let error = await #expect(throws: StorageError.self) { try await store.checkPlace() }
        let text = error?.description ?? ""
        #expect(text.contains(how == .itemsReplaced ? "\(path)/items" : path), "\(text)")
        #expect(text.contains("device ") && text.contains("restart the daemon"), "\(text)")
        switch how {
        case .movedAway: #expect(text.contains("no directory") && text.contains("now at"))
        case .replaced, .itemsReplaced: #expect(text.contains("now at \(place.file("away").path)"))
        case .linkSetAnew: #expect(text.contains("now at \(place.file("disk").path)"))
        case .mountedOver: #expect(!text.contains("now at"), "it is at no path: \(text)")
        }

        try await bringBack(how)
        #expect(try await everything() == before)
        try await store.checkWritable()
        #expect(try await source.put(new, item, store) == .stored)
        try await store.remove(item)
    }
}
