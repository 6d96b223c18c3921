import Foundation
import GRDB
import JobQueue
import MediaModel
import TestSupport
import Testing

@testable import JobStoreSQLite

/// What an upgrade leaves behind: a copy as it was, or nothing changed at all.
@Suite struct MigrationCopyTests {
    @Test func migrationsAreNumberedInTheirOrder() {
        for (index, name) in Schema.migrator.migrations.enumerated() {
            #expect(name.hasPrefix("\(index + 1) "))
        }
    }

    @Test func neitherANewNorAnUpToDateFileIsCopied() async throws {
        try await withTemporaryDirectory { directory in
            for _ in 1...2 {
                let store = try SQLiteJobStore(path: "\(directory)/vitrine.sqlite")
                #expect(store.migrationCopy == nil)
                try await store.close()
            }
            #expect(try names(in: directory) == ["vitrine.sqlite"])
        }
    }

    /// Every schema that was ever released has to find its way here, with its rows.
    @Test(arguments: Schema.migrator.migrations.dropLast())
    func anOlderSchemaIsCopiedThenBroughtUpToDate(last: String) async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/vitrine.sqlite"
            try makeOld(path, upTo: last)
            let store = try SQLiteJobStore(path: path)
            let number = try #require(Schema.migrator.migrations.firstIndex(of: last)) + 2
            #expect(store.migrationCopy == "\(path).before-\(number)")
            // What was there is there still, and the new tables work.
            #expect(try await store.present(itemID("boat")).fileName == "boat.jpg")
            _ = try await store.accept(sampleOffer("kite", bytes: "b"))
            try await store.close()

            // The copy has the old rows, the old schema, and none of the new rows: it is what the
            // version before reads.
            let copy = try DatabaseQueue(path: "\(path).before-\(number)")
            let (files, applied, mode) = try await copy.read { db in
                (
                    try String.fetchAll(db, sql: "SELECT fileName FROM item"),
                    try Schema.migrator.appliedMigrations(db),
                    try String.fetchOne(db, sql: "PRAGMA journal_mode")
                )
            }
            #expect(files == ["boat.jpg"])
            #expect(applied.last == last)
            #expect(mode == "delete")
            try copy.close()
            #expect(
                try names(in: directory) == ["vitrine.sqlite", "vitrine.sqlite.before-\(number)"])
        }
    }

    /// Rows that are in the write-ahead log only are as committed as any.
    @Test func whatIsInTheLogIsCopiedToo() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/vitrine.sqlite"
            try makeOld(path, upTo: "1 queue, catalogue, event log")
            let other = try DatabasePool(path: path)
            try await other.write { try insert("late.jpg", as: "late", in: $0) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: "\(path)-wal")).isEmpty == false)
            let store = try SQLiteJobStore(path: path)
            let copy = try DatabaseQueue(path: #require(store.migrationCopy))
            let files = try await copy.read {
                try String.fetchAll($0, sql: "SELECT fileName FROM item ORDER BY row")
            }
            #expect(files == ["boat.jpg", "late.jpg"])
            try copy.close()
            try await store.close()
            try other.close()
        }
    }

    @Test func aMigrationThatFailsLeavesTheRowsAndNamesTheCopy() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/vitrine.sqlite"
            let store = try SQLiteJobStore(path: path)
            _ = try await store.accept(sampleOffer("boat"))
            try await store.close()
            let number = Schema.migrator.migrations.count + 1
            var migrator = Schema.migrator
            migrator.registerMigration("\(number) which fails") { db in
                try db.execute(sql: "DELETE FROM attempt; DELETE FROM job; DELETE FROM item")
                throw TestError("half way")
            }
            do {
                _ = try SQLiteJobStore(path: path, migrator: migrator)
                Issue.record("opened")
            } catch JobStoreError.unavailable(let text) {
                #expect(text.contains("half way"))
                #expect(text.contains("\(path).before-\(number)"))
            }
            let again = try SQLiteJobStore(path: path)
            #expect(try await again.present(itemID("boat")).fileName == "boat.jpg")
            try await again.close()
            let copy = try SQLiteJobStore(path: "\(path).before-\(number)")
            #expect(try await copy.present(itemID("boat")).fileName == "boat.jpg")
            try await copy.close()
        }
    }

    @Test func withoutACopyNothingIsChanged() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/vitrine.sqlite"
            try makeOld(path, upTo: "1 queue, catalogue, event log")
            // Where the copy is written first: what cannot be written, for root neither.
            let inTheWay = "\(path).copy.tmp"
            try FileManager.default.createDirectory(
                atPath: inTheWay, withIntermediateDirectories: false)
            do {
                _ = try SQLiteJobStore(path: path)
                Issue.record("opened")
            } catch JobStoreError.unavailable(let text) {
                #expect(text.contains("cannot be copied to \(path).before-2"))
                #expect(text.contains("nothing has been changed"))
            }
            try expectOld(path)
            try FileManager.default.removeItem(atPath: inTheWay)
            let store = try SQLiteJobStore(path: path)
            #expect(store.migrationCopy == "\(path).before-2")
            try await store.close()
        }
    }

    @Test(.enabled(if: SmallFileSystem.isPossible))
    func aDiskWithoutRoomForTheCopyKeepsTheStoreAsItIs() async throws {
        let disk = try await SmallFileSystem(kilobytes: 2048)
        let path = "\(disk.path)/vitrine.sqlite"
        try makeOld(path, upTo: "1 queue, catalogue, event log")
        try makeLarge(path)
        // Room for what SQLite keeps beside an open database, not for half a megabyte.
        let filling = URL(fileURLWithPath: "\(disk.path)/filling")
        let size = try Data(contentsOf: URL(fileURLWithPath: path)).count
        try Data(count: 2048 * 1024 - size - 200_000).write(to: filling)
        let text = refusal(of: path)
        #expect(text.contains("full"), "\(text)")
        #expect(text.contains("nothing has been changed"), "\(text)")
        try expectOld(path)
        #expect(try names(in: disk.path) == ["filling", "vitrine.sqlite"])
        try FileManager.default.removeItem(at: filling)
        let store = try SQLiteJobStore(path: path)
        #expect(store.migrationCopy == "\(path).before-2")
        try await store.close()
    }

    @Test func onlyTheNewestCopiesAreKept() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/vitrine.sqlite"
            try makeOld(path, upTo: "1 queue, catalogue, event log")
            for name in ["before-1", "before-7", "before-11", "before-me", "copy.tmp"] {
                try Data("old".utf8).write(to: URL(fileURLWithPath: "\(path).\(name)"))
            }
            let store = try SQLiteJobStore(path: path)
            try await store.close()
            // Made just now, and the newest of the others; what is not ours stays.
            #expect(
                try names(in: directory) == [
                    "vitrine.sqlite", "vitrine.sqlite.before-11", "vitrine.sqlite.before-2",
                    "vitrine.sqlite.before-me",
                ])
        }
    }
}

/// A database as an earlier version left it, with one item in it.
private func makeOld(_ path: String, upTo last: String) throws {
    let pool = try DatabasePool(path: path)
    try Schema.migrator.migrate(pool, upTo: last)
    try pool.write { try insert("boat.jpg", as: "boat", in: $0) }
    try pool.close()
}

/// Half a megabyte, of which little is used.
private func makeLarge(_ path: String) throws {
    let pool = try DatabasePool(path: path)
    try pool.write { db in
        try insert(String(repeating: "x", count: 400_000), as: "long", in: db)
        try db.execute(sql: "DELETE FROM item WHERE id = 'long'")
    }
    try pool.close()
}

/// What is said when the store cannot be opened; empty when it can.
private func refusal(of path: String) -> String {
    do throws(JobStoreError) {
        _ = try SQLiteJobStore(path: path)
        return ""
    } catch {
        return error.operatorText
    }
}

private func insert(_ fileName: String, as id: String, in db: Database) throws {
    try db.execute(
        sql: """
            INSERT INTO item (id, state, generation, fileName, byteCount, receivedAt, updatedAt,
                isQuarantined, sidecar)
            VALUES (?, 'received', 0, ?, 10, 1, 1, 0, '{}')
            """, arguments: [id, fileName])
}

/// Schema 1, one item, nothing else.
private func expectOld(_ path: String) throws {
    let queue = try DatabaseQueue(path: path)
    let (applied, tables, files) = try queue.read { db in
        (
            try Schema.migrator.appliedMigrations(db),
            try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'"),
            try String.fetchAll(db, sql: "SELECT fileName FROM item")
        )
    }
    #expect(applied == ["1 queue, catalogue, event log"])
    #expect(!tables.contains("experience") && !tables.contains("answer"))
    #expect(files == ["boat.jpg"])
    try queue.close()
}

/// Without what SQLite keeps beside an open database.
private func names(in directory: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory)
        .filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }.sorted()
}
