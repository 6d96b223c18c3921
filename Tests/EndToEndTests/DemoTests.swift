import Foundation
import TestSupport
import Testing

/// The demonstration, with files of one's own.
struct DemoTests {
    private func demo(_ files: [URL]) async throws -> (ProgramResult, TemporaryDirectory) {
        let directory = try TemporaryDirectory("demo")
        var environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("VITRINE_")
        }
        environment["FILES"] = files.map(\.path).joined(separator: " ")
        environment["DEMO_SECONDS"] = "120"
        let result = try await Program("bash").result(
            [
                PackageLayout.file("fixtures/demo.sh").path, PackageLayout.products.path,
                directory.file("demo").path,
            ], environment: environment, atMost: .seconds(180))
        return (result, directory)
    }

    @Test func itShowsWhatCameOutAndSucceeds() async throws {
        let still = try await Still { $0.width = 410 }.file()
        let song = try await Song { $0.seconds = 2 }.file()
        let (result, directory) = try await demo([still, song])
        #expect(result.termination == .exited(0), "\(result.text)\n\(result.error)")
        #expect(result.text.contains("✓ \(still.lastPathComponent)"), "\(result.text)")
        #expect(result.text.contains("✓ \(song.lastPathComponent)"), "\(result.text)")
        #expect(result.text.contains("of processor time"))
        let place = directory.file("demo/storage/items").path
        #expect(result.text.contains(place), "says where the files are")
        #expect(try FileManager.default.contentsOfDirectory(atPath: place).count == 2)
    }

    @Test func itFailsWhenAFileCannotBeProcessed() async throws {
        let bad = try TemporaryDirectory("bad")
        let file = try bad.write("This is no film.", to: "letter.mp4")
        let (result, _) = try await demo([file])
        #expect(result.termination == .exited(1), "\(result.text)\n\(result.error)")
        #expect(result.text.contains("✗ letter.mp4: failed"), "\(result.text)")
    }

    @Test func itFailsAtOnceForAFileThatIsNotThere() async throws {
        let (result, _) = try await demo([URL(filePath: "/nonexistent/film.mp4")])
        #expect(result.termination == .exited(66))
    }
}
