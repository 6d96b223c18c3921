import Foundation
import TestSupport

extension Site {
    /// A site whose worker goes wrong where an upload's name asks for it.
    static func misbehaving(_ settings: [String: String] = [:]) async throws -> Site {
        let python = try await JSONSchema.python().run(["-c", "import sys; print(sys.executable)"])
        var settings = settings
        let site = try Site("worker-faults", settings)
        let wrapped = site.directory.file("worker")
        try await JSONSchema.python().run([
            PackageLayout.file("fixtures/misbehaving-worker.py").path, "--wrap",
            String(decoding: python, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines),
            PackageLayout.product("vitrine-worker").path, wrapped.path,
        ])
        settings["WORKER"] = wrapped.path
        return try Site(at: site.directory, settings)
    }
}
