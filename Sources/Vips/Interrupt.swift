import CVips
import Synchronization

/// Asks libvips, from any thread, to give up the pipelines it was attached to.
///
/// libvips looks at it between strips; a codec's single long call (AV1 encoding) is not interrupted.
package final class Interrupt: Sendable {
    private let requested = Atomic<Bool>(false)
    private let progress: (@Sendable (_ percent: Int) -> Void)?

    /// - Parameter progress: called from libvips' threads, at most about once per strip of pixels.
    package init(progress: (@Sendable (_ percent: Int) -> Void)? = nil) {
        self.progress = progress
    }

    /// Ends the attached work with a `VipsError`; can be called more than once.
    package func request() {
        requested.store(true, ordering: .relaxed)
    }

    /// Whether the end was asked for.
    package var isRequested: Bool { requested.load(ordering: .relaxed) }

    fileprivate func report(_ percent: Int) { progress?(percent) }
}

extension Image {
    /// Returns a copy whose evaluation, and that of everything made from it, obeys `interrupt`.
    ///
    /// Wraps `vips_image_set_progress`, the `eval` signal and `vips_image_set_kill`.
    package func interruptible(by interrupt: Interrupt) throws(VipsError) -> Image {
        let copy = try Operation.image("copy", ["in": .image(self)])
        unsafe vips_image_set_progress(copy.handle, 1)
        let user = unsafe Unmanaged.passRetained(interrupt).toOpaque()
        unsafe cvips_image_on_eval(copy.handle, evaluating, user, releaseInterrupt)
        return copy
    }
}

private func evaluating(
    _ image: UnsafeMutablePointer<VipsImage>?, _ progress: UnsafeMutablePointer<VipsProgress>?,
    _ user: UnsafeMutableRawPointer?
) {
    guard let image = unsafe image, let user = unsafe user else { return }
    let interrupt = unsafe Unmanaged<Interrupt>.fromOpaque(user).takeUnretainedValue()
    if let progress = unsafe progress { interrupt.report(Int(unsafe progress.pointee.percent)) }
    if interrupt.isRequested { unsafe vips_image_set_kill(image, 1) }
}

private func releaseInterrupt(
    _ user: UnsafeMutableRawPointer?, _ closure: UnsafeMutablePointer<GClosure>?
) {
    guard let user = unsafe user else { return }
    unsafe Unmanaged<Interrupt>.fromOpaque(user).release()
}
