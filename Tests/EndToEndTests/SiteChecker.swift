import Foundation
import MediaModel
import TestSupport

/// Looks at a site from the outside and says which promises of reliability are broken.
struct SiteChecker {
    static let schema = PackageLayout.file("config/manifest.schema.json")

    let site: Site

    /// Empty when all is well. To be asked when nothing is running any more.
    func problems(uploads: [String]) async throws -> [String] {
        var problems: [String] = []
        let items = try await site.items()
        problems += missing(uploads, in: items)
        problems += try await manifestProblems(items)
        problems += leftovers()
        problems += try await originalProblems()
        problems += quarantineProblems(items)
        let running = try await site.jobs().filter {
            !["completed", "discarded", "cancelled"].contains($0["state"]?.string ?? "")
        }
        problems += running.map { "job without an end: \($0)" }
        return problems
    }

    /// Promise 1: no upload is lost; 3: none is there twice.
    private func missing(_ uploads: [String], in items: [JSONValue]) -> [String] {
        uploads.flatMap { name -> [String] in
            let found = items.filter { $0["fileName"]?.string == name }
            let states = found.compactMap { $0["state"]?.string }
            return states == ["ready"] || states == ["failed"]
                ? [] : ["upload \(name) has items in states \(states)"]
        }
    }

    /// Promise 2: every manifest is valid, and what it names is complete.
    func manifestProblems(_ items: [JSONValue]) async throws -> [String] {
        var problems: [String] = []
        let ready = items.filter { $0["state"]?.string == "ready" }
        let manifests = ready.compactMap { $0["manifest"]?.string }.map { URL(filePath: $0) }
        guard !manifests.isEmpty else { return [] }
        problems += try await JSONSchema.problems(in: manifests, schema: Self.schema)
        for url in manifests {
            let published = try Published(manifestAt: url)
            problems += try await Self.fileProblems(of: published)
        }
        return problems
    }

    /// Sizes and digests by `sha256sum`, and files that no generation names.
    static func fileProblems(of published: Published) async throws -> [String] {
        var problems: [String] = []
        let item = published.manifest.item.rawValue
        let files = published.files
        let output = try await Program("sha256sum").result(
            files.map { published.file($0.path).path })
        let digests = Dictionary(
            output.text.split(separator: "\n").compactMap { line -> (String, String)? in
                let parts = line.split(separator: " ", maxSplits: 1)
                return parts.count == 2
                    ? (parts[1].trimmingCharacters(in: .whitespaces), String(parts[0])) : nil
            }, uniquingKeysWith: { a, _ in a })
        for file in files {
            let path = published.file(file.path).path
            let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            if size != Int(file.byteCount) {
                problems.append("\(item)/\(file.path): size \(size ?? -1)")
            }
            if digests[path] != file.sha256 {
                problems.append("\(item)/\(file.path): digest differs")
            }
        }
        let named = Set(files.map(\.path))
        let earlier = published.manifest.generation > 1
        for path in Self.paths(below: published.directory)
        where !named.contains(path) && path != "manifest.json" && !path.hasPrefix("manifests/")
            && !earlier
        {
            problems.append("\(item)/\(path) is named by no manifest")
        }
        return problems
    }

    /// Promise 5: no temporary files anywhere.
    private func leftovers() -> [String] {
        var problems: [String] = []
        for place in [site.storage, site.originals, site.quarantine] {
            for path in Self.paths(below: place)
            where path.split(separator: "/").contains(where: {
                $0.hasPrefix(".") || $0.hasSuffix("~") || $0.contains(".tmp")
                    || $0.contains(".part")
            }) {
                problems.append("left over: \(place.lastPathComponent)/\(path)")
            }
        }
        for place in ["scratch", "claimed"] {
            let found = Self.paths(below: site.state.appending(path: place), directories: true)
            problems += found.map { "left over: state/\(place)/\($0)" }
        }
        problems += Self.paths(below: site.inbox).map { "left in the inbox: \($0)" }
        return problems
    }

    /// The originals are what their names say.
    private func originalProblems() async throws -> [String] {
        let paths = Self.paths(below: site.originals)
        guard !paths.isEmpty else { return [] }
        let output = try await Program("sha256sum").run(
            paths.map { site.originals.appending(path: $0).path })
        return String(decoding: output, as: UTF8.self).split(separator: "\n").compactMap { line in
            let digest = line.prefix(64)
            return line.hasSuffix("/\(digest.prefix(2))/\(digest)") ? nil : "original: \(line)"
        }
    }

    /// Every refused upload lies in quarantine with its reason.
    private func quarantineProblems(_ items: [JSONValue]) -> [String] {
        items.filter { $0["state"]?.string == "failed" && $0["generation"]?.int == 0 }
            .compactMap { item in
                let id = item["id"]?.string ?? ""
                let reason = site.quarantine.appending(path: "\(id).reason.json").path
                return FileManager.default.fileExists(atPath: reason)
                    ? nil : "no reason in quarantine for \(id)"
            }
    }

    /// Files below a directory, relative to it.
    static func paths(below directory: URL, directories: Bool = false) -> [String] {
        let all = (try? FileManager.default.subpathsOfDirectory(atPath: directory.path)) ?? []
        return all.filter { path in
            if directories { return true }
            var isDirectory: ObjCBool = false
            let exists = unsafe FileManager.default.fileExists(
                atPath: directory.appending(path: path).path, isDirectory: &isDirectory)
            return exists && !isDirectory.boolValue
        }
    }
}
