import Failpoints
package import FoundationEssentials
package import MediaModel

extension LocalDerivativeStore {
    static let portfoliosName: FileName = "portfolios"

    package func portfolio(of owner: OwnerName) async throws(StorageError) -> Data? {
        try await work.run { [self] () throws(StorageError) in
            guard let directory = try portfoliosDirectory() else { return nil }
            return try read(Self.name(of: owner), in: directory)
        }
    }

    package func putPortfolio(_ document: Data, of owner: OwnerName) async throws(StorageError) {
        try await change { [self] () throws(StorageError) in
            #if DEBUG
                try Failpoint.portfolio.pass()
            #endif
            let isNew = try storage.status(of: Self.portfoliosName) == nil
            let directory = try Self.published(Self.portfoliosName, in: storage)
            if isNew { try storage.sync() }
            try AtomicFile.write(
                document, as: Self.name(of: owner), in: directory, mode: Self.fileMode)
        }
    }

    package func removePortfolio(of owner: OwnerName) async throws(StorageError) {
        try await change { [self] () throws(StorageError) in
            guard let directory = try portfoliosDirectory(),
                try directory.status(of: Self.name(of: owner)) != nil
            else { return }
            try directory.removeFile(Self.name(of: owner))
            try directory.sync()
        }
    }

    package func portfolios() async throws(StorageError) -> [StoredPortfolio] {
        try await work.run { [self] () throws(StorageError) in
            guard let directory = try portfoliosDirectory() else { return [] }
            var found: [StoredPortfolio] = []
            for name in try directory.names() {
                guard
                    let owner = name.dropping(suffix: ".json").flatMap({
                        OwnerName($0.description)
                    }), let status = try directory.status(of: name)
                else { continue }
                found.append(StoredPortfolio(owner: owner, byteCount: status.byteCount))
            }
            return found.sorted { $0.owner.rawValue < $1.owner.rawValue }
        }
    }

    /// nil while no member has a portfolio.
    func portfoliosDirectory() throws(StorageError) -> Directory? {
        do throws(StorageError) {
            return try storage.subdirectory(Self.portfoliosName)
        } catch  where error.code == .notFound {
            return nil
        }
    }

    private static func name(of owner: OwnerName) -> FileName {
        guard let name = FileName("\(owner.rawValue).json") else {
            preconditionFailure("a member's name is a file name")
        }
        return name
    }
}
