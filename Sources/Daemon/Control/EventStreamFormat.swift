import ControlAPI
import Hummingbird
import NIOCore

/// How the event log is written on a connection that may never end.
enum EventStreamFormat: Sendable {
    /// One JSON document per line.
    case lines
    /// https://html.spec.whatwg.org/multipage/server-sent-events.html
    case serverSent

    /// What the client says it takes; lines unless it asks for the other.
    init(_ request: Request) {
        let wanted = request.headers[values: .accept].joined(separator: ",")
        self = wanted.contains("text/event-stream") ? .serverSent : .lines
    }

    var mediaType: String {
        switch self {
        case .lines: "application/x-ndjson"
        case .serverSent: "text/event-stream"
        }
    }

    /// Before the first event; a browser tries again after so many milliseconds.
    var opening: String {
        switch self {
        case .lines: ""
        case .serverSent: "retry: 2000\n\n"
        }
    }

    /// Says nothing, so that a reader that has gone is noticed.
    var keepAlive: String {
        switch self {
        case .lines: "\n"
        case .serverSent: ":\n\n"
        }
    }

    func write(_ event: EventDocument, to buffer: inout ByteBuffer) throws {
        if self == .serverSent {
            // A number that comes back as Last-Event-ID; a marker is no event and has none.
            if event.type != EventDocument.dropped { buffer.writeString("id: \(event.sequence)\n") }
            buffer.writeString("event: \(event.type)\ndata: ")
        }
        buffer.writeBytes(try ControlCoding.encode(event))
        buffer.writeString(self == .serverSent ? "\n\n" : "\n")
    }
}
