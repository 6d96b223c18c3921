import Foundation
package import Logging
import MediaModel

/// Writes log entries as logfmt or JSON on standard error, or to the journal with fields.
package struct VitrineLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let sink: LogSink

    package init(label: String, log: Configuration.Log, environment: [String: String]) {
        self.label = label
        logLevel = Logger.Level(rawValue: log.level.rawValue) ?? .info
        sink = LogSink(log.format, environment: environment)
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { _, new in new } }
        if let own = event.metadata { merged.merge(own) { _, new in new } }
        if let error = event.error { merged["error"] = "\(error)" }
        sink.write(
            LogLine(
                time: Timestamp(secondsSince1970: Date().timeIntervalSince1970),
                level: event.level, label: label, message: event.message.description,
                metadata: merged.sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) }))
    }
}

extension Logger {
    /// The daemon's logger for one of its parts.
    package static func vitrine(
        _ label: String, log: Configuration.Log, environment: [String: String]
    ) -> Logger {
        Logger(label: label) { label in
            VitrineLogHandler(label: label, log: log, environment: environment)
        }
    }
}
