package import Planning

/// The daemon's settings, complete and checked. `config/vitrine.yaml` documents every key where it
/// stands; a test holds that file's values against these defaults.
package struct Configuration: Hashable, Sendable {
    package var inbox = Inbox()
    package var originals = Place(path: "/var/lib/vitrine/originals")
    package var quarantine = Place(path: "/var/lib/vitrine/quarantine")
    package var state = Place(path: "/var/lib/vitrine/state")
    package var storage = Storage()
    package var control = Control()
    package var workers = Workers()
    package var recipes = Recipes()
    package var limits = Limits()
    package var members = Members()
    package var sandbox = SandboxMode.required
    package var log = Log()

    package init() {}

    package struct Inbox: Hashable, Sendable {
        package var path = "/var/lib/vitrine/inbox"
        /// How long a file written in place has to be quiet, before it is taken.
        package var settle = Duration.seconds(2)
        /// How long an upload waits for its sidecar.
        package var sidecarWait = Duration.zero
        /// How often the whole inbox is read, in case a notification was lost.
        package var rescan = Duration.seconds(60)
        package var polling = Polling.off
        /// How often the inbox is read while polling.
        package var pollingInterval = Duration.seconds(2)
        /// Intake pauses below so many free bytes; nil = the larger of 5 % and 2 GiB.
        package var minimumFree: Int64?
    }

    /// Whether to look by the clock instead of waiting for notifications.
    package enum Polling: String, Hashable, Sendable, CaseIterable {
        case off
        /// For network file systems, which notify nobody of what another machine writes.
        case on
    }

    /// A directory.
    package struct Place: Hashable, Sendable {
        package var path: String
    }

    package struct Storage: Hashable, Sendable {
        package var kind = StorageKind.local
        package var path = "/var/lib/vitrine/storage"
        /// A week: a page that a crawler or a cache holds so long still shows.
        package var grace = Duration.seconds(7 * 86_400)
        package var generations = 3
        package var collect = Duration.seconds(86_400)
    }

    package enum StorageKind: String, Hashable, Sendable, CaseIterable {
        case local
    }

    package struct Control: Hashable, Sendable {
        package var socket = "/run/vitrine/control.sock"
        /// Who may read: users and @groups, or `all` who can open the socket.
        package var readers = ["all"]
        /// Who may change something, too.
        package var operators = ["all"]
    }

    package struct Workers: Hashable, Sendable {
        /// Jobs at once; nil = one per two processor cores.
        package var count: Int?
        /// Memory that jobs may hold together, in bytes; nil = by what the machine has.
        package var memory: Int64?
        /// How long running jobs may go on after the daemon is told to stop.
        package var drain = Duration.seconds(30)
        /// Keep a worker that has loaded everything, from which the others are forked.
        package var spare = true
    }

    package struct Recipes: Hashable, Sendable {
        package var path = "/etc/vitrine/recipes"
        /// For uploads whose sidecar names none.
        package var `default` = "default"
    }

    package enum SandboxMode: String, Hashable, Sendable, CaseIterable {
        /// No processing unless a worker is fully confined.
        case required
        /// Process with what of the sandbox can be set up here.
        case reduced
    }

    package struct Log: Hashable, Sendable {
        package var level = LogLevel.info
        package var format = LogFormat.auto
    }

    package enum LogLevel: String, Hashable, Sendable, CaseIterable {
        case trace, debug, info, notice, warning, error, critical
    }

    package enum LogFormat: String, Hashable, Sendable, CaseIterable {
        /// `journald` when started by systemd with its journal, `logfmt` otherwise.
        case auto
        case logfmt, json, journald
    }
}

extension Configuration {
    /// What a reload puts in force at once; everything else waits for the next start.
    private static let liveKeys: Set<String> = [
        "control.readers", "control.operators", "log.level", "recipes.path", "recipes.default",
        "workers.count", "workers.memory", "members.items", "members.bytes", "members.minutes",
        "inbox.minimumFree",
    ]

    /// Whether a setting is one of them, a limit, or an element of a list that is.
    package static func isLive(_ key: String) -> Bool {
        liveKeys.contains(key) || key.hasPrefix("limits.") || key.hasPrefix("members.exceptions")
    }

    /// Everything below one directory: for a demonstration, for tests.
    package static func embedded(in directory: String) -> Configuration {
        var configuration = Configuration()
        configuration.inbox.path = "\(directory)/inbox"
        configuration.originals.path = "\(directory)/originals"
        configuration.quarantine.path = "\(directory)/quarantine"
        configuration.state.path = "\(directory)/state"
        configuration.storage.path = "\(directory)/storage"
        configuration.control.socket = "\(directory)/control.sock"
        configuration.recipes.path = "\(directory)/recipes"
        return configuration
    }
}
