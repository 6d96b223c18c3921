/// In which order members take turns: self-clocked fair queueing
/// (https://doi.org/10.1109/INFCOM.1994.337677), in seconds of expected processor time.
///
/// Every job has a turn, a number that is decided once, when it is made. A member's jobs stand one
/// behind the other: the turn of each is that of the one before plus what it is expected to cost
/// itself. Who has nothing waiting starts from where the lane is now, so nobody saves up turns, and
/// nobody is held against what is long done. The lowest turn goes first: photographs pass a waiting
/// film of two hours until their members have had as much as it costs, and no longer.
///
/// What a job took in truth moves the turns of what its member brings later. Uploads without a
/// member share one place, and so stay in the order they came.
package enum FairShare {
    /// Every job costs a process, a probe and a publication.
    package static let leastCost = 1.0
    /// Seconds of processor time for a byte, before anything is known but the size: photographs of
    /// the sizing table in the handbook take two seconds for a megabyte, films four for what is a
    /// megabyte at their usual bit rates.
    package static let costPerByte = 3e-6

    /// Before a probe.
    package static func expectedCost(ofBytes byteCount: Int64) -> Double {
        leastCost + Double(max(0, byteCount)) * costPerByte
    }

    /// From where a member's next job counts.
    /// - Parameters:
    ///   - member: the turn of the member's last job; nil = has nothing waiting.
    ///   - lane: the highest turn of a job that was begun in this lane.
    package static func start(member: Double?, lane: Double) -> Double { max(member ?? lane, lane) }
}
