import CLibFuzzer
import Foundation

/// libFuzzer with one parser of ours in it: `Fuzzing PARSER [libFuzzer's options] [corpus …]`.
///
/// `Fuzzing --list` names the parsers; `Fuzzing PARSER --seeds DIRECTORY` writes what only code can
/// make. A trap, a hang, or more memory than libFuzzer is told to allow is what it looks for: every
/// parser may say no to anything.
@MainActor
struct Fuzzing {
    static func run(_ words: [String]) -> Int32 {
        if words.dropFirst() == ["--list"] {
            for parser in Parser.all { print(parser.name, parser.mostBytes) }
            return 0
        }
        guard words.count > 1, let parser = Parser.all.first(where: { $0.name == words[1] }) else {
            FileHandle.standardError.write(
                Data(
                    "expected a parser (--list names them), found \(words.dropFirst().first ?? "nothing")\n"
                        .utf8))
            return 2
        }
        if words.count == 4, words[2] == "--seeds" {
            for (number, seed) in parser.seeds().enumerated() {
                let place = URL(filePath: words[3]).appending(path: "made-\(number)")
                do { try Data(seed).write(to: place) } catch { return 1 }
            }
            return 0
        }
        chosen = parser
        var arguments = ([words[0]] + words.dropFirst(2)).map { unsafe strdup($0) }
        arguments.append(nil)
        return unsafe arguments.withUnsafeMutableBufferPointer { list in
            var count = Int32(list.count - 1)
            var start = unsafe list.baseAddress
            return unsafe LLVMFuzzerRunDriver(&count, &start) { bytes, count in
                guard let parser = unsafe chosen else { return 0 }
                parser.read(unsafe Array(UnsafeBufferPointer(start: bytes, count: count)))
                return 0
            }
        }
    }
}

/// Set once, before the driver runs.
nonisolated(unsafe) private var chosen: Parser?

/// The package manager calls what an executable's `main` does by this name.
@_cdecl("Fuzzing_main")
func fuzzingMain(_ count: Int32, _ words: UnsafePointer<UnsafePointer<CChar>?>) -> Int32 {
    let list = (0..<Int(count)).compactMap { index in
        unsafe words[index].map { unsafe String(cString: $0) }
    }
    return MainActor.assumeIsolated { Fuzzing.run(list) }
}

/// libFuzzer asks for a mutator by this name.
@_cdecl("LLVMFuzzerCustomMutator")
func mutate(
    _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int, _ seed: UInt32
) -> Int {
    guard unsafe chosen?.isJSON == true, seed % 4 != 0 else {
        return unsafe LLVMFuzzerMutate(bytes, count, most)
    }
    let found = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let changed = JSONMutator.changed(found, seed: seed), changed.count <= most else {
        return unsafe LLVMFuzzerMutate(bytes, count, most)
    }
    for (index, byte) in changed.enumerated() { unsafe bytes[index] = byte }
    return changed.count
}
