import Testing

@testable import WorkerProtocol

/// A worker's first word is shown in status, manifests and metrics.
struct TamedReadinessTests {
    private static let long = "e" + String(repeating: "\u{301}", count: 100_000)

    /// Of one that says to be confined, too: that is what one that was taken over would say.
    @Test(arguments: [nil, ["seccomp": long, "other": "x"]] as [[String: String]?])
    func everyTextIsBounded(missing: [String: String]?) {
        var readiness = Readiness(sandboxMissing: missing, versions: [:])
        for number in 0..<1000 { readiness.versions["\(number)" + Self.long] = Self.long }
        readiness.encodersMissing = readiness.versions
        let tamed = readiness.tamed
        let texts = [tamed.versions, tamed.encodersMissing ?? [:], tamed.sandboxMissing ?? [:]]
        #expect(texts.map(\.count) == [32, 8, missing == nil ? 0 : 1])
        for text in texts.joined() {
            #expect(text.key.utf8.count <= 40 && text.value.utf8.count <= 200)
        }
        #expect(tamed.isConfined == (missing == nil))
    }

    @Test func aFaithfulOneStaysAsItIs() {
        let readiness = Readiness(versions: ["ffmpeg": "5.1.6", "libvips": "8.14.1"])
        #expect(readiness.tamed == readiness)
    }
}
