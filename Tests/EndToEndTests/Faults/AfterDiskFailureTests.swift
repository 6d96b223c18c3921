#if DEBUG
    import Foundation
    import MediaModel
    import TestSupport
    import Testing

    /// After a sync that failed, the next life reads what was written before from the disk.
    @Suite(.serialized)
    struct AfterDiskFailureTests {
        @Test func whatWasWrittenIsVerifiedAndMadeAgain() async throws {
            let site = try Site("disk-failure", ["WORKERS_COUNT": "1", "INBOX_SETTLE": "0s"])
            let picture = try await Still {
                $0.width = 300; $0.height = 200; $0.format = .png
            }.file()
            func upload(_ name: String) throws -> String {
                try site.upload(Data(contentsOf: picture) + Data(name.utf8), as: name)
            }
            // A life that ends well leaves nothing to be verified.
            try await site.start()
            let names = [try upload("one.png"), try upload("two.png")]
            let first = try await site.finished(names)
            #expect(try await site.stop() == .exited(0))
            let mark = site.state.appending(path: "disk-failed.json")
            #expect(!FileManager.default.fileExists(atPath: mark.path))

            // One that a disk ends does.
            let harmed = try site.launch(["VITRINE_FAILPOINT": "storage.fsync=error"])
            let late = try upload("late.png")
            #expect(try await harmed.wait(atMost: .seconds(60)) == .exited(74))
            let reason = try JSONValue(parsing: Data(contentsOf: mark))["reason"]?.string
            #expect(reason?.contains("fsync") == true, "\(reason ?? "")")

            // As if the disk had never had them: bytes of a picture, and of an upload that is kept.
            let one = try Published(try #require(first["one.png"]))
            let object = one.file(try #require(one.manifest.derivatives.first).file.path)
            let right = try Data(contentsOf: object)
            try Data(repeating: 0, count: right.count).write(to: object)
            let sha256 = try Published(try #require(first["two.png"])).manifest.source.sha256
            let original = site.originals.appending(path: "\(sha256.prefix(2))/\(sha256)")
            try FileManager.default.removeItem(at: original)
            try Data("zeroes".utf8).write(to: original)

            let daemon = try await site.start()
            try await Waiting.until("the end of the verification", within: .seconds(60)) {
                FileManager.default.fileExists(atPath: mark.path) ? nil : true
            }
            try await Waiting.until("the picture as it was", within: .seconds(60)) {
                try? Data(contentsOf: object) == right ? true : nil
            }
            #expect(try await site.finished(names + [late])[late]?["state"]?.string == "ready")
            let two = try #require(first["two.png"]?["id"]?.string)
            let log = daemon.error.split(separator: "\n")
            #expect(log.contains { $0.contains("an object is not what was written") })
            #expect(log.contains { $0.contains("ask its owner for it again") && $0.contains(two) })
            #expect(log.contains { $0.contains("verified") && $0.contains("findings.count=2") })
            #expect(try await site.stop() == .exited(0))
        }
    }
#endif
