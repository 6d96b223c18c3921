import ControlAPI
import MediaModel

/// Numbers as people read them.
enum Measures {
    static func bytes(_ count: Int64) -> String { ByteCountText.short(count) }

    static func seconds(_ seconds: Double) -> String {
        switch seconds {
        case ..<60: "\(oneDecimal(seconds)) s"
        case ..<3600: "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
        case ..<86_400: "\(Int(seconds) / 3600) h \(Int(seconds) / 60 % 60) min"
        default: "\(Int(seconds) / 86_400) d \(Int(seconds) / 3600 % 24) h"
        }
    }

    static func percent(_ fraction: Double) -> String { "\(Int(fraction * 100)) %" }

    /// Which part of an attempt is going on, or what it waits for.
    static func stage(_ progress: JobDocument.Progress) -> String {
        progress.waitingFor.map { "waiting for \($0)" } ?? progress.stage
    }

    private static func oneDecimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
