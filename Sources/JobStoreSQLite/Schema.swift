import GRDB

/// The tables, as a list of migrations that is only ever appended to.
///
/// Times are milliseconds since 1970; enumerations their raw values; JSON where only Swift reads.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 queue, catalogue, event log") { db in
            try db.execute(sql: items + jobs + log + tallies)
        }
        migrator.registerMigration("2 what a job redoes, what jobs have cost") { db in
            try db.execute(sql: "ALTER TABLE job ADD COLUMN redoesAll INTEGER NOT NULL DEFAULT 0")
            try db.execute(
                sql: "CREATE TABLE experience (kind TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT")
            try db.execute(
                sql: "CREATE INDEX itemBySource ON item(sha256) WHERE sha256 IS NOT NULL")
            for entity in ["item", "job"] {
                try db.execute(
                    sql: """
                        CREATE TRIGGER \(entity)Removed AFTER DELETE ON \(entity) BEGIN
                            UPDATE tally SET count = count - 1
                                WHERE entity = '\(entity)' AND state = old.state;
                        END
                        """)
            }
        }
        migrator.registerMigration("3 answers to repeated requests") { db in
            try db.execute(sql: answers)
        }
        migrator.registerMigration("4 members that are erased, events of an item") { db in
            try db.execute(sql: erasures)
        }
        migrator.registerMigration("5 turns of members") { db in
            try db.execute(sql: turns)
        }
        migrator.registerMigration("6 how long items play") { db in
            try db.execute(sql: "ALTER TABLE item ADD COLUMN durationSeconds REAL")
        }
        migrator.registerMigration("7 what attempts failed by") { db in
            try db.execute(sql: "ALTER TABLE attempt ADD COLUMN tools TEXT")
        }
        return migrator
    }

    /// `row` makes paging stable: items can share a millisecond. Each filter has an index that
    /// also delivers the order, so no list sorts.
    private static let items = """
        CREATE TABLE item (
            row INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            kind TEXT,
            state TEXT NOT NULL,
            generation INTEGER NOT NULL,
            fileName TEXT NOT NULL,
            byteCount INTEGER NOT NULL,
            sha256 TEXT,
            owner TEXT,
            recipe TEXT,
            receivedAt INTEGER NOT NULL,
            updatedAt INTEGER NOT NULL,
            manifestPath TEXT,
            failure TEXT,
            jobID INTEGER,
            isQuarantined INTEGER NOT NULL,
            sidecar TEXT NOT NULL
        ) STRICT;
        CREATE INDEX itemByTime ON item(receivedAt);
        CREATE INDEX itemByState ON item(state, receivedAt);
        CREATE INDEX itemByKind ON item(kind, receivedAt);
        CREATE INDEX itemByOwner ON item(owner, receivedAt);
        CREATE INDEX itemToQuarantine ON item(row) WHERE state = 'failed' AND isQuarantined = 0;

        """

    /// A new item and its job refer to each other, hence the deferred reference. `oneLiveJob` is the last line of defence: not even a mistake of ours can make an item be
    /// processed twice at once. The partial indices hold only the rows that wait, so a claim costs
    /// the same beside a million completed jobs as beside none.
    private static let jobs = """
        CREATE TABLE job (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            itemID TEXT NOT NULL REFERENCES item(id) DEFERRABLE INITIALLY DEFERRED,
            recipe TEXT NOT NULL,
            identity TEXT NOT NULL,
            lane TEXT NOT NULL,
            priority INTEGER NOT NULL,
            state TEXT NOT NULL,
            runAfter INTEGER NOT NULL,
            createdAt INTEGER NOT NULL,
            updatedAt INTEGER NOT NULL,
            leaseHolder TEXT,
            leaseToken INTEGER,
            leaseExpiresAt INTEGER,
            total INTEGER NOT NULL,
            crashed INTEGER NOT NULL,
            transient INTEGER NOT NULL,
            abandoned INTEGER NOT NULL,
            failure TEXT,
            cancelRequested INTEGER NOT NULL,
            progress TEXT,
            furthestPercent INTEGER NOT NULL,
            priorGeneration INTEGER NOT NULL,
            resultGeneration INTEGER
        ) STRICT;
        CREATE UNIQUE INDEX oneLiveJob ON job(itemID)
            WHERE state IN ('available', 'running', 'retryable', 'held');
        CREATE INDEX jobToClaim ON job(lane, priority DESC, id) WHERE state = 'available';
        CREATE INDEX jobDue ON job(runAfter) WHERE state = 'retryable';
        CREATE INDEX jobRunning ON job(id) WHERE state = 'running';
        CREATE INDEX jobByState ON job(state, id);
        CREATE INDEX jobByItem ON job(itemID, id);
        CREATE TABLE attempt (
            jobID INTEGER NOT NULL REFERENCES job(id),
            number INTEGER NOT NULL,
            holder TEXT NOT NULL,
            startedAt INTEGER NOT NULL,
            endedAt INTEGER,
            outcome TEXT,
            failure TEXT,
            workerPID INTEGER,
            cpuSeconds REAL,
            PRIMARY KEY (jobID, number)
        ) STRICT, WITHOUT ROWID;

        """

    private static let log = """
        CREATE TABLE event (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            time INTEGER NOT NULL,
            type TEXT NOT NULL,
            itemID TEXT,
            jobID INTEGER,
            payload TEXT NOT NULL
        ) STRICT;
        CREATE TABLE pause (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            since INTEGER NOT NULL,
            until INTEGER
        ) STRICT;

        """

    /// A day's worth, so it stays small.
    private static let answers = """
        CREATE TABLE answer (
            key TEXT NOT NULL PRIMARY KEY,
            fingerprint TEXT NOT NULL,
            status INTEGER NOT NULL,
            body BLOB NOT NULL,
            keptAt INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX answerByTime ON answer(keptAt);

        """

    /// What is left of a member: the wish to be erased until it is fulfilled, and which entries of the
    /// log name items that were removed before.
    private static let erasures = """
        CREATE TABLE erasure (owner TEXT NOT NULL PRIMARY KEY, since INTEGER NOT NULL) STRICT;
        CREATE TABLE departed (sequence INTEGER PRIMARY KEY, owner TEXT NOT NULL) STRICT;
        CREATE INDEX departedByOwner ON departed(owner);
        CREATE INDEX eventByItem ON event(itemID) WHERE itemID IS NOT NULL;

        """

    /// See `FairShare`. A claim reads the first rows of one index, as before.
    private static let turns = """
        ALTER TABLE job ADD COLUMN turn REAL NOT NULL DEFAULT 0;
        ALTER TABLE job ADD COLUMN cost REAL NOT NULL DEFAULT 0;
        DROP INDEX jobToClaim;
        CREATE INDEX jobToClaim ON job(lane, priority DESC, turn, id) WHERE state = 'available';
        CREATE TABLE share (
            lane TEXT NOT NULL,
            owner TEXT NOT NULL,
            turn REAL NOT NULL,
            PRIMARY KEY (lane, owner)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE laneTurn (lane TEXT NOT NULL PRIMARY KEY, turn REAL NOT NULL) STRICT;

        """

    /// Counting a million rows takes long, so triggers keep the figures.
    private static let tallies: String =
        """
        CREATE TABLE tally (
            entity TEXT NOT NULL,
            state TEXT NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (entity, state)
        ) STRICT, WITHOUT ROWID;

        """
        + ["item", "job"].map { entity in
            """
            CREATE TRIGGER \(entity)Counted AFTER INSERT ON \(entity) BEGIN
                INSERT INTO tally VALUES ('\(entity)', new.state, 1)
                    ON CONFLICT DO UPDATE SET count = count + 1;
            END;
            CREATE TRIGGER \(entity)Moved AFTER UPDATE OF state ON \(entity)
            WHEN old.state <> new.state BEGIN
                UPDATE tally SET count = count - 1
                    WHERE entity = '\(entity)' AND state = old.state;
                INSERT INTO tally VALUES ('\(entity)', new.state, 1)
                    ON CONFLICT DO UPDATE SET count = count + 1;
            END;

            """
        }.joined()
}
