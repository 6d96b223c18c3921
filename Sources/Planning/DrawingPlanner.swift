import MediaModel

extension Planner {
    func planDrawing(
        _ drawing: DrawingInfo, recipe: Recipe, draft: inout PlanDraft
    ) throws(Failure) -> DrawingPlan {
        let size = drawnSize(drawing.width, drawing.height, fitting: recipe.image.widths.max())
        draft.decide(
            "size", "\(size)",
            because: "drawn at the recipe's largest width, or what the limits leave of it: a "
                + "drawing has no pixels that could be enlarged")
        draft.decide("colour", "sRGB", because: "the colours of a drawing are sRGB")
        let parameters = [
            "focal \(Fingerprint.digest(draft.source.sidecar.focalPoint))"
        ]
        let pictures = pictureSet(
            role: .image, stem: "image", display: size, widths: recipe.image.widths,
            content: PictureContent(hasAlpha: true, isGraphic: nil), recipe: recipe,
            parameters: parameters, reason: "a width for srcset", draft: &draft)
        let crops = crops(
            display: size, recipe: recipe, cards: recipe.image.cards, parameters: parameters,
            draft: &draft)
        let reason = "sharp at every size; only what draws is in it"
        draft.decide(
            "vector", "a sanitised copy",
            because: "scripts, motion, foreign content and what refers to other places are left "
                + "out of everything, the pictures too")
        return DrawingPlan(
            size: size, pictures: pictures + crops,
            vector: draft.output(.vector, "drawing", reason, parameters: ["sanitised"]),
            limits: limits)
    }

    /// Reading and drawing are bounded by time; the rest is encoding, as of stills.
    func drawingBudget(_ drawing: DrawingPlan) -> WorkBudget {
        var budget = stillBudget(drawing.pictures)
        budget.cpuSeconds += 2 * limits.drawingSeconds
        budget.deadlineSeconds += 2 * limits.drawingSeconds
        budget.outputBytes += 8 * Int64(limits.drawingBytes)
        return budget
    }
}
