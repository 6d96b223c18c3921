import Foundation
import Glibc
import TestSupport

/// One daemon that is given every shape, and what became of them.
struct AttackRun: Sendable {
    let site: Site
    /// Items with their jobs, by the file's name.
    let items: [String: JSONValue]
    /// The daemon at the start and at the end.
    let processes: (first: Int32, last: Int32?)
    let memory: Int
    let connections: Int
    let datagrams: Int
    let opened: [String]
    /// Files of the site that have one of the words.
    let leaks: [String]
    let saysToken: Bool
    /// What the checker found.
    let problems: [String]
    /// Where the shapes pointed.
    let host: String

    private actor Once {
        static let shared = Once()
        private var work: Task<AttackRun, any Error>?

        func run() async throws -> AttackRun {
            if let work { return try await work.value }
            let task = Task { try await AttackRun() }
            work = task
            return try await task.value
        }
    }

    static var shared: AttackRun { get async throws { try await Once.shared.run() } }

    /// What lies where references point: a word in a text, a picture, and a piece of a film.
    static func canaries(in directory: URL) async throws -> CanaryFiles {
        let picture = try await Data(
            contentsOf: Still {
                ($0.width, $0.height, $0.format) = (32, 32, .png)
            }.file())
        return try CanaryFiles(
            in: directory,
            [
                "canary.txt": Data(), "canary.png": picture,
                "canary.ts": await AttackMaterial.film(container: "ts"),
            ])
    }

    private init() async throws {
        let place = try TemporaryDirectory("canaries")
        let listener = try CanaryListener()
        site = try await Self.site()
        let far = try await Self.canaries(in: place.url)
        let near = try await Self.canaries(in: site.directory.url)
        let material = try await AttackMaterial(listener: listener, files: far)
        host = material.host
        let daemon = try await site.start()
        for (number, shape) in AttackShape.all.enumerated() {
            if let sidecar = shape.sidecar(material) {
                try Self.upload(
                    sidecar, as: shape.name + Array(".json".utf8), "\(number).json", to: site)
            }
            try Self.upload(await shape.make(material), as: shape.name, "\(number)", to: site)
        }
        let found = try await Self.ended(AttackShape.all.map(\.shown), at: site)
        // Before this process looks at anything itself.
        (connections, datagrams) = (listener.connections(), listener.datagrams())
        opened = far.opened() + near.opened()
        var items: [String: JSONValue] = [:]
        for (name, item) in found {
            items[name] = try await site.get("/items/\(item["id"]?.string ?? "")")
        }
        self.items = items
        problems = try await SiteChecker(site: site).problems(uploads: Array(found.keys))
        processes = (daemon.identifier, try await site.status()["pid"]?.int.map { Int32($0) })
        memory = ProcessStatus(daemon.identifier)?.residentBytes ?? 0
        let scans = [TokenScan(far.token), TokenScan(near.token)]
        leaks = scans.flatMap { [site] in
            $0.places(below: site.directory.url, except: "canary/")
        }
        saysToken = scans.contains {
            $0.isIn(daemon.output) || $0.isIn(Data(daemon.error.utf8))
        }
    }

    /// Limits of time that are long for what is well-meant here, and short for what never ends.
    ///
    /// `TEST_ATTACKS_WITHOUT=landlock,seccomp` takes layers of the sandbox away: what then still holds,
    /// the rules of decoding hold alone.
    private static func site() async throws -> Site {
        var settings = [
            "WORKERS_COUNT": "2", "LIMITS_DRAWING_SECONDS": "5",
            "LIMITS_DOCUMENT_PAGE_SECONDS": "5",
            "LIMITS_DOCUMENT_SECONDS": "20", "LIMITS_PROBE_SECONDS": "30",
            "LIMITS_STALL_SECONDS": "30",
        ]
        let directory = try TemporaryDirectory("attacks")
        // What is decoded is the same, and less is made of it.
        try directory.write(
            """
            name: default
            video: { posterWidths: [320], posterAlternatives: 0, hover: false }
            image: { widths: [320], formats: [webp], cards: false }
            document: { coverWidths: [320], pageWidths: [320] }

            """, to: "recipes/default.yaml")
        settings["RECIPES_PATH"] = directory.file("recipes").path
        let environment = ProcessInfo.processInfo.environment
        if let missing = environment["TEST_ATTACKS_WITHOUT"] {
            let probe = PackageLayout.product("sandbox-probe").path
            let words = missing.split(separator: ",").map { "'\(probe)' broken \($0)" }
            let worker = PackageLayout.product("vitrine-worker").path
            let text = try directory.write(
                "#!/bin/sh\nexec \(words.joined(separator: " ")) '\(worker)' \"$@\"\n",
                to: "worker.text")
            // By another process: what is open for writing here cannot be executed.
            try await Program("install").run(
                ["-m", "755", text.path, directory.file("worker").path])
            settings["WORKER"] = directory.file("worker").path
            settings["SANDBOX"] = "reduced"
        }
        return try Site(at: directory, settings)
    }

    /// Names here are bytes that no `URL` takes.
    private static func upload(
        _ data: Data, as name: [UInt8], _ number: String, to site: Site
    ) throws {
        let staged = try site.directory.write(data, to: "uploads/\(number)").path
        let target = (Array(site.inbox.path.utf8) + [UInt8(ascii: "/")] + name + [0])
            .map { CChar(bitPattern: $0) }
        guard unsafe rename(staged, target) == 0 else {
            throw SiteError("cannot rename to upload \(number): errno \(errno)")
        }
    }

    /// As `Site.finished`, but looks seldom, as there is much to list, and goes on without those that
    /// do not come to an end: they are missed by name.
    private static func ended(
        _ names: [String], at site: Site
    ) async throws -> [String: JSONValue] {
        var ended: [JSONValue] = []
        // Those of `TEST_HOSTILE` are as many as somebody has.
        let limit = Duration.seconds(240 + AttackShape.corpus.count)
        _ = try? await Waiting.until("every end", within: limit, every: .seconds(1)) {
            ended =
                (try? await site.items())?.filter {
                    ["ready", "failed", "cancelled"].contains($0["state"]?.string ?? "")
                } ?? ended
            return ended.count >= names.count || site.daemon == nil ? true : nil
        }
        return Dictionary(
            ended.map { ($0["fileName"]?.string ?? "", $0) }, uniquingKeysWith: { a, _ in a })
    }
}
