/// The colour description that HEIC and AVIF files carry beside, or instead of, an ICC profile.
///
/// libvips ignores it, so it is looked for here: what is not sRGB without a profile must be said.
/// ISO/IEC 23091-2 (code points), ISO/IEC 14496-12, 12.1.5 (`colr` box, type `nclx`)
struct CodedColour {
    let primaries: Int
    let transfer: Int

    /// - Returns: nil when the head of the file has no such box.
    init?(_ file: FileHead) {
        let marker = Array("colrnclx".utf8)
        let head = file.head
        guard head.count > marker.count + 4,
            let start = (0..<head.count - marker.count - 4).first(where: {
                head[$0] == marker[0] && head[$0..<$0 + marker.count].elementsEqual(marker)
            })
        else { return nil }
        let body = start + marker.count
        primaries = Int(head[body]) << 8 | Int(head[body + 1])
        transfer = Int(head[body + 2]) << 8 | Int(head[body + 3])
    }

    /// PQ (16) or HLG (18).
    var isHighDynamicRange: Bool { transfer == 16 || transfer == 18 }

    /// BT.709 (1), or not said (2).
    var hasUsualPrimaries: Bool { primaries == 1 || primaries == 2 }
}
