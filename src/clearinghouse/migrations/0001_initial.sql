-- Moments are seconds of UTC since 1970; pack ids are 32 hex digits, license server ids as printed.
CREATE TABLE accounts(
    name TEXT PRIMARY KEY, role INTEGER NOT NULL, password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE tokens(
    digest TEXT PRIMARY KEY, account TEXT NOT NULL, label TEXT NOT NULL, expires_at INTEGER)
    WITHOUT ROWID;
CREATE TABLE products(
    code TEXT PRIMARY KEY, terms TEXT NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE customers(
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, contact TEXT NOT NULL, country TEXT NOT NULL,
    created_at INTEGER NOT NULL);
CREATE TABLE orders(
    id INTEGER PRIMARY KEY, customer INTEGER NOT NULL, product TEXT NOT NULL, kind TEXT NOT NULL,
    quantity INTEGER NOT NULL, used INTEGER NOT NULL, channel TEXT NOT NULL, program TEXT,
    agreement TEXT, expires_at INTEGER, maintained_until INTEGER, created_at INTEGER NOT NULL);
-- Only the hash of a key is kept: whoever reads this file learns none.
CREATE TABLE product_keys(
    hash BLOB PRIMARY KEY, batch INTEGER NOT NULL, redeemed_at INTEGER, redeemed_by TEXT, pack TEXT)
    WITHOUT ROWID;
-- What the keys of one run are worth.
CREATE TABLE key_batches(
    id INTEGER PRIMARY KEY, product TEXT NOT NULL, kind TEXT NOT NULL, quantity INTEGER NOT NULL,
    count INTEGER NOT NULL, channel TEXT NOT NULL, customer INTEGER, order_id INTEGER,
    valid_days INTEGER, maintained_days INTEGER, made_at INTEGER NOT NULL, made_by TEXT NOT NULL);
CREATE TABLE servers(
    id TEXT PRIMARY KEY, identity TEXT, state TEXT NOT NULL, customer INTEGER,
    company TEXT NOT NULL, contact TEXT NOT NULL, country TEXT NOT NULL,
    asked_at INTEGER NOT NULL, epoch INTEGER NOT NULL, size INTEGER NOT NULL,
    serial INTEGER NOT NULL, activated_until INTEGER NOT NULL, replaced_by TEXT,
    first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE packs(
    pack TEXT PRIMARY KEY, server TEXT NOT NULL, document TEXT NOT NULL, product TEXT NOT NULL,
    kind TEXT NOT NULL, quantity INTEGER NOT NULL, channel TEXT NOT NULL, program TEXT,
    agreement TEXT, expires_at INTEGER, maintained_until INTEGER, renewal INTEGER NOT NULL,
    order_id INTEGER, customer INTEGER, issued_at INTEGER NOT NULL, came_from TEXT,
    replaced_by TEXT, revoked_at INTEGER, revoked_in INTEGER, why TEXT) WITHOUT ROWID;
CREATE INDEX packs_of_server ON packs(server);
-- What was answered to which request, so that a repeated one gets the same again.
CREATE TABLE answers(
    server TEXT NOT NULL, nonce TEXT NOT NULL, request BLOB NOT NULL, answer TEXT NOT NULL,
    serial INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(server, nonce)) WITHOUT ROWID;
CREATE TABLE moves(
    id INTEGER PRIMARY KEY, old TEXT NOT NULL, new TEXT NOT NULL, source TEXT NOT NULL,
    at INTEGER NOT NULL);
CREATE TABLE counters(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counters VALUES('serial', 0), ('status_list', 1), ('pack_serial', 0);
-- What was done, by whom. Nothing is ever changed or removed here.
CREATE TABLE events(
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, account TEXT NOT NULL, what TEXT NOT NULL,
    server TEXT NOT NULL, detail TEXT NOT NULL);
CREATE INDEX events_of_server ON events(server);
CREATE TRIGGER events_stay BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events stay as they are'); END;
CREATE TRIGGER events_are_kept BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are kept'); END;
CREATE TABLE approvals(
    id INTEGER PRIMARY KEY, act TEXT NOT NULL, body TEXT NOT NULL, account TEXT NOT NULL,
    asked_at INTEGER NOT NULL, approved_by TEXT, done_at INTEGER);
