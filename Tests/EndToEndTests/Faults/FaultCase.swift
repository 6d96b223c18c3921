#if DEBUG
    import Failpoints

    /// What is brought to a site, or done to it, so that a failpoint is reached.
    enum Errand: String, Hashable, Sendable {
        /// A picture with a sidecar.
        case picture
        case film
        /// A file that no worker can read: it is accepted, fails for good, and is quarantined.
        case unusable
        /// An upload whose sidecar cannot be read: refused by intake.
        case refused
        /// An operator removes an item, goes back to its first generation, collects garbage.
        case removal, rollback, collection
        /// An operator erases a member.
        case erasure

        /// Whether the item is published before the daemon is armed.
        var isOperators: Bool { [.removal, .rollback, .collection, .erasure].contains(self) }
    }

    /// One case of the battery: a life that ends, or goes wrong, at one point.
    struct FaultCase: Hashable, Sendable, CustomStringConvertible {
        /// nil = nothing goes wrong.
        let order: FailpointOrder?
        let errand: Errand
        /// What ended the life before, and left what this point deals with.
        let before: FailpointOrder?

        init(_ order: FailpointOrder) {
            self.order = order
            errand = Self.errand(for: order.point)
            before = Self.before(order.point)
        }

        init(_ errand: Errand) {
            order = nil
            self.errand = errand
            before = nil
        }

        init(_ point: Failpoint, _ action: FailpointAction) {
            self.init(FailpointOrder(point, action, passing: Self.usualPassing(of: point)))
        }

        /// Whether what it breaks is mended at the next start, or when an operator asks again.
        var mayNeedAnotherLife: Bool {
            guard order?.action == .error, let point = order?.point else { return false }
            return errand.isOperators
                || [
                    .unlink, .sweepScratch, .sweepStorage, .sweepOriginals, .claimDone,
                ].contains(point)
        }

        /// What is on disk is unknown after a failed sync: nothing more may be accepted.
        var mustEndTheDaemon: Bool {
            guard order?.action == .error, let point = order?.point else { return false }
            return point == .syncFile || point == .syncDirectory
        }

        var description: String { order?.description ?? "nothing" }

        /// The first one that belongs to an upload; the daemon's start passes some places, too.
        private static func usualPassing(of point: Failpoint) -> Int {
            switch point {
            case .makeDirectory, .spawn, .spawned: 2
            default: 1
            }
        }

        private static func errand(for point: Failpoint) -> Errand {
            switch point {
            case .directoryFilled: .film
            case .link, .bury, .buried: .unusable
            case .reasonWritten, .quarantined, .refuse, .refused, .sidecarRefused: .refused
            case .removeObjects, .removeOriginal, .removeEntry: .removal
            case .eraseBegun, .eraseRows: .erasure
            case .rollBack: .rollback
            case .collectObject, .collectGeneration: .collection
            default: .picture
            }
        }

        private static func before(_ point: Failpoint) -> FailpointOrder? {
            switch point {
            case .confirm: FailpointOrder(.publishManifest, .kill)
            case .recoverClaim: FailpointOrder(.claimed, .kill)
            case .rescueJob, .rescue, .rescued: FailpointOrder(.attempt, .kill)
            case .sweepScratch: FailpointOrder(.worked, .kill)
            case .sweepOriginals: FailpointOrder(.staged, .kill)
            // The first file of a life is the original, the second one tries the storage; of others,
            // such as a portfolio that an earlier case has left to do, there are two at most.
            case .sweepStorage: FailpointOrder(.staged, .kill, passing: 5)
            default: nil
            }
        }
    }
#endif
