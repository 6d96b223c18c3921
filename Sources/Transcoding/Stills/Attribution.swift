import Foundation
import MediaModel
import Vips

/// Who made a picture and on what terms, as its metadata says: all of EXIF, XMP and IPTC that is kept.
struct Attribution: Hashable {
    /// Longest text taken over, in characters: metadata is written by anybody.
    static let maximumLength = 500
    /// Largest block of metadata that is read from a TIFF's directory, in bytes.
    static let maximumBlock = 262_144

    var creator: String?
    var copyright: String?
    var license: String?
    /// Whom to thank, `photoshop:Credit`.
    var credit: String?

    init(creator: String? = nil, copyright: String? = nil, license: String? = nil) {
        self.creator = creator
        self.copyright = copyright
        self.license = license
    }

    /// Reads a picture's metadata: XMP first, which has whole Unicode, then IPTC, then EXIF.
    init(of image: Image) {
        self.init(
            xmp: image.blob(Field.xmp).map(XMPReader.init),
            iptc: image.blob(Field.iptc).map(IPTCReader.init),
            artist: Self.exif(image, "Artist"), rights: Self.exif(image, "Copyright"))
    }

    /// Reads what stands beside a picture in a TIFF, or in camera RAW.
    init(of directory: TIFFDirectory) {
        self.init(
            xmp: directory.bytes(TIFFTag.xmp, atMost: Self.maximumBlock).map(XMPReader.init),
            iptc: directory.bytes(TIFFTag.iptc, atMost: Self.maximumBlock).map(IPTCReader.init),
            artist: directory.text(TIFFTag.artist), rights: directory.text(TIFFTag.copyright))
    }

    /// Reads what lies beside a picture in a file where libvips does not find it.
    init?(beside file: FileHead) {
        guard let found = Attribution(jpegXL: file) ?? Attribution(png: file) else { return nil }
        self = found
    }

    init(xmp: XMPReader?, iptc: IPTCReader?, artist: String?, rights: String?) {
        creator = Self.clean(xmp?.values("dc:creator") ?? iptc?.text(.byline) ?? artist)
        copyright = Self.clean(xmp?.value("dc:rights") ?? iptc?.text(.copyright) ?? rights)
        license = Self.clean(
            xmp?.value("cc:license") ?? xmp?.value("xmpRights:UsageTerms")
                ?? xmp?.value("xmpRights:WebStatement"))
        credit = Self.clean(xmp?.value("photoshop:Credit") ?? iptc?.text(.credit))
    }

    /// What is not said here is taken from elsewhere.
    func completed(by other: Attribution?) -> Attribution {
        var merged = self
        merged.creator = creator ?? other?.creator
        merged.copyright = copyright ?? other?.copyright
        merged.license = license ?? other?.license
        merged.credit = credit ?? other?.credit
        return merged
    }

    /// What the plan's credit does not say is taken from the picture.
    func overridden(by credit: Credit?) -> Attribution {
        var merged = self
        merged.creator = credit?.creator ?? creator
        merged.copyright = credit?.copyright ?? copyright
        merged.license = credit?.license ?? license
        return merged
    }

    /// For `MediaInfo.tags`, and through it the manifest.
    var tags: [String: String] {
        var tags: [String: String] = [:]
        tags["creator"] = creator
        tags["copyright"] = copyright
        tags["license"] = license
        tags["credit"] = credit
        return tags
    }

    var isEmpty: Bool { tags.isEmpty }

    private static func exif(_ image: Image, _ tag: String) -> String? {
        image.string("exif-ifd0-\(tag)").map(exifValue)
    }

    /// libvips writes EXIF text as `Ada (Ada, ASCII, 4 components, 4 bytes)`: the value, which may
    /// hold brackets itself, ends where its size says.
    static func exifValue(_ text: String) -> String {
        guard text.hasSuffix(" bytes)"), let comma = text.range(of: ", ", options: .backwards),
            let size = Int(text[comma.upperBound...].dropLast(" bytes)".count)), size > 0
        else { return text }
        let value = text.utf8.prefix(size - 1)
        if text.utf8.dropFirst(size - 1).starts(with: " (".utf8), let value = String(value) {
            return value
        }
        return text.range(of: " (").map { String(text[..<$0.lowerBound]) } ?? text
    }

    /// One line, without control characters, of bounded length; nil when nothing is left.
    private static func clean(_ text: String?) -> String? {
        guard let text else { return nil }
        let scalars = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }
        let line = String(String.UnicodeScalarView(scalars))
            .split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        return line.isEmpty ? nil : String(line.prefix(maximumLength))
    }
}

extension String {
    /// Text whose encoding nobody says: UTF-8 when it is valid as that, else Latin-1.
    init(undeclared bytes: some Collection<UInt8>) {
        self =
            String(validating: bytes, as: UTF8.self)
            ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
