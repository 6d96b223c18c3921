import Foundation
import Hummingbird
import NIOCore
import Yams

extension ControlInterface {
    /// The interface's own description, `config/openapi.yaml` as JSON.
    func description(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        return .json(bytes: ByteBuffer(bytes: Self.document), status: 200)
    }

    /// Converted once. The file is part of the program, so that it is a document is our promise;
    /// a test keeps it.
    static let document: Data = {
        let text = String(decoding: PackageResources.openapi_yaml, as: UTF8.self)
        guard let tree = try? Yams.load(yaml: text),
            let json = try? JSONSerialization.data(
                withJSONObject: tree, options: [.sortedKeys, .withoutEscapingSlashes])
        else { preconditionFailure("config/openapi.yaml is YAML that can be JSON") }
        return json
    }()
}
