import Hummingbird

/// One address of the control interface and what answers there.
struct ControlRoute: Sendable {
    typealias Answer = @Sendable (ControlInterface, ControlRequest) async throws -> Response

    let method: HTTPRequest.Method
    /// As `config/openapi.yaml` writes it: `/v1/items/{id}`.
    let path: String
    let answer: Answer

    /// `GET /v1/status`.
    var name: String { "\(method.rawValue) \(path)" }

    /// For reading: changes nothing.
    static func get(_ path: String, _ answer: @escaping Answer) -> ControlRoute {
        ControlRoute(method: .get, path: path, answer: answer)
    }

    /// For everything that changes something.
    static func post(_ path: String, _ answer: @escaping Answer) -> ControlRoute {
        ControlRoute(method: .post, path: path, answer: answer)
    }

    static func delete(_ path: String, _ answer: @escaping Answer) -> ControlRoute {
        ControlRoute(method: .delete, path: path, answer: answer)
    }

    /// Whether an address is this one; a segment in braces stands for any.
    func matches(_ address: String) -> Bool {
        let (own, given) = (path.split(separator: "/"), address.split(separator: "/"))
        return own.count == given.count
            && zip(own, given).allSatisfy { $0 == $1 || $0.first == "{" }
    }
}
