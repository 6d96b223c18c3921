#if DEBUG
    import Synchronization

    /// What one life of a daemon was told to do at which point: `storage.rename=kill:3` kills it at
    /// the third rename.
    package struct FailpointOrder: Hashable, Sendable, CustomStringConvertible {
        /// The environment variable that arms a daemon.
        package static let variable = "VITRINE_FAILPOINT"

        package var point: Failpoint
        package var action: FailpointAction
        /// At which passing, from 1.
        package var passing: Int

        package init(_ point: Failpoint, _ action: FailpointAction, passing: Int = 1) {
            self.point = point
            self.action = action
            self.passing = passing
        }

        /// nil when the text is no order.
        package init?(_ text: String) {
            let halves = text.split(separator: "=", omittingEmptySubsequences: false)
            guard halves.count == 2, let point = Failpoint(rawValue: String(halves[0])) else {
                return nil
            }
            let parts = halves[1].split(separator: ":", omittingEmptySubsequences: false)
            guard let action = parts.first.flatMap({ FailpointAction(rawValue: String($0)) }),
                parts.count < 3, action != .error || point.canFail
            else { return nil }
            guard let passing = parts.count == 2 ? Int(parts[1]) : 1, passing > 0 else {
                return nil
            }
            self.init(point, action, passing: passing)
        }

        package var description: String {
            "\(point.rawValue)=\(action.rawValue)" + (passing == 1 ? "" : ":\(passing)")
        }

        private static let armed = Mutex<(order: FailpointOrder, passed: Int)?>(nil)

        /// Arms this process; once, before anything runs.
        package func arm() { Self.armed.withLock { $0 = (self, 0) } }

        /// What is to be done here and now.
        static func due(at point: Failpoint) -> FailpointAction? {
            armed.withLock { armed in
                guard let order = armed?.order, order.point == point else { return nil }
                armed?.passed += 1
                return armed?.passed == order.passing ? order.action : nil
            }
        }
    }
#endif
