import ControlAPI
import Hummingbird
import JobQueue
import Logging
import MediaModel
import Storage

/// Turns every error into a problem document.
struct ProblemMiddleware: RouterMiddleware {
    typealias Context = ControlContext

    let logger: Logger
    let health: DaemonHealth

    func handle(
        _ request: Request, context: ControlContext,
        next: @concurrent (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            if let failure = Self.failedSync(error) { health.fail(failure) }
            let problem = Self.problem(of: error, request: request)
            if problem.kind == .internalError {
                logger.error(
                    "request failed",
                    metadata: ["http.path": "\(request.uri.path)", "error": "\(error)"])
            }
            var response = Response.problem(problem)
            if problem.kind == .methodNotAllowed {
                // RFC 9110, 15.5.6: it has to say what is.
                response.headers[.allow] = ControlRoutes.methods(at: request.uri.path)
                    .joined(separator: ", ")
            }
            return response
        }
    }

    /// Nothing more may be accepted by this process after one.
    private static func failedSync(_ error: any Error) -> Failure? {
        switch error {
        case let error as StorageError where error.code == .syncFailed: return error.failure
        case let error as JobStoreError:
            if case .syncFailed = error { return error.failure }
            return nil
        default: return nil
        }
    }

    static func problem(of error: any Error, request: Request) -> Problem {
        switch error {
        case let problem as Problem: problem
        case let error as JobStoreError: Problem(error)
        case let failure as Failure: Problem(failure)
        case let error as StorageError: Problem(error)
        case let error as HTTPError where error.status.code == 404: nothingThere(request)
        case let error as HTTPError where (400..<500).contains(error.status.code):
            Problem(.badRequest, error.body ?? "the request cannot be understood")
        case is CancellationError:
            Problem(.unavailable, "the daemon is stopping", hint: "try again in a moment")
        default: Problem(.internalError, "unexpected: \(error)")
        }
    }

    private static func nothingThere(_ request: Request) -> Problem {
        let methods = ControlRoutes.methods(at: request.uri.path)
        guard methods.isEmpty else {
            return Problem(
                .methodNotAllowed,
                "\(request.method.rawValue) is no method of \(request.uri.path)",
                hint: "it takes \(methods.joined(separator: " and "))")
        }
        return Problem(
            .notFound, "there is nothing at \(request.uri.path)",
            hint: "GET /openapi.json describes every address, for example "
                + "/\(VitrineVersion.api)/status")
    }
}

extension Problem {
    init(_ error: JobStoreError) {
        switch error {
        case .jobNotFound:
            self.init(.notFound, error.operatorText, hint: "vitrinectl job list shows them")
        case .itemNotFound:
            self.init(.notFound, error.operatorText, hint: "vitrinectl item list shows them")
        case .illegalTransition, .itemBusy, .itemConflict, .staleLease:
            self.init(.conflict, error.operatorText)
        case .overQuota: self.init(.unusableInput, error.operatorText)
        case .newerSchema, .unavailable, .syncFailed:
            self.init(
                .unavailable, error.operatorText, hint: "vitrinectl doctor looks for the cause")
        }
    }

    init(_ failure: Failure) {
        switch failure.kind {
        case .invalidMedia, .unsupported, .limitExceeded:
            self.init(.unusableInput, failure.operatorText)
        case .io, .resources, .timeout: self.init(.unavailable, failure.operatorText)
        case .crashed, .internalError: self.init(.internalError, failure.operatorText)
        }
    }

    init(_ error: StorageError) {
        self.init(
            .unavailable, error.description, hint: "vitrinectl doctor looks for the cause")
    }
}

extension Response {
    static func json(_ value: some Encodable, status: Int = 200) throws -> Response {
        json(bytes: ByteBuffer(bytes: try ControlCoding.encode(value)), status: status)
    }

    static func json(
        bytes: ByteBuffer, status: Int, mediaType: String = "application/json"
    ) -> Response {
        var fields = HTTPFields()
        fields[.contentType] = mediaType
        fields[.cacheControl] = "no-store"
        return Response(
            status: HTTPResponse.Status(code: status), headers: fields,
            body: ResponseBody(byteBuffer: bytes))
    }

    static func problem(_ problem: Problem) -> Response {
        guard let bytes = try? ControlCoding.encode(problem) else {
            preconditionFailure("a problem document always encodes")
        }
        return json(
            bytes: ByteBuffer(bytes: bytes), status: problem.status, mediaType: Problem.mediaType)
    }
}
