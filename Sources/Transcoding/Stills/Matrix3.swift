/// Nine numbers, row by row, that take a colour to another space.
struct Matrix3: Hashable {
    var values: [Double]

    static func * (_ a: Matrix3, _ b: Matrix3) -> Matrix3 {
        let columns = (0..<3).map { a.applied(to: b.column($0)) }
        return Matrix3(values: (0..<9).map { columns[$0 % 3][$0 / 3] })
    }

    func column(_ index: Int) -> [Double] { (0..<3).map { values[$0 * 3 + index] } }

    func applied(to vector: [Double]) -> [Double] {
        var result = [0.0, 0.0, 0.0]
        for row in 0..<3 {
            for column in 0..<3 { result[row] += values[row * 3 + column] * vector[column] }
        }
        return result
    }

    /// By cofactors; the matrices here are those of primaries that span a triangle.
    var inverse: Matrix3 {
        let m = values
        func minor(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Double { m[a] * m[d] - m[b] * m[c] }
        let cofactors = [
            minor(4, 5, 7, 8), -minor(1, 2, 7, 8), minor(1, 2, 4, 5),
            -minor(3, 5, 6, 8), minor(0, 2, 6, 8), -minor(0, 2, 3, 5),
            minor(3, 4, 6, 7), -minor(0, 1, 6, 7), minor(0, 1, 3, 4),
        ]
        var determinant = m[0] * cofactors[0]
        determinant += m[1] * cofactors[3]
        determinant += m[2] * cofactors[6]
        return Matrix3(values: cofactors.map { $0 / determinant })
    }

    /// From linear light in primaries to CIE XYZ with their own white at Y = 1.
    ///
    /// - Parameter points: x and y of red, green, blue and white.
    static func toXYZ(_ points: [Double]) -> Matrix3 {
        func xyz(_ index: Int) -> [Double] {
            let (x, y) = (points[index * 2], points[index * 2 + 1])
            return [x / y, 1, (1 - x - y) / y]
        }
        let (red, green, blue) = (xyz(0), xyz(1), xyz(2))
        let primaries = Matrix3(values: (0..<3).flatMap { [red[$0], green[$0], blue[$0]] })
        let weights = primaries.inverse.applied(to: xyz(3))
        return Matrix3(values: (0..<9).map { primaries.values[$0] * weights[$0 % 3] })
    }

    /// The same, seen under D50 (Bradford), as ICC profiles have it.
    static func toD50(_ points: [Double]) -> Matrix3 {
        let matrix = toXYZ(points)
        let bradford = Matrix3(values: [
            0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296,
        ])
        let from = bradford.applied(to: matrix.applied(to: [1, 1, 1]))
        let to = bradford.applied(to: [0.9642, 1.0, 0.8249])
        let scale = Matrix3(values: [
            to[0] / from[0], 0, 0, 0, to[1] / from[1], 0, 0, 0, to[2] / from[2],
        ])
        return bradford.inverse * scale * bradford * matrix
    }
}
