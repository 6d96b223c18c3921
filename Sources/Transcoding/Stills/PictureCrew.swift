import FFmpeg
import MediaModel
import Planning
import Synchronization
import Vips

/// Encodes pictures beside each other, as many as the budget has cores, while the next size is made.
///
/// libaom and libwebp keep little more than one core busy with one picture, and the chain of sizes
/// takes none of them for long.
final class PictureCrew: Sendable {
    /// A picture of its final size.
    struct Task: Sendable {
        let picture: Picture
        let image: Image
        /// Bytes above which a JPEG is tried with less quality; nil = any number.
        let most: Int64?
    }

    private let encoder: PictureEncoder
    private let cores: Int
    private let done: @Sendable (Picture) -> Void
    /// One waits: what is made further ahead is only held.
    private let queue = BoundedQueue<(place: Int, task: Task)>(capacity: 1)
    private let made = Mutex<[Int: PictureEncoder.Written]>([:])

    /// - Parameters:
    ///   - cores: pictures at once; each holds its encoder's memory.
    ///   - done: told of each picture once it is verified; never by two threads at once.
    init(encoder: PictureEncoder, cores: Int, done: @escaping @Sendable (Picture) -> Void) {
        self.encoder = encoder
        self.cores = cores
        self.done = done
    }

    /// Writes every picture that `next` hands out; once per crew.
    ///
    /// - Parameter next: called on this thread, until it returns nil.
    /// - Returns: what was written, in the order of `next`.
    /// - Throws: the first failure, once nothing is written any more.
    func write(
        _ next: () throws(Failure) -> Task?
    ) throws(Failure) -> [PictureEncoder.Written] {
        let group = WorkGroup()
        if cores > 1 {
            group.onCancel { [queue] in queue.cancel() }
            for number in 0..<cores {
                group.start("picture-\(number)") { [self] () throws(Failure) in
                    defer { Runtime.shutdownThread() }
                    while let (place, task) = queue.take() { try encode(task, at: place) }
                }
            }
        }
        var count = 0
        do throws(Failure) {
            while let task = try next() {
                if cores <= 1 {
                    try encode(task, at: count)
                } else if !queue.put((count, task)) {
                    break
                }
                count += 1
            }
        } catch {
            queue.cancel()
            try group.wait(Interrupt())
            throw error
        }
        queue.finish()
        try group.wait(Interrupt())
        return made.withLock { made in made.sorted { $0.key < $1.key }.map(\.value) }
    }

    private func encode(_ task: Task, at place: Int) throws(Failure) {
        let written = try encoder.write(task.image, as: task.picture, atMost: task.most)
        made.withLock { made in
            made[place] = written
            done(task.picture)
        }
    }
}
