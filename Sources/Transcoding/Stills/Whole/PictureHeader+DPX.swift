import MediaModel
import Vips

extension PictureHeader {
    /// What a DPX frame's numbers are. SMPTE 268M, table 5A.
    private enum Transfer {
        static let printingDensity: UInt8 = 1
        static let logarithmic: UInt8 = 3
    }

    /// Reads the header of a DPX film frame of one upright picture. SMPTE 268M.
    ///
    /// "Linear" is what most writers say, FFmpeg and ImageMagick among them, of numbers that are for
    /// a screen; so nothing but film's densities is taken for something else.
    init?(dpx file: FileHead) {
        let head = file.bytes(at: 0, count: 808)
        guard head.count == 808, let order = Self.dpxOrder(head) else { return nil }
        func number(_ place: Int, _ count: Int) -> Int {
            let bytes = head[place..<place + count]
            return order == .big ? bytes.bigEndian : bytes.littleEndian
        }
        let (orientation, elements) = (number(768, 2), number(770, 2))
        let (descriptor, depth) = (head[800], Int(head[803]))
        // Unsigned numbers, not packed by runs.
        guard orientation == 0, elements == 1, number(780, 4) == 0, number(806, 2) == 0,
            [8, 10, 12, 16].contains(depth), [6, 50, 51].contains(descriptor),
            !Self.isFilmDensity(dpx: file)
        else { return nil }
        self.init(
            width: number(772, 4), height: number(776, 4), colours: descriptor == 6 ? 1 : 3,
            hasAlpha: descriptor == 51, format: depth > 8 ? .ushort : .uchar, decoder: "dpx")
    }

    /// Whether a DPX frame holds the densities of a film, which look flat until somebody grades them.
    static func isFilmDensity(dpx file: FileHead) -> Bool {
        let head = file.bytes(at: 0, count: 808)
        guard head.count == 808, dpxOrder(head) != nil else { return false }
        return [Transfer.printingDensity, Transfer.logarithmic].contains(head[801])
    }

    private enum Order { case big, little }

    private static func dpxOrder(_ head: [UInt8]) -> Order? {
        if head.starts(with: Array("SDPX".utf8)) { return .big }
        return head.starts(with: Array("XPDS".utf8)) ? .little : nil
    }
}
