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

    static func arePresent(in file: FileHead) -> Bool {
        if file.has([0xFF, 0xD8, 0xFF]) { return inJPEG(file) }
        if file.has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return inPNG(file) }
        if file.has("RIFF") { return inRIFF(file) }
        if file.has("ftyp", at: 4) || file.has("JXL ", at: 4) { return inBoxes(file) }
        return false
    }

    /// JUMBF in APP11: "JP", the number of the box, the number of the packet, then the box.
    private static func inJPEG(_ file: FileHead) -> Bool {
        var offset: Int64 = 2
        for _ in 0..<most {
            let head = file.bytes(at: offset, count: 4 + 28)
            guard head.count >= 4, head[0] == 0xFF, head[1] != 0xDA, head[1] != 0xD9 else {
                return false
            }
            if head[1] == 0xEB, head.count == 32, head[4...].starts(with: "JP".utf8),
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

    /// Whether a JUMBF box (length, name, then a description with its type) is one of C2PA's.
    private static func isManifest(_ box: some Collection<UInt8>) -> Bool {
        let names = box.dropFirst(4)
        return names.starts(with: "jumb".utf8) && names.dropFirst(8).starts(with: "jumdc2pa".utf8)
    }
}
