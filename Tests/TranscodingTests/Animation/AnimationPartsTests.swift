import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// Frames that are parts anywhere in the picture, with every disposal and both ways of blending, as a
/// program of its own puts them together (ImageMagick and Pillow agree with it on GIF).
@Suite struct AnimationPartsTests {
    let run: AnimationRun
    private static let frames = 9

    init() throws { run = try AnimationRun() }

    private func script(_ arguments: [String]) throws -> [JSONValue] {
        let said = try Oracle.run(
            PackageLayout.file("fixtures/animation_parts.py").path, arguments)
        return try #require(JSONValue(parsing: Data(said.utf8)).array)
    }

    @Test(arguments: ["gif", "apng"], [1, 2, 3])
    func everyFrameIsPutTogetherAsItsFormatSays(kind: String, seed: Int) throws {
        let source = run.fixture("parts.\(kind)")
        let delays = try script(["make", "\(seed)", source.path]).compactMap(\.int)
        try #require(delays.count == Self.frames)
        try run.run(source) {
            $0.choice = AnimationChoice(sourceByteCount: .max, prefersWebP: true)
        }
        let webp = try #require(run.file("animation.webp"))
        let differences = try script(["compare", source.path, webp.path]).compactMap(\.int)
        try #require(differences.count == Self.frames)
        // Half transparent colours over others are rounded to whole numbers more than once.
        #expect(differences.allSatisfy { $0 <= (kind == "gif" ? 0 : 2) }, "\(differences)")
        let found = try AnimationRun.webp(webp)
        #expect(found.delays == delays)
        #expect(found.plays == 3)
        try expectTheFilm(of: source, delays: delays)
    }

    /// On white, in 4:2:0 and with losses: each picture in its place, at its time.
    private func expectTheFilm(of source: URL, delays: [Int]) throws {
        let run = try AnimationRun()
        try run.run(source) {
            $0.choice = AnimationChoice(sourceByteCount: .max, prefersWebP: false)
            $0.webp = nil
        }
        let film = try #require(run.file("animation.mp4"))
        #expect(try AnimationRun.packetDelays(film) == delays)
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-i", film.path, "-vf", "scale=in_color_matrix=bt709",
                "-fps_mode", "passthrough", run.fixture("film.%d.png").path,
            ])
        let alike = try script(["film", source.path, run.fixture("film.N.png").path])
            .compactMap(\.int)
        #expect(alike == Array(0..<Self.frames))
    }
}
