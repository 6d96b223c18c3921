import MediaModel
import Vips

extension PictureHeader {
    /// Longest header that is looked through, in bytes: comments are of any length.
    private static let netpbmHeaderLength = 4_096

    /// Reads the header of a PBM, PGM, PPM, PAM, PFM or PHM.
    /// https://netpbm.sourceforge.net/doc/ and https://www.pauldebevec.com/Research/HDR/PFM/
    init?(netpbm file: FileHead) {
        let head = file.head.prefix(Self.netpbmHeaderLength)
        guard head.count > 3, head[0] == 0x50, Self.isSpace(head[2]) else { return nil }
        if head[1] == 0x37 {
            self.init(pam: head)
            return
        }
        // Digits are for integers, letters for floating point; PBM alone names no largest value.
        let kinds: [UInt8: (colours: Int, isBits: Bool, isFloat: Bool, decoder: String)] = [
            0x31: (1, true, false, "pbm"), 0x32: (1, false, false, "pgm"),
            0x33: (3, false, false, "ppm"), 0x34: (1, true, false, "pbm"),
            0x35: (1, false, false, "pgm"), 0x36: (3, false, false, "ppm"),
            0x46: (3, false, true, "pfm"), 0x66: (1, false, true, "pfm"),
            0x48: (3, false, true, "phm"), 0x68: (1, false, true, "phm"),
        ]
        guard let kind = kinds[head[1]] else { return nil }
        let words = Self.words(head.dropFirst(2), atMost: kind.isBits ? 2 : 3)
        guard words.count == (kind.isBits ? 2 : 3), let width = Int(words[0]),
            let height = Int(words[1])
        else { return nil }
        var format = BandFormat.uchar
        if kind.isFloat {
            guard let scale = Double(words[2]), scale != 0, scale.isFinite else { return nil }
            format = .float
        } else if !kind.isBits {
            guard let largest = Int(words[2]), (1...65_535).contains(largest) else { return nil }
            format = largest > 255 ? .ushort : .uchar
        }
        self.init(
            width: width, height: height, colours: kind.colours, format: format,
            decoder: kind.decoder)
        hasFewColours = kind.isBits
    }

    private init?(pam head: ArraySlice<UInt8>) {
        var values: [String: Int] = [:]
        var hasEnded = false
        let lines = head.split(separator: 0x0A).dropFirst()
        for line in lines where line.first != 0x23 {
            let words = Self.words(line, atMost: 2)
            if words.first == "ENDHDR" {
                hasEnded = true
                break
            }
            if words.count == 2, let value = Int(words[1]) { values[words[0]] = value }
        }
        guard hasEnded, let width = values["WIDTH"], let height = values["HEIGHT"],
            let depth = values["DEPTH"], (1...4).contains(depth), let largest = values["MAXVAL"],
            (1...65_535).contains(largest)
        else { return nil }
        self.init(
            width: width, height: height, colours: depth < 3 ? 1 : 3, hasAlpha: depth % 2 == 0,
            format: largest > 255 ? .ushort : .uchar, decoder: "pam")
    }

    /// Words between white space; what follows a number sign in a line is a comment.
    private static func words(_ bytes: ArraySlice<UInt8>, atMost count: Int) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        var isComment = false
        for byte in bytes {
            if isComment {
                isComment = byte != 0x0A
            } else if byte == 0x23 {
                isComment = true
            } else if isSpace(byte) {
                if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
                word = []
                if words.count == count { return words }
            } else {
                word.append(byte)
            }
        }
        // What the head ends in was not read to its end, unless this is a line.
        if !word.isEmpty, bytes.count < netpbmHeaderLength - 2 {
            words.append(String(decoding: word, as: UTF8.self))
        }
        return words
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }
}
