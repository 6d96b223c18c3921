import Foundation
import Testing
import Vips

/// Looks at the memory of the whole process: the Makefile runs it without anything beside it.
@Suite(.serialized) struct MemoryTests {
    let scratch: Scratch

    init() throws {
        try Runtime.start()
        scratch = try Scratch()
    }

    @Test func goodAndBadPicturesLeaveNothingBehind() throws {
        let good = [UInt8](try Data(contentsOf: try scratch.photograph("a.jpg")))
        let half = Array(good.prefix(good.count / 2))
        func once() throws {
            let image = try Image.load(Source(bytes: good), with: .jpeg)
            _ = try image.thumbnail(width: 80, height: 60)
                .editingMetadata { $0.set("note", String(repeating: "x", count: 1_000)) }
                .encoded(as: .webp(quality: 70, effort: 0))
            #expect(throws: VipsError.self) {
                try Image.load(Source(bytes: half), with: .jpeg, LoadOptions(failOn: .truncated))
                    .average()
            }
            #expect(throws: VipsError.self) {
                try Image.load(Source(bytes: [1, 2, 3]), with: .png)
            }
            #expect(throws: VipsError.self) { try image.extractingBands(from: 9) }
            _ = try Image.packed(width: 256, height: 256, bands: 4) { _ in }.average()
            let handle = try FileHandle(forReadingFrom: scratch["a.jpg"])
            _ = try Image.load(Source(descriptor: handle.fileDescriptor), with: .jpeg).average()
            try handle.close()
        }
        for _ in 0..<50 { try once() }
        let before = try residentKilobytes()
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        for _ in 0..<500 { try once() }
        let after = try residentKilobytes()
        // A leak of one 256×256×4 image a round would be 128 MiB.
        #expect(after - before < 48 * 1_024, "\(before) KiB → \(after) KiB")
        let left = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        #expect(left == descriptors)
    }
}
