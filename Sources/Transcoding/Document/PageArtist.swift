import MediaModel
import Poppler

/// Draws and reads the pages of a document, each within its time.
struct PageArtist {
    private let document: Document
    /// For one page, in seconds.
    private let pageSeconds: Int
    /// For all of them, in seconds.
    private let seconds: Int
    private let end: ContinuousClock.Instant

    init(descriptor: Int32, pageSeconds: Int, seconds: Int) throws(Failure) {
        do { document = try Document(descriptor: descriptor) } catch { throw .document(error) }
        self.pageSeconds = pageSeconds
        self.seconds = seconds
        end = .now + .seconds(seconds)
    }

    var pageCount: Int { document.pageCount }
    var attribution: Attribution { Attribution(of: document) }

    /// - Parameter number: of the page, from 1.
    /// - Returns: the page on white.
    func draw(_ number: Int, at size: PixelSize) throws(Failure) -> PackedFrame {
        let document = document
        return try inTime(number) { () throws(PopplerError) in
            let page = try document.page(number - 1)
            return PackedFrame(
                width: size.width, height: size.height,
                pixels: try page.drawn(width: size.width, height: size.height))
        }
    }

    /// What the page says; nothing when it cannot be loaded.
    func read(_ number: Int) throws(Failure) -> String {
        let document = document
        return try inTime(number) { (try? document.page(number - 1).text) ?? "" }
    }

    private func inTime<Value: Sendable>(
        _ number: Int, _ work: @escaping @Sendable () throws(PopplerError) -> Value
    ) throws(Failure) -> Value {
        let ownEnd = ContinuousClock.now + .seconds(pageSeconds)
        let result = TimeLimit.run(until: min(ownEnd, end)) {
            Result { () throws(PopplerError) in try work() }
        }
        guard let result else {
            throw ownEnd <= end
                ? .pageTime(number, seconds: pageSeconds) : .documentTime(number, seconds: seconds)
        }
        do { return try result.get() } catch { throw .document(error) }
    }
}
