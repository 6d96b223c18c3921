import Foundation
import TestSupport
import Testing
import WorkerProtocol

struct LineSplitterTests {
    @Test func linesComeOutWhateverTheChunks() throws {
        for seed in UInt64(1)...200 {
            var random = SplitMix(seed: seed)
            let lines = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                Data(
                    (0..<Int.random(in: 0...60, using: &random)).map { _ in
                        // Any byte but the end of a line.
                        UInt8(truncatingIfNeeded: Int.random(in: 11...265, using: &random))
                    }
                ).filter { $0 != 10 }
            }.map { Data($0) }
            var stream = Data()
            for line in lines { stream += line + [10] }
            var splitter = LineSplitter(limit: 100)
            var found: [Data] = []
            while !stream.isEmpty {
                let count = Int.random(in: 1...min(stream.count, 30), using: &random)
                found += try splitter.append(stream.prefix(count))
                stream = stream.dropFirst(count)
            }
            #expect(found == lines, "seed \(seed)")
        }
    }

    @Test func anUnfinishedLineIsKeptForLater() throws {
        var splitter = LineSplitter()
        #expect(try splitter.append(Data("{\"a\":".utf8)).isEmpty)
        #expect(try splitter.append(Data("1}\n{".utf8)) == [Data("{\"a\":1}".utf8)])
    }

    @Test func aLineOfExactlyTheLimitPasses() throws {
        var splitter = LineSplitter(limit: 8)
        #expect(try splitter.append(Data("12345678\n".utf8)) == [Data("12345678".utf8)])
        #expect(throws: LineTooLong.self) { try splitter.append(Data("123456789\n".utf8)) }
    }

    @Test func aGigabyteWithoutALineEndIsRefusedAfterTheLimit() throws {
        var splitter = LineSplitter()
        let chunk = Data(repeating: UInt8(ascii: "x"), count: 1 << 16)
        var accepted = 0
        #expect(throws: LineTooLong.self) {
            for _ in 0..<(1 << 14) {
                _ = try splitter.append(chunk)
                accepted += chunk.count
            }
        }
        #expect(accepted <= LineCodec.maximumLine)
    }
}
