import Glibc
import Storage

/// One daemon per state directory: held as long as this object lives, freed by the kernel when the
/// process ends however it ends.
@safe
package final class StateLock: Sendable {
    private let descriptor: Int32

    package init(directory: String) throws(StartError) {
        let path = "\(directory)/lock"
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else {
            throw StartError(.cannotStart, "\(path) cannot be opened: \(StartError.text(errno))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            close(descriptor)
            guard number == EWOULDBLOCK else {
                throw StartError(
                    .cannotStart, "\(path) cannot be locked: \(StartError.text(number))")
            }
            throw StartError(
                .temporary,
                "another vitrined uses \(directory): stop it, or give this one a state.path of its own"
            )
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
