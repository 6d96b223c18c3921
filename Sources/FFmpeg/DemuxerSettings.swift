/// How far a demuxer may go with an input nobody trusts.
package struct DemuxerSettings: Sendable {
    /// Bytes read to recognise the streams (default 10 MB).
    package var probeSize = 10_000_000
    /// Media time read to recognise the streams, in seconds (default 10 s).
    package var analyzeDuration = 10.0
    /// Most streams a file may have; more is an error (default 32).
    package var maxStreams = 32
    /// Decoders that may run while streams are recognised.
    package var decoders = DecoderList.common
    /// Options of the demuxer itself; one it does not know is an error.
    package var options: [String: String] = [:]
    /// What to call the input in errors, e.g. the upload's name for display; never opened.
    package var displayName: String?

    /// The defaults.
    package init(
        options: [String: String] = [:], displayName: String? = nil
    ) {
        self.options = options
        self.displayName = displayName
    }
}
