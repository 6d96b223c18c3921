import Foundation

/// Where `vitrine-worker` is.
package enum WorkerExecutable {
    /// Installed by the package.
    static let installed = "/usr/libexec/vitrine/vitrine-worker"

    /// `VITRINE_WORKER`, else beside this program, else where the package puts it.
    package static func find(environment: [String: String]) throws(StartError) -> String {
        if let named = environment["VITRINE_WORKER"] {
            guard named.hasPrefix("/"), FileManager.default.isExecutableFile(atPath: named) else {
                throw StartError(
                    .badConfiguration,
                    "VITRINE_WORKER: found `\(named)`, expected the absolute path of a program")
            }
            return named
        }
        var candidates = [installed]
        if let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
            let directory = URL(filePath: own).deletingLastPathComponent()
            candidates.insert(directory.appending(path: "vitrine-worker").path, at: 0)
        }
        for path in candidates where FileManager.default.isExecutableFile(atPath: path) {
            return path
        }
        throw StartError(
            .cannotStart,
            "vitrine-worker is not installed; looked at \(candidates.joined(separator: ", "))")
    }
}
