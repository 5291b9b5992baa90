-- The first form of the database. Every table that an append writes to grows at its end only: an index
-- in random order in the durable path costs 5 to 19 times the throughput (docs/internals/store.md).

-- The log. `line` is the entry as it was hashed; read it with json_extract() or jq.
CREATE TABLE entries (
    sequence INTEGER PRIMARY KEY,  -- 0, 1, 2 … without a gap
    line     TEXT NOT NULL
);

-- The names behind the log's subjects. Erasing a row is what makes a person unknown to the ledger.
CREATE TABLE subjects (
    id   INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,  -- 0 user, 1 device, 2 station
    name TEXT NOT NULL,
    salt BLOB NOT NULL      -- opens the commitment in the log
);

-- One signed statement of the log's root for each batch that grew it.
CREATE TABLE tree_heads (
    size     INTEGER PRIMARY KEY,  -- of the log that it signs
    document TEXT NOT NULL
);

-- Hashes of the Merkle tree. id = (255 - level) << 48 | index, so that level 0, which is 255 of 256
-- rows, grows at the table's end.
CREATE TABLE tiles (
    id     INTEGER PRIMARY KEY,
    hashes BLOB NOT NULL
);

-- Small state that is not a right: credentials, alerts, settings of this node.
CREATE TABLE records (
    name  TEXT NOT NULL,  -- of the table it belongs to
    key   BLOB NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (name, key)
) WITHOUT ROWID;

-- Usage as it comes, and the same added up later, outside the durable path.
CREATE TABLE usage_log (
    id      INTEGER PRIMARY KEY,
    day     INTEGER NOT NULL,  -- days since 1970-01-01
    user    INTEGER NOT NULL,  -- subject, or 0
    device  INTEGER NOT NULL,  -- subject, or 0
    product INTEGER NOT NULL,
    host    INTEGER NOT NULL,
    count   INTEGER NOT NULL
);
CREATE INDEX usage_log_by_day ON usage_log (day);

CREATE TABLE usage_days (
    day     INTEGER NOT NULL,
    product INTEGER NOT NULL,
    host    INTEGER NOT NULL,
    user    INTEGER NOT NULL,
    device  INTEGER NOT NULL,
    count   INTEGER NOT NULL,
    PRIMARY KEY (day, product, host, user, device)
) WITHOUT ROWID;

-- One row about the journal itself.
CREATE TABLE journal (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    marks    INTEGER NOT NULL,  -- counts what leaves no other trace: batches without lines, settlings
    wipe_due INTEGER NOT NULL   -- 1: erased names may still stand in the write-ahead log
);
INSERT INTO journal VALUES (1, 0, 0);
