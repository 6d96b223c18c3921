import Planning
import Vips

/// What a derivative says about itself: its attribution, and nothing else.
enum DerivativeMetadata {
    /// Returns a copy without any metadata but the attribution.
    ///
    /// Field by field, because libvips 8.14 can only strip all or nothing. Location, device
    /// serials, thumbnails, maker notes, editing history, profile: all go.
    ///
    /// - Parameters:
    ///   - keepsProfile: the colours are not sRGB's and mean nothing without it.
    ///   - format: what it becomes: of those made here only JPEG carries IPTC.
    static func apply(
        _ attribution: Attribution, to image: Image, keepsProfile: Bool = false,
        format: Picture.Format? = nil
    ) throws(VipsError) -> Image {
        try image.editingMetadata { editor in
            // These describe the pixels and are not written as metadata.
            let structural: Set<String> = [
                "width", "height", "bands", "format", "coding", "interpretation", "xoffset",
                "yoffset", "xres", "yres", "filename",
            ]
            editor.removeAll {
                !structural.contains($0) && !(keepsProfile && $0 == Field.iccProfile)
            }
            // libvips writes an EXIF block in any case, and would call the colours uncalibrated.
            editor.set("exif-ifd2-ColorSpace", keepsProfile ? "65535" : "1")
            guard !attribution.isEmpty else { return }
            // EXIF text is ASCII to libvips; XMP carries the letters as they are.
            if let creator = attribution.creator {
                editor.set("exif-ifd0-Artist", exif(creator))
            }
            if let copyright = attribution.copyright {
                editor.set("exif-ifd0-Copyright", exif(copyright))
            }
            editor.set(Field.xmp, Array(xmp(attribution).utf8))
            if let block = iptc(attribution, in: format) { editor.set(Field.iptc, block) }
        }
    }

    /// The IPTC block of a derivative, if it has one.
    static func iptc(_ attribution: Attribution, in format: Picture.Format?) -> [UInt8]? {
        format == .jpeg ? IPTCWriter.block(attribution) : nil
    }

    /// libvips reads EXIF text back from the form it writes it in.
    private static func exif(_ text: String) -> String {
        "\(text) (\(text), ASCII, \(text.utf8.count + 1) components, \(text.utf8.count + 1) bytes)"
    }

    /// An XMP packet. https://www.iptc.org/standards/photo-metadata/iptc-standard/
    private static func xmp(_ attribution: Attribution) -> String {
        var properties = ""
        if let creator = attribution.creator {
            properties +=
                "<dc:creator><rdf:Seq><rdf:li>\(escaped(creator))</rdf:li></rdf:Seq></dc:creator>"
        }
        if let copyright = attribution.copyright {
            properties += "<dc:rights><rdf:Alt><rdf:li xml:lang=\"x-default\">\(escaped(copyright))"
            properties += "</rdf:li></rdf:Alt></dc:rights>"
        }
        if let license = attribution.license {
            properties += "<xmpRights:UsageTerms><rdf:Alt><rdf:li xml:lang=\"x-default\">"
            properties += "\(escaped(license))</rdf:li></rdf:Alt></xmpRights:UsageTerms>"
            if license.hasPrefix("https://") || license.hasPrefix("http://") {
                properties += "<xmpRights:WebStatement>\(escaped(license))</xmpRights:WebStatement>"
            }
        }
        if let credit = attribution.credit {
            properties += "<photoshop:Credit>\(escaped(credit))</photoshop:Credit>"
        }
        return """
            <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>\
            <x:xmpmeta xmlns:x="adobe:ns:meta/">\
            <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
            <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" \
            xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" \
            xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/">\
            \(properties)</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>
            """
    }

    private static func escaped(_ text: String) -> String { XMLText.escaped(text) }
}
