import MediaModel
import Testing

@testable import Pipeline

@Suite struct HTMLSnippetTests {
    @Test func nothingFromAnUploadBecomesMarkup() {
        var artifact = DerivativeDescription(
            role: .image, name: "image-320.jpg", mediaType: "image/jpeg", key: "k", reason: "r")
        artifact.width = 320
        artifact.height = 200
        let derivative = Manifest.Derivative(
            Artifact(
                description: artifact,
                file: ArtifactFile(path: "image-320.aa.jpg", byteCount: 1, sha256: "a")))
        let html = HTMLSnippet.html(
            kind: .image, title: #""><script>alert('x')</script>&"#, alt: nil,
            derivatives: [derivative], play: nil)
        #expect(!html.contains("<script"))
        #expect(html.contains("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;"))
        #expect(html.hasPrefix("<picture>") && html.hasSuffix("</picture>"))
    }
}
