import ControlAPI
import Glibc

/// Why a command ends without success: what to print, and the exit code, which is a contract.
struct CommandFailure: Error {
    enum Code: Int32 {
        case jobFailed = 1
        case notFound = 3
        case conflict = 4
        case usage = 64
        case badInput = 65
        case unreachable = 69
        case daemonMistake = 70
        case temporary = 75
        case notPermitted = 77
        case badConfiguration = 78
    }

    var code: Code
    var message: String
    var hint: String?

    init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    init(_ problem: Problem) {
        let code: Code =
            switch problem.kind {
            case .notFound: .notFound
            case .conflict: .conflict
            case .badRequest, .tooLarge, .unusableInput: .badInput
            case .notPermitted: .notPermitted
            case .badConfiguration: .badConfiguration
            case .unavailable: .temporary
            case .methodNotAllowed, .internalError, nil: .daemonMistake
            }
        self.init(code, Output.escape(problem.detail), hint: problem.hint.map(Output.escape))
    }
}
