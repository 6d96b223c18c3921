/// A picture beside the picture that says how much brighter an HDR display may show it.
package enum GainMap: String, Codable, Hashable, Sendable {
    /// Ultra HDR of Google and Adobe: a second JPEG behind the first, `hdrgm` in XMP.
    case ultraHDR
    /// Apple's, an auxiliary picture or a second JPEG.
    case apple
    /// ISO 21496-1.
    case iso
}
