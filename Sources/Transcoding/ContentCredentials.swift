import MediaModel

/// Finds whether a file carries a C2PA manifest: signed statements of who made it, and how. Nothing
/// of it is believed, or validated.
///
/// https://spec.c2pa.org/specifications/specifications/2.1/specs/C2PA_Specification.html, annex A
enum ContentCredentials {
    /// Most parts of a file that are looked at.
    private static let most = 4_096
    /// D8FEC3D6-1B0E-483C-9297-5828877EC481, of the box in ISO media.
    private static let boxName: [UInt8] = [
        0xD8, 0xFE, 0xC3, 0xD6, 0x1B, 0x0E, 0x48, 0x3C, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7E, 0xC4,
        0x81,
    ]

    /// Bytes of a manifest that say that it is one.
    private static let manifestHead = 28

    static func arePresent(in file: FileHead) -> Bool {
        if file.has([0xFF, 0xD8, 0xFF]) { return inJPEG(file) }
        if file.has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return inPNG(file) }
        if file.has("RIFF") { return inRIFF(file) }
        if file.has("ftyp", at: 4) || file.has("JXL ", at: 4) { return inBoxes(file) }
        if file.contains("%PDF-", within: FormatSniffer.documentHeaderLength) { return inPDF(file) }
        return inTIFF(file)
    }

    /// JUMBF in APP11: "JP", the number of the box, the number of the packet, then the box.
    private static func inJPEG(_ file: FileHead) -> Bool {
        var offset: Int64 = 2
        for _ in 0..<most {
            let head = file.bytes(at: offset, count: 4 + manifestHead)
            guard head.count >= 4, head[0] == 0xFF, head[1] != 0xDA, head[1] != 0xD9 else {
                return false
            }
            if head[1] == 0xEB, head.count == 4 + manifestHead, head[4...].starts(with: "JP".utf8),
                isManifest(head[12...])
            {
                return true
            }
            offset += 2 + Int64(max(2, ISOBoxes.number(head[2..<4])))
        }
        return false
    }

    private static func inPNG(_ file: FileHead) -> Bool {
        var offset: Int64 = 8
        for _ in 0..<most {
            let head = file.bytes(at: offset, count: 8)
            guard head.count == 8 else { return false }
            if head[4...].elementsEqual("caBX".utf8) { return true }
            offset += 12 + Int64(ISOBoxes.number(head[..<4]))
        }
        return false
    }

    private static func inRIFF(_ file: FileHead) -> Bool {
        var offset: Int64 = 12
        for _ in 0..<most {
            let head = file.bytes(at: offset, count: 8)
            guard head.count == 8 else { return false }
            if head[..<4].elementsEqual("C2PA".utf8) { return true }
            let length = Int64(ISOBoxes.number(head[4...].reversed()))
            offset += 8 + length + length % 2
        }
        return false
    }

    private static func inBoxes(_ file: FileHead) -> Bool {
        var isFound = false
        ISOBoxes.each(in: file) { name, place in
            switch name {
            case "uuid": isFound = file.bytes(at: place.lowerBound, count: 16) == boxName
            case "jumb":
                // What stands in the box, as if its own head came before it.
                let content = file.bytes(at: place.lowerBound, count: 12)
                isFound = isManifest([0, 0, 0, 0] + Array("jumb".utf8) + content)
            default: break
            }
            return !isFound
        }
        return isFound
    }

    /// JUMBF as the value of a tag of the first directory; camera RAW is TIFF, too.
    private static func inTIFF(_ file: FileHead) -> Bool {
        guard let page = TIFFDirectories(file)?.pages.first,
            let window = page.window(TIFFTag.contentCredentials)
        else { return false }
        return isManifest(
            file.bytes(at: window.offset, count: min(manifestHead, Int(window.length))))
    }

    /// A file specification that says what the file in it is. Looked for in the bytes, as nothing in a
    /// document is unpacked for it: one that lies in a compressed stream of objects is not found.
    private static func inPDF(_ file: FileHead) -> Bool {
        var offset: Int64 = 0
        while offset < file.byteCount {
            let part = file.bytes(at: offset, count: window + overlap)
            if speaksOfManifest(part) { return true }
            offset += Int64(window)
        }
        return false
    }

    /// Bytes of a document that are looked at together, and of those that are looked at twice.
    private static let (window, overlap) = (1 << 20, 128)
    private static let relationship = Array("/AFRelationship".utf8)
    private static let manifestName = Array("/C2PA_Manifest".utf8)
    /// What separates words, and what may begin behind a name. PDF 1.7, 7.2.2.
    private static let whiteSpace: Set<UInt8> = [0, 9, 10, 12, 13, 32]
    private static let delimiters = Set("()<>[]{}/%".utf8)

    private static func speaksOfManifest(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while let place = rest.firstIndex(of: manifestName[0]) {
            rest = rest[place...]
            if rest.starts(with: manifestName), isWhole(rest.dropFirst(manifestName.count)) {
                let before = bytes[..<place].suffix(overlap / 2)
                let spaces = before.reversed().prefix { whiteSpace.contains($0) }.count
                if before.dropLast(spaces).suffix(relationship.count).elementsEqual(relationship) {
                    return true
                }
            }
            rest = rest.dropFirst()
        }
        return false
    }

    /// Whether a name ends where this begins.
    private static func isWhole(_ after: ArraySlice<UInt8>) -> Bool {
        after.first.map { whiteSpace.contains($0) || delimiters.contains($0) } ?? false
    }

    /// Whether a JUMBF box (length, name, then a description with its type) is one of C2PA's.
    private static func isManifest(_ box: some Collection<UInt8>) -> Bool {
        let names = box.dropFirst(4)
        return names.starts(with: "jumb".utf8) && names.dropFirst(8).starts(with: "jumdc2pa".utf8)
    }
}
