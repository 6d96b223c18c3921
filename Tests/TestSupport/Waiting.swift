/// Waiting for what another process does, where there is nothing to be signalled by.
package enum Waiting {
    /// Looks until there is an answer.
    ///
    /// - Parameters:
    ///   - what: for the error's text.
    ///   - interval: between looks: a process that is watched from outside sends no signal, so this
    ///     is where tests sleep; only kills, stops and power cuts do too, as their moments are drawn.
    /// - Throws: `ProgramError` when there is none in time.
    @discardableResult
    package static func until<Answer>(
        _ what: String, within limit: Duration, every interval: Duration = .milliseconds(50),
        _ look: () async throws -> Answer?
    ) async throws -> Answer {
        let deadline = ContinuousClock.now + limit
        while true {
            if let answer = try await look() { return answer }
            guard ContinuousClock.now < deadline else {
                throw ProgramError("waited \(limit) in vain for \(what)")
            }
            // A sleep, because another process that is watched from outside sends no signal. It is no
            // measure of time: what is waited for is looked at before and after.
            try await Task.sleep(for: interval)
        }
    }
}
