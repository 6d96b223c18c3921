import Glibc

/// Where the control socket is, and why nobody answered there.
struct SocketLocation {
    static let standard = "/run/vitrine/control.sock"

    let path: String

    /// - Parameter option: what `--socket` says.
    init(option: String?, environment: String?) {
        path = option ?? environment.flatMap { $0.isEmpty ? nil : $0 } ?? Self.standard
    }

    /// Says what an operator can do about a connection that was not made.
    func explain(_ error: any Error) -> CommandFailure {
        guard unsafe access(path, F_OK) == 0 else {
            if errno == EACCES { return notPermitted }
            return CommandFailure(
                .unreachable, "there is no control socket at \(path)",
                hint: "is vitrined running (systemctl status vitrined)? "
                    + "Another socket is named by --socket or VITRINE_SOCKET")
        }
        guard unsafe access(path, R_OK | W_OK) == 0 else { return notPermitted }
        return CommandFailure(
            .unreachable, "nobody answers at \(path): \(error)",
            hint: "vitrined has ended or hangs; see systemctl status vitrined and "
                + "journalctl -u vitrined")
    }

    private var notPermitted: CommandFailure {
        CommandFailure(
            .notPermitted, "you may not use the control socket \(path)",
            hint: "join the group that owns it (usermod -aG vitrine $USER, then log in again) "
                + "or use sudo")
    }
}
