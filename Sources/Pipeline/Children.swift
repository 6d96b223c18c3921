import Foundation
import Glibc
import Synchronization

/// The child processes of this process, and those among them that nobody waits for.
///
/// A zygote that dies between making a worker and telling its number leaves a child that only the
/// system knows. Its sockets have no other end any more, so it ends; somebody must wait for it, or it
/// stays a zombie.
enum Children {
    private static let known = Mutex<Set<Int32>>([])

    /// Somebody waits for it, until `release`.
    static func adopt(_ processID: Int32) {
        known.withLock { _ = $0.insert(processID) }
    }

    /// Right before it is waited for: afterwards its number may be that of another.
    static func release(_ processID: Int32) {
        known.withLock { _ = $0.remove(processID) }
    }

    /// Looks for children that have ended and belong to nobody, and waits for them; returns once
    /// one was found, or when none has come for as long as one may take to end.
    ///
    /// Found in two looks one after the other, lest it be one whose number is only on its way to its
    /// owner.
    /// - Parameter first: between the first two looks; every later one waits twice as long, so that a
    ///   daemon with nothing to do sleeps.
    static func reapStray(looks: Int = 6, first: Duration = .seconds(1)) async -> Int32? {
        var before: Set<Int32> = []
        for look in 0..<looks {
            let strays = ended().subtracting(known.withLock { $0 })
            if let stray = strays.intersection(before).min() {
                var status: Int32 = 0
                if unsafe waitpid(stray, &status, WNOHANG) == stray { return stray }
            }
            before = strays
            do { try await Task.sleep(for: first * (1 << look)) } catch { return nil }
        }
        return nil
    }

    /// Those that have ended and were not waited for.
    private static func ended() -> Set<Int32> {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        var found: Set<Int32> = []
        for task in tasks {
            let list = try? String(
                contentsOfFile: "/proc/self/task/\(task)/children", encoding: .utf8)
            for word in (list ?? "").split(separator: " ") {
                guard let child = Int32(word) else { continue }
                var info = unsafe siginfo_t()
                // The kernel's word, without waiting for it yet.
                let options = WEXITED | WNOHANG | WNOWAIT
                if unsafe waitid(P_PID, id_t(child), &info, options) == 0, unsafe info.si_signo != 0
                {
                    found.insert(child)
                }
            }
        }
        return found
    }
}
