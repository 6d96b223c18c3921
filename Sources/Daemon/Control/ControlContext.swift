import Hummingbird
import Logging
import NIOCore

/// A request's surroundings: the connection, so that its peer can be named.
struct ControlContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

/// Who is at the other end of the socket, as the kernel knows it: `struct ucred` of unix(7).
struct PeerCredentials: Sendable {
    var processID: Int32 = 0
    var userID: UInt32 = 0
    var groupID: UInt32 = 0

    /// SO_PEERCRED of <asm-generic/socket.h>; not in Swift's Glibc.
    private static let option = NIOBSDSocket.Option(rawValue: 17)

    /// nil when the connection has none.
    static func of(_ channel: any Channel) async -> PeerCredentials? {
        guard let provider = channel as? any SocketOptionProvider else { return nil }
        let answer: EventLoopFuture<PeerCredentials> = provider.unsafeGetSocketOption(
            level: .socket, name: option)
        return try? await answer.get()
    }
}
