import ControlAPI
import Foundation
import Glibc
import MediaModel
import TestSupport
import Testing

@testable import Daemon

/// A configuration that is read again under a running daemon.
@Suite(.serialized) struct ReloadTests {
    private func changes(_ report: ConfigurationReport) -> [String] {
        report.changes.map { "\($0.key) \($0.from) \($0.to) \($0.takesEffect.rawValue)" }
    }

    @Test func aReloadSaysWhatIsDifferentAndChangesWhatItCan() async throws {
        let daemon = try await DaemonUnderTest(file: "workers: { count: 1 }\n")
        #expect(try await daemon.json(StatusDocument.self, "status").workers.count == 1)
        let unchanged = try await daemon.json(ConfigurationReport.self, "config", "reload")
        #expect(unchanged == ConfigurationReport(applied: true, issues: []))

        try daemon.configure(
            "workers: { count: 2 }\ninbox: { settle: 3s }\nlog: { level: error }\n")
        try daemon.directory.write("image: { jpegQuality: 70 }\n", to: "d/recipes/small.yaml")
        let expected = [
            "inbox.settle 2s 3s restart", "log.level info error now", "workers.count 1 2 now",
        ]
        let check = try await daemon.json(ConfigurationReport.self, "config", "check")
        #expect(check.valid && !check.applied && changes(check) == expected)
        #expect(try await daemon.json(StatusDocument.self, "status").workers.count == 1)
        #expect(try await daemon.ctl("recipe", "show", "small").termination == .exited(3))

        let report = try await daemon.json(ConfigurationReport.self, "config", "reload")
        #expect(report.valid && report.applied && changes(report) == expected)
        #expect(report.recipes == [.init(name: "small", change: .added)])
        #expect(try await daemon.json(StatusDocument.self, "status").workers.count == 2)
        let recipes = try await daemon.json(RecipeList.self, "recipe", "list").recipes
        #expect(recipes.map(\.name) == ["default", "small"])
        #expect(recipes.map(\.isDefault) == [true, false])
        #expect(recipes.map { $0.path == nil } == [true, false])
        let shown = try await daemon.ctl("recipe", "show", "small")
        #expect(shown.text.contains("image.jpegQuality\t70\n"), "\(shown.text)")

        // What waits for a restart is still different.
        let again = try await daemon.json(ConfigurationReport.self, "config", "check")
        #expect(changes(again) == ["inbox.settle 2s 3s restart"] && again.recipes.isEmpty)
        // The level was in force when the changes would have been logged, and is again what it was.
        #expect(!daemon.program.error.contains("setting changed"))
        try daemon.configure("workers: { count: 2 }\n")
        _ = try await daemon.ctl("config", "reload")
        #expect(daemon.program.error.contains("setting changed"))
        _ = try await daemon.stop()
    }

    /// The night's two: works are refused by a limit, and intake keeps more free than the disk has.
    @Test func limitsAndTheReserveChangeWhileItRuns() async throws {
        let room = "inbox: { minimumFree: 1MiB }\n"
        let strict = room + "limits: { stillPixels: 1000, sourceBytes: 2KiB }\n"
        let daemon = try await DaemonUnderTest(file: strict)
        let picture = try await Still {
            $0.width = 64; $0.height = 48; $0.format = .png
        }.file()
        let large = try daemon.directory.write(Data(count: 3000), to: "large.jpg")
        #expect(
            try await daemon.ctl("item", "add", "--wait", picture.path).termination == .exited(1))
        let refused = try #require(
            try await daemon.json(ItemPage.self, "item", "list").items.first)
        #expect(refused.reason?.operator.contains("limits.stillPixels") == true, "\(refused)")
        let tooLarge = try await daemon.ctl("item", "add", large.path)
        #expect(tooLarge.error.contains("limits.sourceBytes"), "\(tooLarge.error)")

        try daemon.configure(room)
        let report = try await daemon.json(ConfigurationReport.self, "config", "reload")
        #expect(
            changes(report) == [
                "limits.sourceBytes 2KiB 4GiB now", "limits.stillPixels 1000 100000000 now",
            ])
        let again = try await daemon.ctl("item", "reprocess", "--failed", "--wait")
        #expect(again.termination == .exited(0), "\(again.error)")
        #expect(
            try await daemon.json(ItemDetail.self, "item", "show", refused.id.rawValue).item.state
                == .ready)
        // Now it is looked at, and is no picture.
        let looked = try await daemon.ctl("item", "add", "--wait", large.path)
        #expect(!looked.error.contains("limits."), "\(looked.error)")

        func space() async throws -> DoctorReport.Status? {
            let result = try await daemon.ctl("doctor", "--json")
            return try ControlCoding.decode(DoctorReport.self, from: result.output)
                .findings.first { $0.check == "inbox.space" }?.status
        }
        try daemon.configure("inbox: { minimumFree: 1000TiB }\n")
        _ = try await daemon.ctl("config", "reload")
        #expect(try await space() == .error)
        try FileManager.default.copyItem(
            at: picture, to: daemon.directory.file("d/inbox/waits.png"))
        try await Waiting.until("intake to pause", within: .seconds(20)) { () -> Bool? in
            try await daemon.json(StatusDocument.self, "status").intake.state == "paused"
                ? true : nil
        }
        try daemon.configure(room)
        _ = try await daemon.ctl("config", "reload")
        #expect(try await space() == .ok)
        try await Waiting.until("the upload", within: .seconds(60)) { () -> Bool? in
            let items = try await daemon.json(ItemPage.self, "item", "list").items
            return items.contains { $0.fileName == "waits.png" && $0.state == .ready } ? true : nil
        }
        _ = try await daemon.stop()
    }

    /// What the documented file says of itself.
    private static func documentedAsLive() throws -> Set<String> {
        let lines = try String(
            contentsOf: PackageLayout.file("config/vitrine.yaml"), encoding: .utf8
        ).split(separator: "\n", omittingEmptySubsequences: false)
        var (section, comment, keys) = ("", "", Set<String>())
        var isSectionLive = false
        // Behind the file's own explanation.
        for line in lines.drop(while: { !$0.isEmpty }) {
            let text = line.drop { $0 == " " }
            if text.hasPrefix("#") {
                comment += text.dropFirst()
            } else if let colon = text.firstIndex(of: ":") {
                let isLive = comment.contains("Reload")
                if text.startIndex == line.startIndex {
                    (section, isSectionLive) = (String(text[..<colon]), isLive)
                } else if isLive || isSectionLive {
                    keys.insert("\(section).\(text[..<colon])")
                }
                comment = ""
            }
        }
        // Shown by its elements, of which there are none.
        return keys.subtracting(["members.exceptions"])
    }

    @Test func aMistakeChangesNothingAndIsShownWithItsPlace() async throws {
        let daemon = try await DaemonUnderTest(file: "workers: { count: 1 }\n")
        try daemon.configure("workers: { count: 3 }\nlog:\n  levle: debug\n")
        for verb in ["check", "reload"] {
            let result = try await daemon.ctl("config", verb)
            #expect(result.termination == .exited(78), "\(verb)")
            #expect(result.output.isEmpty)
            #expect(
                result.error.contains("conf.d/test.yaml:3:3: log.levle: unknown key"),
                "\(result.error)")
            #expect(result.error.contains("did you mean `level`"))
        }
        #expect(try await daemon.json(StatusDocument.self, "status").workers.count == 1)
        try daemon.configure("workers: { count: 3 }\n")
        try daemon.directory.write("image: { jpegQuality: 700 }\n", to: "d/recipes/bad.yaml")
        let recipe = try await daemon.ctl("recipe", "check", "bad")
        #expect(recipe.termination == .exited(78))
        #expect(recipe.error.contains("bad.yaml:1:23: image.jpegQuality"), "\(recipe.error)")
        #expect(try await daemon.ctl("recipe", "check", "default").termination == .exited(0))
        #expect(try await daemon.ctl("config", "reload").termination == .exited(78))
        #expect(try await daemon.json(StatusDocument.self, "status").workers.count == 1)
        try FileManager.default.removeItem(at: daemon.directory.file("d/recipes/bad.yaml"))
        #expect(try await daemon.ctl("config", "reload").termination == .exited(0))
        #expect(try await daemon.json(StatusDocument.self, "status").workers.count == 3)
        _ = try await daemon.stop()
    }

    @Test func aSignalReloadsAndTheServiceManagerIsTold() async throws {
        let directory = try TemporaryDirectory("notify")
        let listener = try NotifyListener(directory)
        let daemon = try await DaemonUnderTest(
            settings: ["NOTIFY_SOCKET": listener.path], file: "log: { level: info }\n")
        var told = ""
        func hear() { while let next = listener.next() { told += next + "\n" } }
        hear()
        #expect(told.contains("READY=1"))
        told = ""
        try daemon.configure("workers: { count: 2 }\n")
        daemon.program.send(SIGHUP)
        try await Waiting.until("the reload", within: .seconds(20)) { () -> Bool? in
            hear()
            return told.contains("READY=1") ? true : nil
        }
        let lines = told.split(separator: "\n")
        let begin = try #require(lines.firstIndex(of: "RELOADING=1"))
        #expect(lines[begin + 1].hasPrefix("MONOTONIC_USEC="))
        #expect(try #require(lines.lastIndex(of: "READY=1")) > begin)
        #expect(try await daemon.json(StatusDocument.self, "status").workers.count == 2)
        // A wrong file is in the log, and the daemon goes on.
        try daemon.configure("workers: { count: many }\n")
        daemon.program.send(SIGHUP)
        try await Waiting.until("the complaint", within: .seconds(20)) { () -> Bool? in
            daemon.program.error.contains("configuration not reloaded") ? true : nil
        }
        #expect(try await daemon.json(StatusDocument.self, "status").workers.count == 2)
        #expect(try await daemon.stop() == .exited(0))
    }

    @Test func settingsAreShownWithTheirPlaces() async throws {
        let daemon = try await DaemonUnderTest(
            settings: ["VITRINE_WORKERS_DRAIN": "5s"], file: "log: { level: notice }\n")
        let set = try await daemon.json(ConfigurationDocument.self, "config", "show").settings
        let level = try #require(set.first { $0.key == "log.level" })
        #expect(level.value == "notice" && level.defaultValue == "info")
        #expect(level.origin?.hasSuffix("conf.d/test.yaml:1:15") == true, "\(level)")
        #expect(set.first { $0.key == "workers.drain" }?.origin == "VITRINE_WORKERS_DRAIN")
        #expect(!set.contains { $0.key == "inbox.settle" })
        let all = try await daemon.json(
            ConfigurationDocument.self, "config", "show", "--effective"
        ).settings
        // The list is shown by its elements, of which there are none.
        #expect(
            all.map(\.key) == EnvironmentOverrides.allKeys.filter { $0 != "members.exceptions" })
        #expect(all.first { $0.key == "inbox.settle" }?.value == "2s")
        let live = all.filter { $0.takesEffect == .now }.map(\.key)
        #expect(Set(live) == (try Self.documentedAsLive()))
        _ = try await daemon.stop()
    }

    /// The schema against an implementation of another house, with files that are right and wrong.
    @Test func theSchemaTakesWhatTheDaemonTakes() async throws {
        let directory = try TemporaryDirectory("schema")
        let schema = try directory.write(ConfigurationSchema.document(), to: "schema.json")
        func problems(_ yaml: String) async throws -> [String] {
            let file = try directory.write(yaml, to: "file.yaml")
            let json = try await JSONSchema.python().run([
                "-c",
                "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))",
                file.path,
            ])
            return try await JSONSchema.problems(
                in: [try directory.write(json, to: "file.json")], schema: schema)
        }
        let shipped = try String(
            contentsOf: PackageLayout.file("config/vitrine.yaml"), encoding: .utf8)
        #expect(try await problems(shipped) == [])
        #expect(try await problems("control: { operators: [alice, '@staff', 1000] }") == [])
        for wrong in [
            "inbx: {}", "inbox: { settel: 2s }", "inbox: { settle: two }", "workers: 3",
            "log: { level: loud }", "limits: { streams: 0 }", "workers: { spare: 1 }",
        ] {
            #expect(try await !problems(wrong).isEmpty, "\(wrong)")
        }
    }
}
