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

    /// The rendition with transparency is silent: it comes first only where there is no sound.
    @Test(arguments: [true, false]) func transparencyNeverCostsTheSound(isSilent: Bool) {
        func derivative(_ role: Role, _ name: String, _ type: String) -> Manifest.Derivative {
            Manifest.Derivative(
                Artifact(
                    description: DerivativeDescription(
                        role: role, name: name, mediaType: type, key: "k", reason: "r"),
                    file: ArtifactFile(path: name, byteCount: 1, sha256: "a")))
        }
        var all = [
            derivative(.rendition, "alpha.webm", "video/webm"),
            derivative(.rendition, "film.mp4", "video/mp4"),
        ]
        if !isSilent { all.append(derivative(.audio, "a.m3u8", "application/vnd.apple.mpegurl")) }
        var play = Manifest.Play()
        play.alpha = "alpha.webm"
        play.mp4 = "film.mp4"
        let html = HTMLSnippet.html(
            kind: .video, title: "t", alt: nil, derivatives: all, play: play)
        #expect(html.contains("src=\"alpha.webm\"") == isSilent)
        #expect(html.contains("src=\"film.mp4\""))
    }
}
