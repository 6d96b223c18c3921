import Hummingbird
import NIOCore

extension ControlInterface {
    /// For Prometheus.
    func metrics(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        let page = MetricsPage(
            status: try await statusDocument(), totals: daemon.totals(), disks: daemon.disks(),
            process: .now())
        return .json(
            bytes: ByteBuffer(string: page.text), status: 200, mediaType: MetricsText.mediaType)
    }
}
