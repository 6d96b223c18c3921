/// The tags that are looked at. TIFF 6.0; TIFF/EP; Exif 2.32; DNG 1.7.1; Panasonic's as ExifTool
/// names them.
enum TIFFTag {
    static let newSubfileType: UInt16 = 254
    static let oldSubfileType: UInt16 = 255
    static let width: UInt16 = 256
    static let height: UInt16 = 257
    static let bitsPerSample: UInt16 = 258
    static let compression: UInt16 = 259
    static let photometric: UInt16 = 262
    static let make: UInt16 = 271
    static let stripOffsets: UInt16 = 273
    static let orientation: UInt16 = 274
    static let stripByteCounts: UInt16 = 279
    static let artist: UInt16 = 315
    static let children: UInt16 = 330
    static let jpegOffset: UInt16 = 513
    static let jpegLength: UInt16 = 514
    static let xmp: UInt16 = 700
    static let copyright: UInt16 = 33_432
    static let iptc: UInt16 = 33_723
    static let exif: UInt16 = 34_665
    static let makerNote: UInt16 = 37_500
    static let exifWidth: UInt16 = 40_962
    static let exifHeight: UInt16 = 40_963
    static let dngVersion: UInt16 = 50_706
    /// A C2PA manifest.
    static let contentCredentials: UInt16 = 52_545
    static let panasonicSensorWidth: UInt16 = 0x02
    static let panasonicSensorHeight: UInt16 = 0x03
    static let panasonicJPEG: UInt16 = 0x2E
}
