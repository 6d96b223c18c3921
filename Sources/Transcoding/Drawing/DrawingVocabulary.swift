/// What a drawing may consist of: everything that only draws. All else is left out.
///
/// SVG 1.1 and what of SVG 2 is drawn by librsvg and browsers alike.
/// https://www.w3.org/TR/SVG11/eltindex.html, https://www.w3.org/TR/SVG11/attindex.html
enum DrawingVocabulary {
    static let nameSpace = "http://www.w3.org/2000/svg"
    static let linkNameSpace = "http://www.w3.org/1999/xlink"
    static let xmlNameSpace = "http://www.w3.org/XML/1998/namespace"

    static let elements: Set<String> = [
        // Structure.
        "svg", "g", "defs", "symbol", "use", "switch", "a", "title", "desc", "style",
        // Shapes, text, pictures.
        "path", "rect", "circle", "ellipse", "line", "polyline", "polygon",
        "text", "tspan", "textPath", "image",
        // Paint.
        "linearGradient", "radialGradient", "stop", "pattern", "marker", "clipPath", "mask",
        // Filters; feImage is not among them: it is another way to load something.
        "filter", "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite",
        "feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap", "feDistantLight",
        "feDropShadow", "feFlood", "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur",
        "feMerge", "feMergeNode", "feMorphology", "feOffset", "fePointLight", "feSpecularLighting",
        "feSpotLight", "feTile", "feTurbulence",
    ]

    /// Elements whose text is shown, or read to people.
    static let speaking: Set<String> = ["text", "tspan", "textPath", "title", "desc", "a"]

    /// Elements that are worth a word when they are left out, by what they are.
    static let losses: [String: DrawingLoss] = [
        "script": .scripts, "handler": .scripts, "listener": .scripts,
        "foreignObject": .foreignContent, "iframe": .foreignContent, "audio": .foreignContent,
        "video": .foreignContent, "canvas": .foreignContent, "embed": .foreignContent,
        "object": .foreignContent, "animate": .motion, "animateColor": .motion,
        "animateMotion": .motion, "animateTransform": .motion, "set": .motion,
        "feImage": .references, "font-face-uri": .references, "cursor": .references,
    ]

    /// How things look, as attributes and as properties of styles.
    static let properties: Set<String> = [
        "alignment-baseline", "baseline-shift", "clip-path", "clip-rule", "color",
        "color-interpolation", "color-interpolation-filters", "color-rendering", "direction",
        "display", "dominant-baseline", "enable-background", "fill", "fill-opacity", "fill-rule",
        "filter", "flood-color", "flood-opacity", "font", "font-family", "font-size",
        "font-size-adjust", "font-stretch", "font-style", "font-variant", "font-weight",
        "glyph-orientation-horizontal", "glyph-orientation-vertical", "image-rendering",
        "isolation", "kerning", "letter-spacing", "lighting-color", "line-height", "marker",
        "marker-end", "marker-mid", "marker-start", "mask", "mask-type", "mix-blend-mode",
        "opacity", "overflow", "paint-order", "shape-rendering", "stop-color", "stop-opacity",
        "stroke", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin",
        "stroke-miterlimit", "stroke-opacity", "stroke-width", "text-align", "text-anchor",
        "text-decoration", "text-rendering", "text-indent", "transform", "transform-box",
        "transform-origin", "unicode-bidi", "vector-effect", "visibility", "white-space",
        "word-spacing", "writing-mode",
    ]

    /// Everything else that an element may say of itself. `style`, `class` and links have rules of
    /// their own.
    static let attributes: Set<String> = properties.union([
        "id", "lang", "class", "role", "aria-label", "aria-labelledby", "aria-hidden", "viewBox",
        "preserveAspectRatio", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx",
        "fy", "fr", "d", "points", "pathLength", "width", "height", "dx", "dy", "rotate",
        "textLength", "lengthAdjust", "startOffset", "method", "spacing", "side", "offset",
        "gradientUnits", "gradientTransform", "spreadMethod", "patternUnits",
        "patternContentUnits", "patternTransform", "markerUnits", "markerWidth", "markerHeight",
        "refX", "refY", "orient", "clipPathUnits", "maskUnits", "maskContentUnits",
        "filterUnits", "primitiveUnits", "in", "in2", "result", "mode", "type", "values",
        "tableValues", "slope", "intercept", "amplitude", "exponent", "operator", "k1", "k2", "k3",
        "k4", "order", "kernelMatrix", "divisor", "bias", "targetX", "targetY", "edgeMode",
        "kernelUnitLength", "preserveAlpha", "surfaceScale", "diffuseConstant",
        "specularConstant", "specularExponent", "limitingConeAngle", "scale", "xChannelSelector",
        "yChannelSelector", "azimuth", "elevation", "z", "pointsAtX", "pointsAtY", "pointsAtZ",
        "stdDeviation", "radius", "baseFrequency", "numOctaves", "seed", "stitchTiles",
        "systemLanguage", "requiredFeatures", "version",
    ])
}

/// What a drawing held and its copy does not.
enum DrawingLoss: String, CaseIterable, Hashable, Sendable {
    /// Programs, and attributes that start them.
    case scripts
    /// Web pages, films and the like inside the drawing.
    case foreignContent
    /// What lies elsewhere: pictures, styles, fonts, links.
    case references
    /// Motion: a picture stands still.
    case motion

    var words: String {
        switch self {
        case .scripts: "scripts"
        case .foreignContent: "web content"
        case .references: "references to other files and sites"
        case .motion: "motion"
        }
    }
}
