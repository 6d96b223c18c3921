import CFFmpeg
import Glibc

/// The transformation a picture needs to be shown upright.
///
/// Nine fixed-point numbers as the container has them (a b u c d v x y w; a–d in 16.16), and their
/// meaning as two steps. <https://ffmpeg.org/doxygen/5.1/group__lavu__video__display.html>
package struct DisplayMatrix: Hashable, Sendable {
    /// The nine raw numbers, row by row.
    package let values: [Int32]

    /// A matrix of nine numbers.
    package init(values: [Int32]) {
        precondition(values.count == 9, "a display matrix has nine values")
        self.values = values
    }

    /// Whether to mirror left and right, before the rotation.
    package var isFlippedHorizontally: Bool {
        Double(values[0]) * Double(values[4]) - Double(values[1]) * Double(values[3]) < 0
    }

    /// Degrees to turn clockwise, after the mirroring; 0 ..< 360, a multiple of 90 for cameras.
    package var rotation: Double {
        let sign: Double = isFlippedHorizontally ? -1 : 1
        let angle = atan2(sign * Double(values[1]), sign * Double(values[0])) * 180 / .pi
        let rounded = (angle * 100).rounded() / 100
        return rounded < 0 ? rounded + 360 : rounded
    }

    init?(bytes: UnsafePointer<UInt8>?, size: Int) {
        guard let bytes = unsafe bytes, size >= 36 else { return nil }
        values = (0..<9).map { index in
            unsafe UnsafeRawPointer(bytes).loadUnaligned(
                fromByteOffset: index * 4, as: Int32.self)
        }
    }
}
