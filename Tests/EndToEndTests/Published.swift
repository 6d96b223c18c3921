import Foundation
import MediaModel
import TestSupport

/// A published item as a page sees it: its manifest and the files beside it.
struct Published: Sendable {
    let directory: URL
    let manifest: Manifest
    /// The same, as the bytes say it.
    let document: JSONValue

    init(manifestAt url: URL) throws {
        directory = url.deletingLastPathComponent()
        let data = try Data(contentsOf: url)
        manifest = try JSONDecoder().decode(Manifest.self, from: data)
        document = try JSONValue(parsing: data)
    }

    /// From an item of `item list`.
    init(_ item: JSONValue) throws {
        guard let path = item["manifest"]?.string else {
            throw SiteError("no manifest: \(item)")
        }
        try self.init(manifestAt: URL(filePath: path))
    }

    func file(_ path: String) -> URL { directory.appending(path: path) }

    func derivatives(_ role: Role) -> [Manifest.Derivative] {
        manifest.derivatives.filter { $0.description.role == role }
    }

    func derivative(named name: String) throws -> Manifest.Derivative {
        guard let found = manifest.derivatives.first(where: { $0.description.name == name }) else {
            throw SiteError(
                "no derivative \(name): \(manifest.derivatives.map(\.description.name))")
        }
        return found
    }

    /// A path of `play`, as a file.
    func play(_ path: KeyPath<Manifest.Play, String?>) throws -> URL {
        guard let name = manifest.play?[keyPath: path] else {
            throw SiteError("no \(path) in play")
        }
        return file(name)
    }

    /// Everything the manifest names, with what it claims of it.
    var files: [ArtifactFile] {
        manifest.derivatives.flatMap { derivative in
            [
                ArtifactFile(
                    path: derivative.path, byteCount: derivative.byteCount,
                    sha256: derivative.sha256)
            ] + derivative.files
        }
    }

    /// The manifest without what differs from run to run: moments, processor time, attempts.
    var lasting: JSONValue {
        func without(_ keys: Set<String>, _ value: JSONValue?) -> JSONValue {
            .object((value?.object ?? [:]).filter { !keys.contains($0.key) })
        }
        var fields = document.object ?? [:]
        fields["source"] = without(["receivedAt"], fields["source"])
        fields["provenance"] = without(
            ["startedAt", "finishedAt", "cpuSeconds", "attempts", "stages"], fields["provenance"])
        return .object(fields)
    }
}
