/// A canonical Huffman code: how many codes each length has, and their symbols in order.
/// RFC 1951, 3.2.2.
struct HuffmanCode {
    /// By length, from 1 to 15 bits.
    let counts: [Int]
    let symbols: [Int]

    /// - Returns: nil when more codes are claimed than there can be.
    init?(_ lengths: [Int]) {
        counts = (1...15).map { length in lengths.count(where: { $0 == length }) }
        symbols = (1...15).flatMap { length in
            lengths.indices.filter { lengths[$0] == length }
        }
        var free = 1
        for count in counts {
            free = free << 1 - count
            if free < 0 { return nil }
        }
    }

    /// Section 3.2.6.
    static let fixedLengths = HuffmanCode(
        fixed: [(144, 8), (112, 9), (24, 7), (8, 8)])
    static let fixedDistances = HuffmanCode(fixed: [(30, 5)])

    private init(fixed runs: [(count: Int, length: Int)]) {
        let lengths = runs.flatMap { [Int](repeating: $0.length, count: $0.count) }
        counts = (1...15).map { length in lengths.count(where: { $0 == length }) }
        symbols = (1...15).flatMap { length in
            lengths.indices.filter { lengths[$0] == length }
        }
    }
}
