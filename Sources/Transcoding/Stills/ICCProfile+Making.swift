import Foundation
import Planning

extension ICCProfile {
    /// A profile (version 4, a matrix and curves) for numbers that mean this, so that signalled
    /// colours take the same way as embedded profiles.
    ///
    /// https://www.color.org/specification/ICC.1-2022-05.pdf, 8.3 (matrix) and 8.2 (grey)
    ///
    /// - Parameter isGrey: for pixels of one channel.
    static func bytes(meaning color: PlannedColor, isGrey: Bool) -> [UInt8] {
        let curve = curve(color.curve)
        var tags: [(name: String, data: [UInt8])] = [
            ("desc", text("Signalled colours")), ("cprt", text("No copyright")),
            ("wtpt", xyz(whiteD50)),
        ]
        if isGrey {
            tags.append(("kTRC", curve))
        } else {
            let matrix = Matrix3.toD50(color.chromaticities)
            for (column, name) in ["r", "g", "b"].enumerated() {
                tags.append(("\(name)XYZ", xyz(matrix.column(column))))
                tags.append(("\(name)TRC", curve))
            }
        }
        return assemble(tags, space: isGrey ? "GRAY" : "RGB ")
    }

    /// 7.2.16: the white of the connection space.
    private static let whiteD50 = [0.9642, 1.0, 0.8249]

    private static func assemble(
        _ tags: [(name: String, data: [UInt8])], space: String
    ) -> [UInt8] {
        var table = big(tags.count, 4)
        var data: [UInt8] = []
        let start = 128 + 4 + tags.count * 12
        for tag in tags {
            table += Array(tag.name.utf8) + big(start + data.count, 4) + big(tag.data.count, 4)
            data += tag.data
            data += [UInt8](repeating: 0, count: (4 - data.count % 4) % 4)
        }
        var header = big(start + data.count, 4) + big(0, 4) + [4, 0x30, 0, 0]
        header += Array("mntr\(space)XYZ ".utf8)
        header += [UInt8](repeating: 0, count: 12) + Array("acsp".utf8)
        header += [UInt8](repeating: 0, count: 28) + whiteD50.flatMap(fixed)
        header += [UInt8](repeating: 0, count: 128 - header.count)
        return header + table + data
    }

    /// 10.18: parametric curves.
    private static func curve(_ curve: PlannedColor.Curve) -> [UInt8] {
        let (type, parameters): (Int, [Double]) =
            switch curve {
            case .power(let gamma): (0, [gamma])
            // HDR is never described by a profile: its light needs more than that.
            case .sRGB, .perceptualQuantizer, .hybridLogGamma:
                (3, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045])
            }
        return Array("para".utf8) + big(0, 4) + big(type, 2) + big(0, 2)
            + parameters.flatMap(fixed)
    }

    /// 10.15: one translation.
    private static func text(_ text: String) -> [UInt8] {
        let units = text.utf16.flatMap { big(Int($0), 2) }
        return Array("mluc".utf8) + big(0, 4) + big(1, 4) + big(12, 4) + Array("enUS".utf8)
            + big(units.count, 4) + big(28, 4) + units
    }

    private static func xyz(_ values: [Double]) -> [UInt8] {
        Array("XYZ ".utf8) + big(0, 4) + values.flatMap(fixed)
    }

    /// s15Fixed16.
    private static func fixed(_ value: Double) -> [UInt8] {
        big(Int((value * 65_536).rounded()), 4)
    }

    private static func big(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
