/// What must have become of one upload.
struct Expectation: Hashable, Sendable {
    enum State: String, Hashable, Sendable {
        case ready, failed
        /// An operator removed it.
        case removed
    }

    var name: String
    /// nil = one or the other end.
    var state: State?
    /// Of its bytes, as the uploader had them; nil = not looked at.
    var sha256: String?
    /// From its sidecar.
    var title: String?
    /// Of a first upload 1, however often it was delivered or tried; nil = any.
    var generation: Int?
    /// Whether it got as far as the queue, so that its original is kept; nil = as the daemon says.
    var isAccepted: Bool?
    /// A word that it holds and that nothing else may have; nil = not looked for.
    var secret: String?
    /// Attempts that may count against it: the daemon's own ends and those of its disk never do.
    var countedAttempts: ClosedRange<Int>?

    init(
        _ name: String, _ state: State? = nil, generation: Int? = nil, isAccepted: Bool? = nil
    ) {
        self.name = name
        self.state = state
        self.generation = generation
        self.isAccepted = isAccepted
    }
}
