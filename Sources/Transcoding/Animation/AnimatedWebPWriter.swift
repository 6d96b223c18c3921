import Glibc
import MediaModel
import Planning
import Vips

/// Encodes an animation as animated WebP, frame by frame as they come: memory is a few frames and
/// what is encoded already, however long it is.
struct AnimatedWebPWriter {
    let plan: AnimationPlan.WebP
    /// Of one frame.
    let size: PixelSize
    /// How often it plays; 0 for ever.
    let plays: Int
    /// How long each frame is shown, in milliseconds.
    let delays: [Int]
    let attribution: Attribution
    let scratch: ScratchDirectory

    static func workingName(_ plan: AnimationPlan.WebP) -> String { "\(plan.output.name).working" }

    /// Takes frames until there are as many as delays; the file stays under its working name.
    ///
    /// - Parameter next: called in turn for each frame, on threads of libvips; nil = the work is
    ///   given up.
    func write(_ next: () -> PackedFrame?) throws(Failure) {
        let file = try scratch.create(Self.workingName(plan))
        defer { close(file) }
        var current: PackedFrame?
        do {
            try Image.withRows(
                width: size.width, height: size.height * delays.count, bands: 4,
                row: { y, row in
                    let line = y % size.height
                    if line == 0 { current = next() }
                    guard let pixels = current?.pixels.span else { throw GivenUp() }
                    let length = size.width * 4
                    for byte in 0..<length { row[byte] = pixels[line * length + byte] }
                },
                body: { roll in
                    let (plays, height, delays) = (plays, size.height, delays)
                    try DerivativeMetadata.apply(attribution, to: roll)
                        .editingMetadata { editor in
                            editor.set(Field.pageHeight, height)
                            editor.set(Field.loop, plays)
                            editor.set(Field.delay, numbers: delays)
                        }
                        .save(as: plan.encoding, to: Target(descriptor: file))
                })
        } catch is GivenUp {
            throw .interrupted(while: "encoding \(plan.output.name)")
        } catch {
            throw .unwritten(plan.output.name, because: error)
        }
    }

    /// Reads the file back: every frame decodes, and all together last as long as they should.
    ///
    /// - Parameter distinctFrames: frames that differ from the one before them, the first included:
    ///   the encoder makes one of those that do not.
    func verify(distinctFrames: Int) throws(Failure) -> DerivativeDescription {
        let name = plan.output.name
        let file = try scratch.open(Self.workingName(plan))
        defer { close(file) }
        let format = FormatSniffer.picture("webp", "image/webp", Loader.webp.rawValue)
        let head = try AnimationHead.read(descriptor: file, format: format)
        do {
            let roll = try Image.load(
                Source(descriptor: file), with: .webp,
                LoadOptions(access: .sequential, failOn: .error, pages: -1))
            guard roll.width == size.width, roll.pageHeight == size.height else {
                throw MediaVerifier.wrong(
                    name, "frames of \(roll.width)x\(roll.pageHeight)", "\(size)")
            }
            // Decodes every pixel.
            _ = try roll.average()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .internalError(code: "verification", "\(name) cannot be read back: \(error)")
        }
        let total = delays.reduce(0, +)
        if distinctFrames > 1 {
            guard let head, head.isComplete, head.plays == plays,
                head.delays.reduce(0, +) == total
            else {
                throw MediaVerifier.wrong(
                    name,
                    "\(head?.delays.reduce(0, +) ?? 0) ms, played \(head?.plays ?? 1) times",
                    "\(total) ms, \(plays) times")
            }
            // Lossy frames may come to be equal, too; longer than it was it cannot become.
            guard (2...delays.count).contains(head.frameCount),
                !plan.lossless || head.frameCount >= distinctFrames
            else {
                throw MediaVerifier.wrong(
                    name, "\(head.frameCount) frames", "\(distinctFrames) to \(delays.count)")
            }
        }
        var description = DerivativeDescription(
            role: plan.output.role, name: name, mediaType: "image/webp", key: plan.output.key,
            reason: plan.output.reason)
        description.width = size.width
        description.height = size.height
        description.durationSeconds = Double(total) / 1000
        return description
    }

    private struct GivenUp: Error {}
}

extension AnimationPlan.WebP {
    /// The plan's numbers as libvips' arguments.
    fileprivate var encoding: Encoding {
        .animatedWebP(quality: quality, effort: effort, lossless: lossless)
    }
}
