import Foundation
import Sandbox
import Testing

/// What the kernel says of a process that has entered the confinement.
///
/// The descriptor limits are far above what other tests of this process have open meanwhile: a child
/// inherits those, and could open nothing more to look at itself.
struct ConfinementTests {
    @Test func whatWasGivenUpIsGone() async throws {
        let result = try await #require(
            processExitsWith: .success, observing: [\.standardOutputContent]
        ) {
            let confinement = Confinement(
                addressSpaceBytes: 64 << 30, fileBytes: 1 << 20, descriptors: 900)
            try confinement.enter()
            // This thread's: the flag is inherited by threads that are started later only, which is
            // why a worker enters before its first.
            print(try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8))
            print(try String(contentsOfFile: "/proc/self/limits", encoding: .utf8))
            let weight = try String(contentsOfFile: "/proc/self/oom_score_adj", encoding: .utf8)
            print("oom_score_adj: \(weight)")
        }
        let lines = String(decoding: result.standardOutputContent, as: UTF8.self)
            .split(separator: "\n")
        #expect(lines.first { $0.hasPrefix("NoNewPrivs") } == "NoNewPrivs:\t1")
        #expect(lines.contains("oom_score_adj: 500"))
        // Soft and hard: what is given up cannot be had again.
        for (name, value) in [
            ("Max open files", "900"), ("Max file size", "1048576"), ("Max core file size", "0"),
            ("Max address space", "68719476736"),
        ] {
            let row = lines.first { $0.hasPrefix(name) }?.dropFirst(name.count)
            let found = row?.split(separator: " ").prefix(2).map(String.init)
            #expect(found == [value, value], "\(name): \(found ?? [])")
        }
    }

    @Test func aLimitIsNeverRaised() async {
        await #expect(processExitsWith: .success) {
            let narrow = Confinement(addressSpaceBytes: -1, fileBytes: 1 << 20, descriptors: 900)
            let wide = Confinement(addressSpaceBytes: -1, fileBytes: 1 << 30, descriptors: 960)
            try narrow.enter()
            try wide.enter()
            let limits = try String(contentsOfFile: "/proc/self/limits", encoding: .utf8)
            let files = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }
            #expect(files?.split(separator: " ").dropFirst(3).first == "900")
        }
    }
}
