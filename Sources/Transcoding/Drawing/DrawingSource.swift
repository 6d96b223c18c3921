import MediaModel
import Planning
import Vips

/// An upload as a safe drawing of a known size.
struct DrawingSource {
    let drawing: SafeDrawing
    let size: DrawingSize

    init(descriptor: Int32, limits: Limits) throws(Failure) {
        drawing = try SafeDrawing(
            try DrawingText.read(descriptor, atMost: limits.drawingBytes), limits: limits)
        let count = DrawingCost.elements(of: drawing.root, atMost: limits.drawingElements)
        guard count <= limits.drawingElements else {
            throw .drawingElements(limits.drawingElements, found: "more than that")
        }
        if let said = DrawingSize(of: drawing.root) {
            size = said
        } else {
            // As large as what is drawn. Percentages and the like are of nothing.
            drawing.root["width"] = nil
            drawing.root["height"] = nil
            let extent = try Self.open(drawing.text())
            guard extent.width > 1 || extent.height > 1 else { throw .emptyDrawing() }
            size = DrawingSize(width: Double(extent.width), height: Double(extent.height))
        }
        size.apply(to: drawing.root)
    }

    /// The drawing at a size in pixels, transparent where nothing is drawn, in memory.
    func drawn(at target: PixelSize) throws(Failure) -> Image {
        let root = drawing.root
        let (width, height) = (root["width"], root["height"])
        root["width"] = "\(target.width)"
        root["height"] = "\(target.height)"
        defer {
            root["width"] = width
            root["height"] = height
        }
        let opened = try Self.open(drawing.text())
        guard abs(opened.width - target.width) <= 1, abs(opened.height - target.height) <= 1 else {
            throw .internalError(
                code: "drawnSize",
                "a drawing of \(target) came out as \(opened.width)x\(opened.height).")
        }
        do {
            let image = try opened.scaled(toWidth: target.width, height: target.height)
                .copiedToMemory()
            // Transparency that says nothing would keep it from being a JPEG.
            guard image.hasAlpha, try image.extractingBands(from: 3).minimum() == 255 else {
                return image
            }
            return try image.extractingBands(from: 0, count: 3).copiedToMemory()
        } catch {
            throw StillSource.unreadable(error)
        }
    }

    private static func open(_ text: String) throws(Failure) -> Image {
        do {
            return try Image.load(
                Source(bytes: Array(text.utf8)), with: .svg, LoadOptions(access: .random))
        } catch {
            throw StillSource.unreadable(error)
        }
    }
}
