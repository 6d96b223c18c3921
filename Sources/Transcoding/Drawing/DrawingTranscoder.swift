import Foundation
package import MediaModel
package import Planning
import Vips

/// Turns a drawing into everything its plan lists: pictures from one drawing of it, and its safe copy.
package struct DrawingTranscoder: Sendable {
    private let plan: DrawingPlan
    private let credit: Credit?
    private let descriptor: Int32
    private let scratch: ScratchDirectory
    private let cores: Int
    private let events: TranscodingEvents

    /// - Parameters:
    ///   - credit: kept in every picture.
    ///   - descriptor: the open upload; its offset is neither used nor moved.
    ///   - cores: that may be kept busy.
    ///   - events: receives the placeholder first, then every artifact as it is verified.
    package init(
        plan: DrawingPlan, credit: Credit?, descriptor: Int32, scratch: ScratchDirectory,
        cores: Int, events: @escaping TranscodingEvents
    ) {
        self.plan = plan
        self.credit = credit
        self.descriptor = descriptor
        self.scratch = scratch
        self.cores = cores
        self.events = events
    }

    /// Does it all.
    package func run() throws(Failure) {
        let (image, text) = try draw()
        let matte = plan.pictures.first?.matte ?? "#ffffff"
        events(
            .placeholder(
                try image.placeholder(aspectRatio: plan.size.aspectRatio, matte: matte)))
        let encoder = PictureEncoder(
            scratch: scratch, attribution: Attribution().overridden(by: credit))
        try PictureSet(pictures: plan.pictures, encoder: encoder, cores: cores, events: events)
            .write(from: image)
        if !plan.vector.isKept { try publish(text) }
    }

    private func draw() throws(Failure) -> (Image, String) {
        let plan = plan
        let descriptor = descriptor
        let deadline = ContinuousClock.now + .seconds(plan.limits.drawingSeconds)
        let drawn = TimeLimit.run(until: deadline) {
            defer { Runtime.shutdownThread() }
            return Result { () throws(Failure) in
                let source = try DrawingSource(descriptor: descriptor, limits: plan.limits)
                return (try source.drawn(at: plan.size), source.drawing.text())
            }
        }
        guard let drawn else { throw .drawingTime(plan.limits.drawingSeconds) }
        return try drawn.get()
    }

    /// Read back by the same rules: what is published must pass them unchanged.
    private func publish(_ text: String) throws(Failure) {
        var limits = plan.limits
        // What was embedded may have grown a little.
        limits.stillPixels = .max
        let again = try SafeDrawing(Array(text.utf8), limits: limits)
        guard again.losses.isEmpty else {
            throw .internalError(
                code: "verification", "the safe drawing still holds \(again.losses).")
        }
        let file = try scratch.adopt(Data(text.utf8), stem: "drawing", fileExtension: "svg")
        var description = DerivativeDescription(
            role: plan.vector.role, name: plan.vector.name, mediaType: "image/svg+xml",
            key: plan.vector.key, reason: plan.vector.reason)
        description.width = plan.size.width
        description.height = plan.size.height
        events(.artifact(Artifact(description: description, file: file)))
    }
}
