import Foundation
import Glibc
import MediaModel
import Sandbox
import Transcoding
import Vips

/// What decoders and encoders need, done in a confined process. One line each: name, `ok` or why not.
enum Features {
    static func show() {
        guard let directory = scratch() else { exit(70) }
        // Every picture that is not read in order goes through a file.
        _ = unsafe setenv("VIPS_DISC_THRESHOLD", "1k", 1)
        do {
            try Probe.limits.enter()
            _ = try Engine.start()
        } catch {
            print("start", "\(error)", separator: "\t")
            return
        }
        let begin = ContinuousClock.now
        let rehearsed = Enclosure.rehearse()
        let middle = ContinuousClock.now
        let entered = Enclosure.enter(scratch: directory)
        let end = ContinuousClock.now
        report("rehearsal") { rehearsed.isComplete }
        report("confinement") { entered.isComplete && rehearsed == entered }
        let cost = [middle - begin, end - middle].map { "\($0 / .microseconds(1))" }
        print("cost", cost.joined(separator: " µs, "), separator: "\t")
        report("files") { try usesScratch(ScratchDirectory(descriptor: dup(directory))) }
        report("threads") { startsThreads() }
        report("fonts") { unsafe access("/etc/fonts/fonts.conf", R_OK) == 0 }
        report("text") { try Drawing.text().average() > 10 }
        report("svg") { try Drawing.ink(of: Drawing.svg, .svg) > 10 }
        report("svg picture") { try Drawing.ink(of: Drawing.svgWithPicture(), .svg) > 100 }
        report("pdf") { try Drawing.page(in: ScratchDirectory(descriptor: dup(directory))) > 10 }
        report("vector code") { try Drawing.shrinksAndCrops() }
        report("temporary file") { try Drawing.readsOutOfOrder() }
        print("abort")
        fflush(nil)
        // The way C libraries end when they find themselves broken: a signal that can be told.
        abort()
    }

    private static func report(_ name: String, _ works: () throws -> Bool) {
        do {
            print(name, try works() ? "ok" : "no", separator: "\t")
        } catch {
            print(name, "\(error)", separator: "\t")
        }
    }

    private static func scratch() -> Int32? {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "sandbox-features-\(getpid())").path
        guard unsafe mkdir(path, 0o700) == 0 else { return nil }
        let directory = unsafe open(path, O_RDONLY | O_DIRECTORY)
        // Open directories that have no name any more take no new files.
        return directory >= 0 ? directory : nil
    }

    private static func usesScratch(_ scratch: ScratchDirectory) throws -> Bool {
        try scratch.makeDirectory("rung.working")
        try scratch.write(Data("a".utf8), to: "rung.working/segment.m4s")
        let files = try scratch.adoptDirectory("rung.working", stem: "rung", files: ["segment.m4s"])
        try scratch.remove(files[0].path)
        let file = try scratch.adopt(Data("b".utf8), stem: "poster", fileExtension: "jpg")
        return try scratch.measure(file.path).byteCount == 1
    }

    private static func startsThreads() -> Bool {
        let done = DispatchSemaphore(value: 0)
        for _ in 0..<8 { Thread { done.signal() }.start() }
        return (0..<8).allSatisfy { _ in done.wait(timeout: .now() + 20) == .success }
    }
}
