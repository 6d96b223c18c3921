/// How the inbox is watched and what may enter; each value is a configuration key `inbox.*`.
package struct IntakeConfiguration: Hashable, Sendable {
    /// The directory uploads appear in.
    package var inboxPath: String
    /// Where claimed uploads are until they are adopted; on the inbox's file system a claim is a
    /// rename, elsewhere a copy.
    package var claimedPath: String
    /// Quiet time after which a file written in place is complete. Default 2 s.
    package var settle: Duration = .seconds(2)
    /// How long a complete upload waits for its sidecar. Default 0: it starts at once, with the
    /// sidecar that is there by then.
    package var sidecarWait: Duration = .zero
    /// After which a sidecar without an upload is itself taken for an upload. Default 60 s.
    package var orphanSidecarGrace: Duration = .seconds(60)
    /// Between scans that catch what events missed. Default 60 s.
    package var rescanInterval: Duration = .seconds(60)
    /// `true` on network file systems, whose changes inotify does not see. Default `false`.
    package var isPolling = false
    /// Between scans when polling. Default 2 s.
    package var pollInterval: Duration = .seconds(2)
    /// Sub-directories below the inbox that are watched. Default 8.
    package var maximumDepth = 8
    /// Largest accepted upload, in bytes. Default 4 GiB.
    package var maximumByteCount: Int64 = 4 << 30
    /// Uploads that are copied and hashed at a time, so that a large one does not hold up small
    /// ones. Default 4.
    package var concurrentUploads = 4
    /// Free space to keep: intake pauses below the larger of the two. Default 5 % and 2 GiB.
    package var minimumFreeFraction = 0.05
    package var minimumFreeBytes: UInt64 = 2 << 30
    /// How often a paused intake looks whether there is space again. Default 2 s.
    package var spaceCheckInterval: Duration = .seconds(2)
    /// First and longest wait before an upload is tried again after the disk or the queue failed.
    package var retryDelay: Duration = .milliseconds(250)
    package var longestRetryDelay: Duration = .seconds(10)

    package init(inboxPath: String, claimedPath: String) {
        self.inboxPath = inboxPath
        self.claimedPath = claimedPath
    }
}
