import ArgumentParser
import ControlAPI
import Daemon
import Failpoints
import Foundation
import Glibc
import Logging
import MediaModel

/// The upload processor.
@main
struct Vitrined: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vitrined",
        abstract: "Turns uploads into everything a portfolio page needs.",
        discussion: """
            Runs in the foreground until SIGTERM or SIGINT; then running jobs are given time to end.
            Settings come from the file, conf.d/*.yaml beside it, and VITRINE_SECTION_KEY in the \
            environment. Steer it with vitrinectl.

            EXIT CODES
              0   stopped as asked           75  another vitrined is there already
              64  wrong usage                77  a directory may not be used
              70  cannot start               78  the configuration is wrong
              74  the disk failed; nothing more is accepted
            """,
        version: VitrineVersion.current)

    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The configuration file.", valueName: "file"),
        completion: .file())
    var file: String?

    @Option(
        help: ArgumentHelp(
            "Run with embedded defaults below this directory, without a file.",
            valueName: "directory"),
        completion: .directory)
    var embedded: String?

    @Flag(help: "Check the configuration and the recipes, then exit.")
    var checkConfig = false

    static let standardFile = "/etc/vitrine/vitrine.yaml"

    func validate() throws {
        if file != nil, embedded != nil {
            throw ValidationError("--config and --embedded exclude each other.")
        }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let base: ConfigurationSource.Base =
            if let embedded {
                .embedded(Self.absolute(embedded))
            } else {
                .file(Self.absolute(file ?? Self.standardFile))
            }
        do {
            let source = ConfigurationSource(base, environment: environment)
            let loaded = try source.loadChecked()
            if checkConfig { return print("ok") }
            #if DEBUG
                try Self.arm(environment)
            #endif
            let log = loaded.configuration.log
            let threshold = LogThreshold(log.level)
            let daemon = VitrineDaemon(
                loaded, from: source, environment: environment, threshold: threshold,
                logger: .vitrine(
                    "vitrined", log: log, environment: environment, threshold: threshold),
                now: { Timestamp(secondsSince1970: Date().timeIntervalSince1970) })
            try await daemon.run()
        } catch {
            let (text, code) = Ending.explain(error)
            FileHandle.standardError.write(Data("\(text)\n".utf8))
            Glibc.exit(code)
        }
    }

    #if DEBUG
        /// Lets tests choose where this daemon fails, and what it does wrong.
        private static func arm(_ environment: [String: String]) throws {
            if let name = environment[SeededBug.variable] {
                guard let bug = SeededBug(rawValue: name) else {
                    throw StartError(
                        .badConfiguration, "\(SeededBug.variable): there is no \(name)")
                }
                bug.choose()
            }
            guard let text = environment[FailpointOrder.variable] else { return }
            guard let order = FailpointOrder(text) else {
                throw StartError(
                    .badConfiguration,
                    "\(FailpointOrder.variable): \(text) names no failpoint and action")
            }
            order.arm()
        }
    #endif

    private static func absolute(_ path: String) -> String {
        PathText.resolve(path, in: FileManager.default.currentDirectoryPath) ?? path
    }
}
