import MediaModel
import Testing

@testable import Pipeline

/// A placeholder becomes part of pages: only what one can be is believed.
@Suite struct PlaceholderCheckTests {
    private static let good = Placeholder(
        thumbHash: "1QcSHQRnh493V4dIh4eXh1h4kJUI", blurHash: "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
        dominantColor: "#203a72", palette: [Placeholder.Swatch(color: "#203a72", share: 1)],
        aspectRatio: 1.5)

    private static func bad(_ change: (inout Placeholder) -> Void) -> Placeholder {
        var placeholder = good
        change(&placeholder)
        return placeholder
    }

    @Test func theUsualIsFine() throws { try PlaceholderCheck.check(Self.good) }

    @Test(arguments: [
        bad { $0.thumbHash = "\"><script>" }, bad { $0.thumbHash = "" },
        bad { $0.blurHash = "LEHV\"WB2yk8" }, bad { $0.dominantColor = "red;x:1" },
        bad { $0.dominantColor = "#GGGGGG" }, bad { $0.aspectRatio = .nan },
        bad { $0.aspectRatio = 0 }, bad { $0.palette?[0].color = "#12345" },
        bad { $0.palette?[0].share = 1.5 },
        bad { $0.palette = Array(repeating: .init(color: "#000000", share: 0.1), count: 7) },
        bad { $0.palette = Array(repeating: .init(color: "#000000", share: 0.9), count: 2) },
    ])
    func otherThingsAreNot(placeholder: Placeholder) {
        #expect(throws: Failure.self) { try PlaceholderCheck.check(placeholder) }
    }
}
