import CSandboxProbe
import Glibc
import Sandbox

/// What a worker confines itself with, tried from the inside; for tests.
///
///     sandbox-probe attempts [--open]          every hostile deed, confined (or not)
///     sandbox-probe features                   what must still work
///     sandbox-probe broken LAYER PROGRAM …     a program in a world where a layer cannot be had
@main
struct Probe {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        switch arguments.first {
        case "attempts": attempts(isOpen: arguments.contains("--open"))
        case "features": Features.show()
        case "broken": broken(Array(arguments.dropFirst()))
        default: exit(64)
        }
    }

    /// One line per probe: name, `possible` or `-`, the outcome that is wanted, the outcome.
    private static func attempts(isOpen: Bool) {
        for index in 0..<probes_count() {
            let isPossible = probes_is_possible(index) != 0
            if isOpen && !isPossible { continue }
            let result = probes_run(index, isOpen ? nil : confine)
            let name = unsafe String(cString: probes_name(index))
            let wanted = isOpen ? "done" : probes_is_deadly(index) != 0 ? "SIGSYS" : "refused"
            print(name, isPossible ? "possible" : "-", wanted, outcome(result), separator: "\t")
        }
    }

    private static func outcome(_ result: Int32) -> String {
        switch result {
        case 0: "done"
        case -SIGSYS: "SIGSYS"
        case -1000: "not tried"
        case ..<0: "signal \(-result)"
        default: unsafe String(cString: probes_error_name(result))
        }
    }

    /// As a worker does, in its order.
    fileprivate static func isConfined(scratch: Int32) -> Bool {
        do { try limits.enter() } catch { return false }
        return Enclosure.enter(scratch: scratch).isComplete
    }

    static let limits = Confinement(addressSpaceBytes: 64 << 30, fileBytes: -1)

    private static func broken(_ arguments: [String]) {
        guard arguments.count >= 2, unsafe probes_break(arguments[0]) == 0 else { exit(64) }
        var program = unsafe arguments[1...].map { unsafe strdup($0) } + [nil]
        unsafe execv(arguments[1], &program)
        exit(127)
    }
}

private func confine(scratch: Int32) -> Int32 { Probe.isConfined(scratch: scratch) ? 1 : 0 }
