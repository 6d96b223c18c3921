import Foundation
import MediaModel
import TestSupport
import Testing

/// Content credentials as a page and its operator are told of them.
struct PublishedCredentialTests {
    @Test func theManifestSaysThatTheUploadIsSigned() async throws {
        let site = try Site("credentials", ["WORKERS_COUNT": "1", "INBOX_SETTLE": "0s"])
        let plain = try await Still {
            $0.width = 320; $0.height = 200
        }.file()
        var bytes = try [UInt8](Data(contentsOf: plain))
        // APP11 with a JUMBF superbox of C2PA's type: https://spec.c2pa.org, A.3.1.
        let inner = [0, 0, 0, 24] + Array("jumdc2pa".utf8) + [UInt8](repeating: 0, count: 12)
        let payload =
            Array("JP".utf8) + [0, 1, 0, 0, 0, 1] + [0, 0, 0, 32] + Array("jumb".utf8) + inner
        bytes.insert(contentsOf: [0xFF, 0xEB, 0, UInt8(payload.count + 2)] + payload, at: 2)
        let signed = site.directory.file("signed.jpg")
        try Data(bytes).write(to: signed)
        try await site.start()
        let item = try Published(try await site.process(signed))
        #expect(item.document["source"]?["info"]?["contentCredentials"]?.string == "c2pa")
        #expect(
            item.manifest.provenance.decisions.contains {
                $0.subject == "content credentials" && $0.choice == "not carried over"
            })
        for file in item.files {
            #expect(try Data(contentsOf: item.file(file.path)).range(of: Data("jumb".utf8)) == nil)
        }
        let other = try Published(try await site.process(plain))
        #expect(other.document["source"]?["info"]?["contentCredentials"] == nil)
        #expect(try await site.stop() == .exited(0))
    }
}
