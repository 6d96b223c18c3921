import Foundation
package import MediaModel

/// The few colours that a picture consists of, as people would name them.
///
/// Clusters in OKLab, whose distances are those that are seen (https://bottosson.github.io/posts/oklab/),
/// with seeds by rule and not by chance: the same pixels always give the same colours.
package enum Palette {
    /// Most colours: what a page can use.
    private static let most = 6
    /// Bits per channel of the cells that are clustered instead of pixels.
    private static let bits = 5
    /// Colours nearer than this are one to the eye; 0.02 is the least that is seen side by side.
    private static let nearest = 0.06
    /// Less of the picture than this is an edge between two colours.
    private static let smallestShare = 0.01
    /// k-means on a hundred pixels squared stands still long before.
    private static let mostRounds = 24

    /// By share, the largest first; shares are of what is not transparent and sum to 1. Empty when
    /// all is transparent.
    package static func of(_ picture: SmallPicture) -> [Placeholder.Swatch] {
        let cells = cells(of: picture)
        let total = cells.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return [] }
        var clusters = clustered(cells)
        while let (kept, merged) = pairToMerge(clusters, total: total) {
            clusters[kept].add(clusters[merged])
            clusters.remove(at: merged)
        }
        return clusters.map { cluster in
            Placeholder.Swatch(
                color: cluster.hex,
                share: (Double(cluster.weight) / Double(total) * 1000).rounded() / 1000)
        }
        .sorted { ($1.share, $0.color) < ($0.share, $1.color) }
    }

    /// Pixels of nearly one colour, weighted by their opacity.
    private struct Cell {
        var weight = 0
        var sums = [0, 0, 0]
        /// OKLab.
        var place = [0.0, 0.0, 0.0]

        mutating func add(_ other: Cell) {
            weight += other.weight
            for band in 0..<3 { sums[band] += other.sums[band] }
            settle()
        }

        var mean: [Double] { sums.map { Double($0) / Double(max(1, weight)) } }

        mutating func settle() { place = Palette.lab(mean) }

        var hex: String {
            let digits = Array("0123456789abcdef")
            return "#"
                + mean.map { Int($0.rounded()) }.map { "\(digits[$0 >> 4])\(digits[$0 & 15])" }
                .joined()
        }

        func distance(to other: Cell) -> Double {
            let steps = (0..<3).map { place[$0] - other.place[$0] }
            return (steps[0] * steps[0] + steps[1] * steps[1] + steps[2] * steps[2]).squareRoot()
        }
    }

    private static func cells(of picture: SmallPicture) -> [Cell] {
        var cells = [Cell](repeating: Cell(), count: 1 << (3 * bits))
        let shift = 8 - bits
        for start in stride(from: 0, to: picture.pixels.count, by: 4) {
            let colour = picture.pixels[start..<start + 3].map(Int.init)
            let alpha = Int(picture.pixels[start + 3])
            let index = colour.reduce(0) { $0 << bits | $1 >> shift }
            cells[index].weight += alpha
            for band in 0..<3 { cells[index].sums[band] += colour[band] * alpha }
        }
        var used = cells.filter { $0.weight > 0 }
        for index in used.indices { used[index].settle() }
        return used
    }

    private static func clustered(_ cells: [Cell]) -> [Cell] {
        var centres = seeds(cells)
        var owners: [Int] = []
        for _ in 0..<mostRounds {
            let next = cells.map { cell in
                centres.indices.min {
                    cell.distance(to: centres[$0]) < cell.distance(to: centres[$1])
                }
                    ?? 0
            }
            guard next != owners else { break }
            owners = next
            var sums = [Cell](repeating: Cell(), count: centres.count)
            for (cell, owner) in zip(cells, owners) {
                sums[owner].weight += cell.weight
                for band in 0..<3 { sums[owner].sums[band] += cell.sums[band] }
            }
            for index in sums.indices { sums[index].settle() }
            // An empty one keeps its place and gets nothing.
            for index in sums.indices where sums[index].weight == 0 {
                sums[index].place = centres[index].place
            }
            centres = sums
        }
        return centres.filter { $0.weight > 0 }
    }

    /// The fullest cell, then always the one that has most that is unlike what is there.
    private static func seeds(_ cells: [Cell]) -> [Cell] {
        guard let fullest = cells.indices.max(by: { cells[$0].weight < cells[$1].weight }) else {
            return []
        }
        var seeds = [cells[fullest]]
        var distances = cells.map { $0.distance(to: seeds[0]) }
        while seeds.count < most {
            let scores = cells.indices.map {
                Double(cells[$0].weight) * distances[$0] * distances[$0]
            }
            guard let next = scores.indices.max(by: { scores[$0] < scores[$1] }), scores[next] > 0
            else { break }
            seeds.append(cells[next])
            for index in cells.indices {
                distances[index] = min(distances[index], cells[index].distance(to: cells[next]))
            }
        }
        return seeds
    }

    /// Two that look alike, or a small one and its neighbour; nil when all may stay.
    private static func pairToMerge(_ clusters: [Cell], total: Int) -> (kept: Int, merged: Int)? {
        guard clusters.count > 1 else { return nil }
        var best: (distance: Double, kept: Int, merged: Int)?
        for first in clusters.indices {
            for second in clusters.indices where second > first {
                let distance = clusters[first].distance(to: clusters[second])
                let smaller = min(clusters[first].weight, clusters[second].weight)
                let isSmall = Double(smaller) < smallestShare * Double(total)
                guard distance < nearest || isSmall else { continue }
                if distance < best?.distance ?? .infinity { best = (distance, first, second) }
            }
        }
        return best.map { ($0.kept, $0.merged) }
    }

    /// - Parameter rgb: sRGB, 0…255.
    private static func lab(_ rgb: [Double]) -> [Double] {
        let light = rgb.map { value -> Double in
            let part = value / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        let (red, green, blue) = (light[0], light[1], light[2])
        let long = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
        let middle = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
        let short = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
        return [
            0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
            1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
            0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
        ]
    }
}
