import MediaModel

/// What the boxes of a HEIC or AVIF file say of its picture that libvips does not pass on.
///
/// ISO/IEC 23008-12, 6 and 9 (items and their properties), ISO/IEC 14496-12, 12.1.5 to 12.1.7
struct HEIFProperties {
    /// Of the primary picture, where it is said in code points.
    private(set) var color: StillColor?
    private(set) var gainMap: GainMap?

    /// Descriptions of pictures are kilobytes; thousands of tiles make hundreds of them.
    private static let largestMeta = 4 << 20
    private static let appleGainMap = "urn:com:apple:photo:2020:aux:hdrgainmap"

    /// - Returns: nil when the file has no such boxes.
    init?(_ file: FileHead) {
        var meta: [UInt8] = []
        ISOBoxes.each(in: file) { name, place in
            guard name == "meta" else { return true }
            if place.count <= Self.largestMeta {
                meta = file.bytes(at: place.lowerBound, count: place.count)
            }
            return false
        }
        // Version and flags come first.
        let boxes = meta.dropFirst(4)
        guard let groups = ISOBoxes.first("iprp", in: boxes),
            let container = ISOBoxes.first("ipco", in: groups)
        else { return nil }
        let properties = ISOBoxes.list(container)
        let primary = ISOBoxes.first("pitm", in: boxes).map(Self.primaryItem)
        let own = Self.places(
            of: primary, in: ISOBoxes.list(groups).filter { $0.name == "ipma" }.map(\.content))
        // Without a usable list of what belongs to which picture, the first of a kind counts.
        let ours = own.isEmpty ? properties : own.compactMap { properties.element(at: $0 - 1) }
        color = Self.color(ours)
        gainMap = Self.gainMap(properties, items: ISOBoxes.first("iinf", in: boxes))
    }

    private static func primaryItem(_ content: ArraySlice<UInt8>) -> Int {
        let isLong = content.first ?? 0 > 0
        return ISOBoxes.number(content.dropFirst(4).prefix(isLong ? 4 : 2))
    }

    /// Numbers of the properties of an item, from 1.
    private static func places(of item: Int?, in lists: [ArraySlice<UInt8>]) -> [Int] {
        guard let item else { return [] }
        for list in lists where list.count >= 8 {
            var bytes = list
            func take(_ count: Int) -> Int {
                defer { bytes = bytes.dropFirst(count) }
                return ISOBoxes.number(bytes.prefix(count))
            }
            let isLong = take(1) > 0
            let isWide = take(3) & 1 == 1
            var entries = take(4)
            while entries > 0, !bytes.isEmpty {
                entries -= 1
                let id = take(isLong ? 4 : 2)
                // The highest bit says whether a reader must know the property.
                let places = (0..<take(1)).map { _ in
                    take(isWide ? 2 : 1) & (isWide ? 0x7FFF : 0x7F)
                }
                if id == item { return places }
            }
        }
        return []
    }

    private static func color(_ boxes: [(name: String, content: ArraySlice<UInt8>)]) -> StillColor?
    {
        let coded = boxes.first { $0.name == "colr" && $0.content.starts(with: "nclx".utf8) }
        guard let bytes = coded.map({ Array($0.content) }), bytes.count >= 8 else { return nil }
        var color = StillColor(
            source: .nclx, primaries: ISOBoxes.number(bytes[4..<6]),
            transfer: ISOBoxes.number(bytes[6..<8]))
        // The content's own peak says more than the display's.
        let content = boxes.first { $0.name == "clli" }.map {
            Double(ISOBoxes.number($0.content.prefix(2)))
        }
        let display = boxes.first { $0.name == "mdcv" }.map {
            Double(ISOBoxes.number($0.content.dropFirst(16).prefix(4))) / 10_000
        }
        color.peakNits = [content, display].compactMap { $0 }.first { $0 > 0 }
        return color
    }

    private static func gainMap(
        _ properties: [(name: String, content: ArraySlice<UInt8>)], items: ArraySlice<UInt8>?
    ) -> GainMap? {
        let isApple = properties.contains {
            $0.name == "auxC" && $0.content.dropFirst(4).starts(with: appleGainMap.utf8)
        }
        if isApple { return .apple }
        guard let items else { return nil }
        let list = ISOBoxes.list(items.dropFirst(items.first ?? 0 > 0 ? 8 : 6))
        let hasToneMap = list.contains { name, content in
            guard name == "infe", let version = content.first, version >= 2 else { return false }
            return content.dropFirst(version == 2 ? 8 : 10).starts(with: "tmap".utf8)
        }
        return hasToneMap ? .iso : nil
    }
}

extension Array {
    fileprivate func element(at index: Int) -> Element? {
        indices.contains(index) ? self[index] : nil
    }
}
