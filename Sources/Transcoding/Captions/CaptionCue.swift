/// A text and when it is shown.
package struct CaptionCue: Hashable, Sendable {
    /// From the item's origin.
    package var startMilliseconds: Int
    /// After the start.
    package var endMilliseconds: Int
    /// WebVTT cue text: escaped, `<i>` and `<b>` only, lines without an empty one between.
    package var text: String

    package init(startMilliseconds: Int, endMilliseconds: Int, text: String) {
        self.startMilliseconds = startMilliseconds
        self.endMilliseconds = endMilliseconds
        self.text = text
    }
}
