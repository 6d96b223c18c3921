import ControlAPI
import Hummingbird
import JobQueue

extension ControlInterface {
    /// The event log from a number on, as lines or as server-sent events, which follow unless they
    /// are told not to.
    func events(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery("since", "follow")
        let format = EventStreamFormat(request.request)
        // A browser that connects again says what it saw last, and its address is still the first.
        let first = try firstWanted(request)
        let since = try lastEventID(request) ?? first
        let isFollowing =
            request.query("follow") == nil ? format == .serverSent : try request.flag("follow")
        guard let place = eventStreams.place() else {
            throw Problem(
                .unavailable, "there are \(EventStreamLimit.count) readers of events already",
                hint: "end one of them, or read without --follow a little later")
        }
        // The first page now, so that a store in trouble is a problem document and not a cut.
        _ = try await daemon.store.events(since: since, limit: 1)

        var fields = HTTPFields()
        fields[.contentType] = format.mediaType
        fields[.cacheControl] = "no-store"
        let stream = EventStream(
            store: daemon.store, format: format, isFollowing: isFollowing,
            channel: request.context.channel, now: daemon.now)
        let body = ResponseBody { writer in
            try await stream.run(after: since, to: &writer)
            withExtendedLifetime(place) {}
        }
        return Response(status: HTTPResponse.Status(code: 200), headers: fields, body: body)
    }

    private static let expectation = "a whole number, 0 or more"

    private static func number(_ text: String) -> Int64? {
        Int64(text).flatMap { $0 >= 0 ? $0 : nil }
    }

    private func firstWanted(_ request: ControlRequest) throws(Problem) -> Int64 {
        try request.query("since", Self.expectation, Self.number) ?? 0
    }

    private func lastEventID(_ request: ControlRequest) throws(Problem) -> Int64? {
        guard let name = HTTPFields.Element.Name("Last-Event-ID"),
            let text = request.request.headers[name]
        else { return nil }
        guard let number = Self.number(text) else {
            throw Problem(
                .badRequest,
                "Last-Event-ID: found \(text.debugDescription), expected \(Self.expectation)")
        }
        return number
    }
}
