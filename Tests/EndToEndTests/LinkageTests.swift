import Foundation
import TestSupport
import Testing

/// C of the codecs is linked by one program alone.
struct LinkageTests {
    private func libraries(of program: String) async throws -> [Substring] {
        let output = try await Program("ldd").run([PackageLayout.product(program).path])
        return String(decoding: output, as: UTF8.self).split(separator: "\n")
            .compactMap { $0.split(whereSeparator: \.isWhitespace).first }
    }

    private func isCodec(_ library: Substring) -> Bool {
        [
            "libav", "libswscale", "libswresample", "libpostproc", "libvips", "libx26", "libheif",
            "libjpeg", "libpng",
            "libwebp", "libtiff", "libopus", "libaom", "libdav1d", "libvpx", "libmp3lame",
        ].contains { library.hasPrefix($0) }
    }

    @Test(arguments: ["vitrined", "vitrinectl"])
    func linksNoCodecLibrary(program: String) async throws {
        let libraries = try await libraries(of: program)
        #expect(libraries.contains { $0.hasPrefix("libc.so") }, "ldd was understood")
        #expect(libraries.filter(isCodec) == [])
    }

    @Test func theWorkerLinksThem() async throws {
        let libraries = try await libraries(of: "vitrine-worker")
        for name in ["libavcodec", "libavformat", "libavfilter", "libvips"] {
            #expect(libraries.contains { $0.hasPrefix(name) }, "\(name)")
        }
    }
}
