import Foundation
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

    private func derivative(
        _ role: Role, _ name: String, _ type: String
    ) -> Manifest.Derivative {
        var description = DerivativeDescription(
            role: role, name: name, mediaType: type, key: "k", reason: "r")
        description.width = 64
        description.height = 48
        return Manifest.Derivative(
            Artifact(
                description: description,
                file: ArtifactFile(path: name, byteCount: 1, sha256: "a")))
    }

    @Test(arguments: [(0, true), (1, false), (4, false)])
    func anAnimationsFilmMovesOnlyForThoseWhoWantIt(plays: Int, isLoop: Bool) {
        var play = Manifest.Play()
        play.mp4 = "animation.mp4"
        play.poster = "image-64.png"
        let html = HTMLSnippet.html(
            kind: .animation, title: "<t>", alt: nil,
            derivatives: [
                derivative(.animation, "animation.mp4", "video/mp4"),
                derivative(.image, "image-64.png", "image/png"),
            ], play: play, plays: plays)
        #expect(html.hasPrefix("<video autoplay muted playsinline"))
        #expect(html.contains(" loop ") == isLoop)
        #expect(html.contains("poster=\"image-64.png\""))
        #expect(
            html.contains(
                "<source src=\"animation.mp4\" type=\"video/mp4\" "
                    + "media=\"(prefers-reduced-motion: no-preference)\">"))
        #expect(html.contains("&lt;t&gt;") && !html.contains("<t>"))
        #expect(html.hasSuffix("</picture></video>"))
    }

    /// Browsers take the first source that fits, so the one for few screens stands in front.
    @Test func wideColoursAreForScreensThatShowThem() throws {
        var wide = derivative(.image, "image-p3-64.avif", "image/avif")
        wide.description.gamut = "display-p3"
        let html = HTMLSnippet.html(
            kind: .image, title: "t", alt: nil,
            derivatives: [
                derivative(.image, "image-64.jpg", "image/jpeg"),
                derivative(.image, "image-64.avif", "image/avif"), wide,
            ], play: nil)
        #expect(
            html.hasPrefix(
                "<picture><source media=\"(color-gamut: p3)\" type=\"image/avif\" "
                    + "srcset=\"image-p3-64.avif 64w\" sizes=\"100vw\">"
                    + "<source type=\"image/avif\" srcset=\"image-64.avif 64w\" sizes=\"100vw\">"))
        #expect(html.components(separatedBy: "image-p3-64").count == 2)
    }

    @Test func anAnimatedWebPComesBeforeItsFilmAndItsStills() {
        var play = Manifest.Play()
        play.mp4 = "animation.mp4"
        play.webp = "animation.webp"
        let html = HTMLSnippet.html(
            kind: .animation, title: "t", alt: nil,
            derivatives: [
                derivative(.animation, "animation.mp4", "video/mp4"),
                derivative(.animation, "animation.webp", "image/webp"),
                derivative(.image, "image-64.png", "image/png"),
            ], play: play)
        #expect(
            html.hasPrefix(
                "<picture><source media=\"(prefers-reduced-motion: no-preference)\" "
                    + "type=\"image/webp\" srcset=\"animation.webp 64w\""))
        #expect(!html.contains("<video") && html.contains("<img src=\"image-64.png\""))
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
