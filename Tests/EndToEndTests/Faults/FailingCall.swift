#if DEBUG
    import Foundation
    import TestSupport

    /// One call of a daemon to its disk that goes wrong in a life: the 37th that changes something
    /// below the site, or the first after it that can fail so. Reads are not counted.
    struct FailingCall: Hashable, Sendable, CustomStringConvertible {
        enum Manner: String, Hashable, Sendable, CaseIterable {
            case inputOutput = "EIO"
            case full = "ENOSPC"
            case quota = "EDQUOT"
            case descriptors = "EMFILE"
            /// Half of a write is done.
            case short
            /// The next read is an error of the disk.
            case unreadable
            /// The next read gives half of what is asked for.
            case shortRead = "shortread"
            /// `kill -9` right before the call.
            case kill
        }

        /// Which upload the daemon has meanwhile.
        var errand: Errand
        /// From 1, counted from the start of that life.
        var number: Int
        var manner: Manner

        init(_ errand: Errand, _ number: Int, _ manner: Manner) {
            self.errand = errand
            self.number = number
            self.manner = manner
        }

        /// nil when the text is none: `picture:37=ENOSPC`.
        init?(_ text: String) {
            guard let match = text.wholeMatch(of: /([a-z]+):([0-9]+)=([A-Za-z]+)/),
                let errand = Errand(rawValue: String(match.output.1)),
                let number = Int(match.output.2), number > 0,
                let manner = Manner(rawValue: String(match.output.3))
            else { return nil }
            self.init(errand, number, manner)
        }

        var description: String { "\(errand.rawValue):\(order)" }

        fileprivate var order: String { "\(number)=\(manner.rawValue)" }
    }

    /// What a daemon is started with so that its calls are counted, and one of them fails: a library of
    /// `Tests/CFailingCalls` that is loaded before the C library. Workers start without it, as their
    /// environment is empty.
    struct FailingCalls: Sendable {
        static let shimName = "failing_calls.so"
        /// What the library says when it happens.
        static let word = "failing call "

        private let library: URL
        private let below: URL
        private let counter: URL

        init(at site: Site) async throws {
            library = try await Fixtures.shared.file(Self.shimName) { url in
                try await Program("clang").run([
                    "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", url.path,
                    PackageLayout.file("Tests/CFailingCalls/failing_calls.c").path,
                ])
            }
            below = site.directory.url
            counter = try site.directory.write(Data(count: 8), to: "calls")
        }

        /// Of a life in which this call fails; none when it is nil, they are counted only.
        func environment(_ call: FailingCall?) throws -> [String: String] {
            try Data(count: 8).write(to: counter)
            var environment = [
                "LD_PRELOAD": library.path, "FAILING_CALLS_BELOW": below.path,
                "FAILING_CALLS_COUNT": counter.path,
            ]
            environment["FAILING_CALLS_ORDER"] = call?.order
            return environment
        }

        /// Calls of the newest life so far.
        var count: Int {
            get throws {
                try Data(contentsOf: counter).reversed().reduce(0) { $0 << 8 | Int($1) }
            }
        }
    }
#endif
