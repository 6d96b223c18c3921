import Foundation
package import Logging
import MediaModel

/// Writes log entries as logfmt or JSON on standard error, or to the journal with fields.
package struct VitrineLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    private var ownLevel: Logger.Level?
    package var logLevel: Logger.Level {
        get { ownLevel ?? threshold.current }
        set { ownLevel = newValue }
    }
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let sink: LogSink
    private let threshold: LogThreshold

    /// - Parameter threshold: instead of the configured level, when that is to be changed later.
    package init(
        label: String, log: Configuration.Log, environment: [String: String],
        threshold: LogThreshold? = nil
    ) {
        self.label = label
        self.threshold = threshold ?? LogThreshold(log.level)
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
        _ label: String, log: Configuration.Log, environment: [String: String],
        threshold: LogThreshold? = nil
    ) -> Logger {
        Logger(label: label) { label in
            VitrineLogHandler(
                label: label, log: log, environment: environment, threshold: threshold)
        }
    }
}
