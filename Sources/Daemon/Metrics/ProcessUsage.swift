import Foundation
import Glibc

/// What this process uses of the machine: proc(5), getrusage(2).
struct ProcessUsage: Sendable {
    /// User and system.
    var cpuSeconds: Double
    var residentBytes: Int
    var openDescriptors: Int

    static func now() -> ProcessUsage {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double {
            Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
        }
        // Pages: total, then resident.
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let resident = pages.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        return ProcessUsage(
            cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
            residentBytes: resident * Int(sysconf(Int32(_SC_PAGESIZE))),
            // One of them is that of the directory itself.
            openDescriptors: max(0, (descriptors?.count ?? 1) - 1))
    }
}
