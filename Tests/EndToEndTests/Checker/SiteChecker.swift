import Foundation
import MediaModel
import TestSupport

/// Looks at a site from the outside (files, processes, what the control interface says) and says
/// which promises of reliability are broken.
///
/// 1 no upload is lost, and its original is kept; 2 what a manifest names is complete; 3 one visible
/// result, however often something was delivered; 4 every job has ended; 5 nothing is left over: no
/// temporary files, no processes; 6 every move of a job was a legal one and attempts only grew; 7 what
/// an upload holds is nowhere but in its original; 8 the daemon ends by nothing but `kill -9`, or says
/// why, and is claiming again within 5 s.
struct SiteChecker {
    static let schema = PackageLayout.file("config/manifest.schema.json")

    let site: Site
    /// How long a quarantine that failed may take to be made up for: within the minute that is allowed
    /// for what is left over, and more than the daemon's half between looks.
    var patience = Duration.seconds(45)

    /// Everything, of the whole site.
    ///
    /// Empty when all is well. To be asked when nothing is to be done any more.
    func problems(uploads: [String]) async throws -> [String] {
        let items = try await site.items()
        return try await problems(uploads.map { Expectation($0) }, looking: items)
            + originalProblems()
    }

    /// What can be seen of these uploads, and of the site as a whole what costs little.
    func problems(_ expectations: [Expectation]) async throws -> [String] {
        let items = try await site.items()
        let names = Set(expectations.map(\.name))
        return try await problems(
            expectations,
            looking: items.filter { names.contains($0["fileName"]?.string ?? "") })
    }

    private func problems(
        _ expectations: [Expectation], looking items: [JSONValue]
    ) async throws -> [String] {
        var problems = missing(expectations, in: items)
        problems += try await manifestProblems(items)
        problems += try resultProblems(items)
        problems += await portfolioProblems(items)
        problems += try await sourceProblems(expectations, items)
        problems += await lastingLeftovers()
        problems += await quarantineProblems(items)
        problems += try await eventProblems()
        problems += await processProblems()
        problems += secretProblems(expectations, items)
        problems += try await lifeProblems()
        return problems
    }

    /// Promise 1: no upload is lost; 3: none is there twice.
    private func missing(_ expectations: [Expectation], in items: [JSONValue]) -> [String] {
        expectations.flatMap { expectation -> [String] in
            let found = items.filter { $0["fileName"]?.string == expectation.name }
            let states = found.compactMap { $0["state"]?.string }
            switch expectation.state {
            case .removed:
                return states.isEmpty ? [] : ["\(expectation.name) is removed, and \(states)"]
            case .ready, .failed, nil:
                let allowed = expectation.state.map { [$0.rawValue] } ?? ["ready", "failed"]
                guard states.count == 1, allowed.contains(states[0]) else {
                    return ["upload \(expectation.name) has items in states \(states)"]
                }
            }
            let generation = found[0]["generation"]?.int
            if let wanted = expectation.generation, generation != wanted {
                return ["upload \(expectation.name) is at generation \(generation ?? -1)"]
            }
            return []
        }
    }

    /// Promise 2: every manifest is valid, and what it names is complete.
    func manifestProblems(_ items: [JSONValue]) async throws -> [String] {
        var problems: [String] = []
        let ready = items.filter { $0["state"]?.string == "ready" }
        let manifests = ready.compactMap { $0["manifest"]?.string }.map { URL(filePath: $0) }
        problems += ready.filter { $0["manifest"]?.string == nil }.map { "no manifest: \($0)" }
        let there = manifests.filter { FileManager.default.fileExists(atPath: $0.path) }
        problems += Set(manifests).subtracting(there).map { "no manifest at \($0.path)" }
        let readable = there.filter { (try? JSONValue(parsing: Data(contentsOf: $0))) != nil }
        problems += Set(there).subtracting(readable).map { "no JSON in \($0.path)" }
        guard !readable.isEmpty else { return problems }
        problems += try await JSONSchema.problems(in: readable, schema: Self.schema)
        for url in readable {
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
        let digests = try await Digest.sha256(of: files.map { published.file($0.path).path })
        for file in files {
            let path = published.file(file.path).path
            let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            if size != Int(file.byteCount) {
                let difference = size.map { ", off by \($0 - Int(file.byteCount))" } ?? ""
                problems.append("\(item)/\(file.path): size \(size ?? -1)\(difference)")
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

    /// Promise 3: what is visible is what the catalogue says, and kept under its number.
    private func resultProblems(_ items: [JSONValue]) throws -> [String] {
        items.flatMap { item -> [String] in
            let id = item["id"]?.string ?? ""
            let directory = site.storage.appending(path: "items/\(id)")
            let visible = try? Data(contentsOf: directory.appending(path: "manifest.json"))
            let generation = item["generation"]?.int ?? 0
            guard let visible else {
                return generation == 0 ? [] : ["\(id): generation \(generation) is not visible"]
            }
            let shown = (try? JSONValue(parsing: visible))?["generation"]?.int
            var problems: [String] = []
            if shown != generation {
                problems.append(
                    "\(id): \(shown ?? -1) is visible, the catalogue says \(generation)")
            }
            let kept = directory.appending(path: "manifests/\(shown ?? 0).json")
            if (try? Data(contentsOf: kept)) != visible {
                problems.append("\(id): generation \(shown ?? -1) is not kept as it is visible")
            }
            return problems
        }
    }

    /// What the end of an upload is told before it is tidied up has a moment.
    private func lastingLeftovers() async -> [String] {
        do {
            try await Waiting.until("tidiness", within: .seconds(3)) {
                leftovers().isEmpty ? true : nil
            }
            return []
        } catch {
            return leftovers()
        }
    }

    /// Promise 5: no temporary files anywhere.
    private func leftovers() -> [String] {
        var problems: [String] = []
        for place in [site.storage, site.originals, site.quarantine] {
            for path in Self.paths(below: place, directories: true)
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

    /// Promise 1: the originals are what their names say.
    private func originalProblems() async throws -> [String] {
        let paths = Self.paths(below: site.originals).map {
            site.originals.appending(path: $0).path
        }
        return try await Digest.sha256(of: paths).compactMap { path, digest in
            path.hasSuffix("/\(digest.prefix(2))/\(digest)")
                ? nil : "original: \(path) is \(digest)"
        }
    }

    /// Portfolios name what is published, all of it that has a member, and nothing else. Where one was
    /// not written at once the daemon does it within seconds of its start.
    private func portfolioProblems(_ items: [JSONValue]) async -> [String] {
        func look() -> [String] {
            let directory = site.storage.appending(path: "portfolios")
            var problems: [String] = []
            for item in items {
                guard let published = try? Published(item), let owner = published.manifest.owner
                else { continue }
                let file = directory.appending(path: "\(owner).json")
                let entries = (try? JSONValue(parsing: Data(contentsOf: file)))?["items"]?.array
                let entry = entries?.first {
                    $0["id"]?.string == published.manifest.item.rawValue
                }
                if entry?["generation"]?.int != published.manifest.generation {
                    problems.append("the portfolio of \(owner) is not up to date: \(item)")
                }
            }
            for name in Self.paths(below: directory) {
                let bytes = (try? Data(contentsOf: directory.appending(path: name))) ?? Data()
                for entry in (try? JSONValue(parsing: bytes))?["items"]?.array ?? [] {
                    let manifest = directory.appending(path: entry["manifest"]?.string ?? "none")
                    if !FileManager.default.fileExists(atPath: manifest.standardizedFileURL.path) {
                        problems.append("portfolio \(name) names what is not there: \(entry)")
                    }
                }
            }
            return problems
        }
        do {
            try await Waiting.until("portfolios", within: .seconds(7)) {
                look().isEmpty ? true : nil
            }
            return []
        } catch {
            return look()
        }
    }

    /// Every refused upload lies in quarantine with its reason.
    private func quarantineProblems(_ items: [JSONValue]) async -> [String] {
        let failed = items.filter {
            $0["state"]?.string == "failed" && $0["generation"]?.int == 0
        }.compactMap { $0["id"]?.string }
        let look = {
            failed.filter { id in
                let reason = site.quarantine.appending(path: "\(id).reason.json").path
                return !FileManager.default.fileExists(atPath: reason)
            }.map { "no reason in quarantine for \($0)" }
        }
        _ = try? await Waiting.until("reasons in quarantine", within: patience) {
            look().isEmpty ? true : nil
        }
        return look()
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
