package import MediaModel
package import Planning

/// An upload looked at, planned, and held against what is published of it.
package struct Examination: Sendable {
    package var info: MediaInfo
    package var revision: Revision
    /// The visible manifest; nil = nothing is published.
    package var published: Manifest?

    /// With everything marked that is kept.
    package var plan: Plan { revision.work }
}
