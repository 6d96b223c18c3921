import ControlAPI
import Storage
import Synchronization

/// What somebody at the other end of the socket may do, by `control.readers` and
/// `control.operators`. Opening the socket at all is a matter of its file mode.
package final class PeerAccess: Sendable {
    enum Right: Int, Comparable, Sendable {
        case none, read
        /// Reading included.
        case operate

        static func < (a: Right, b: Right) -> Bool { a.rawValue < b.rawValue }
    }

    private struct Lists {
        var readers: Set<String>
        var operators: Set<String>

        init(_ control: Configuration.Control) {
            readers = Set(control.readers)
            operators = Set(control.operators)
        }

        var allow: (read: Bool, operate: Bool) {
            (readers.contains("all"), operators.contains("all"))
        }
    }

    private let lists: Mutex<Lists>
    private let ownUserID: UInt32
    private let names: @Sendable (_ user: UInt32, _ group: UInt32) -> PeerNames
    private let work = BlockingWork(label: "vitrine.peers")

    /// - Parameter ownUserID: of the daemon, which may always do everything, like root.
    init(
        _ control: Configuration.Control, ownUserID: UInt32,
        names: @escaping @Sendable (UInt32, UInt32) -> PeerNames = PeerNames.lookUp
    ) {
        lists = Mutex(Lists(control))
        self.ownUserID = ownUserID
        self.names = names
    }

    func replace(with control: Configuration.Control) { lists.withLock { $0 = Lists(control) } }

    /// - Parameter peer: nil when the kernel does not tell: then only what everybody may.
    func right(of peer: PeerCredentials?) async -> Right {
        let lists = lists.withLock { $0 }
        if lists.allow.operate { return .operate }
        guard let peer else { return lists.allow.read ? .read : .none }
        if peer.userID == 0 || peer.userID == ownUserID { return .operate }
        let names = await work.run { [names] in names(peer.userID, peer.groupID) }
        var words: Set<String> = [String(peer.userID)]
        if let user = names.user { words.insert(user) }
        for (number, name) in names.groups {
            words.insert("@\(number)")
            if let name { words.insert("@\(name)") }
        }
        if !words.isDisjoint(with: lists.operators) { return .operate }
        return lists.allow.read || !words.isDisjoint(with: lists.readers) ? .read : .none
    }
}
