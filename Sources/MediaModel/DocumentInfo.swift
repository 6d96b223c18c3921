/// A document's pages and what else the probe found in it.
package struct DocumentInfo: Codable, Hashable, Sendable {
    /// Consecutive pages of one size.
    package struct PageRun: Codable, Hashable, Sendable {
        /// From 1.
        package var firstPage: Int
        package var pageCount: Int
        /// As seen, in points (1/72 inch); 0 for pages that cannot be read.
        package var width: Double
        package var height: Double

        package init(firstPage: Int, pageCount: Int, width: Double, height: Double) {
            self.firstPage = firstPage
            self.pageCount = pageCount
            self.width = width
            self.height = height
        }

        package var isReadable: Bool { width > 0 && height > 0 }
    }

    /// Longest list of runs; a document of ever other sizes is described up to here.
    package static let mostRuns = 500

    /// At least 1.
    package var pageCount: Int
    /// In order, from the first page on.
    package var pageSizes: [PageRun]
    /// Whether its maker lets the text be copied.
    package var allowsCopying: Bool

    package init(pageCount: Int, pageSizes: [PageRun], allowsCopying: Bool = true) {
        self.pageCount = pageCount
        self.pageSizes = pageSizes
        self.allowsCopying = allowsCopying
    }

    /// Puts pages of the same size together.
    /// - Parameter sizes: of every page, in points.
    package static func runs(_ sizes: [(width: Double, height: Double)]) -> [PageRun] {
        var runs: [PageRun] = []
        for (index, size) in sizes.enumerated() {
            if let last = runs.last, last.width == size.width, last.height == size.height {
                runs[runs.count - 1].pageCount += 1
            } else if runs.count < mostRuns {
                runs.append(
                    PageRun(
                        firstPage: index + 1, pageCount: 1, width: size.width, height: size.height))
            } else {
                break
            }
        }
        return runs
    }

    /// The first pages that can be read, with their sizes.
    package func readablePages(atMost count: Int) -> [(page: Int, width: Double, height: Double)] {
        var pages: [(page: Int, width: Double, height: Double)] = []
        for run in pageSizes where run.isReadable {
            for page in run.firstPage..<run.firstPage + run.pageCount {
                guard pages.count < count else { return pages }
                pages.append((page, run.width, run.height))
            }
        }
        return pages
    }
}
