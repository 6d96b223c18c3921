import Foundation
import Glibc
import MediaModel
import Planning
import Synchronization
import Transcoding

/// The worker's engine without its sandbox, which no sanitizer gets along with: one upload, probed,
/// planned, made and verified.
///
/// `Sanitizing FILE SCRATCH` says in one line what became of it, and exits 0 whether it was made or
/// refused; anything else is what is looked for. `Sanitizing --mistake` makes one of each kind, so that
/// it can be seen that they are found.
@main
struct Sanitizing {
    static func main() {
        let words = CommandLine.arguments
        if words.dropFirst() == ["--mistake"] { return Mistake.make() }
        guard words.count == 3 else { fail("expected FILE SCRATCH, found \(words.dropFirst())") }
        let file = URL(filePath: words[1])
        let upload = unsafe open(words[1], O_RDONLY | O_CLOEXEC)
        let scratch = unsafe open(words[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // Where the worker is, too: libraries that swap do so into the working directory.
        guard upload >= 0, scratch >= 0, fchdir(scratch) == 0 else { fail("cannot open \(words)") }
        let made = Mutex(0)
        do {
            let tools = try Engine.start()
            let engine = Engine(
                upload: upload, scratch: ScratchDirectory(descriptor: scratch))
            let info = try engine.probe(limits: limits, fileName: file.lastPathComponent)
            let plan = try Planner(limits: limits, cores: 2, tools: Toolchain(tools)).plan(
                info, recipe: recipe, source: PlanSource(sha256: "0", sidecar: Sidecar()))
            try engine.execute(plan) { event in
                if case .artifact = event { made.withLock { $0 += 1 } }
            }
        } catch {
            print("refused \(error.code)")
            return
        }
        print("made \(made.withLock { $0 })")
    }

    private static let limits = Limits()

    /// Whatever can be made of anything, quickly.
    private static let recipe: Recipe = {
        var recipe = Recipe(name: "everything")
        recipe.video.preset = "ultrafast"
        recipe.video.segmentSeconds = 1
        recipe.video.hevc.heights = [1080, 120]
        recipe.video.av1.heights = [1080, 120]
        recipe.audio.filmOpus = true
        recipe.audio.surround = true
        recipe.audio.mp3 = true
        recipe.audio.flac = true
        recipe.image.deepZoom.aboveMegapixels = 0
        recipe.image.deepZoom.iiifAddress = "https://media.example.org"
        return recipe
    }()

    private static func fail(_ text: String) -> Never {
        FileHandle.standardError.write(Data((text + "\n").utf8))
        exit(64)
    }
}

/// What sanitizers are for: memory used after it is free, and two threads at one number.
enum Mistake {
    static func make() {
        let counter = unsafe UnsafeMutablePointer<Int>.allocate(capacity: 1)
        unsafe counter.initialize(to: 0)
        let place = UInt(bitPattern: counter)
        let threads = (0..<2).map { _ in
            Thread {
                for _ in 0..<3_000_000 {
                    unsafe UnsafeMutablePointer<Int>(bitPattern: place)?.pointee += 1
                }
            }
        }
        for thread in threads { thread.start() }
        while threads.contains(where: { !$0.isFinished }) { sched_yield() }
        unsafe counter.deallocate()
        print("counted", unsafe counter.pointee)
    }
}
