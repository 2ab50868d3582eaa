-- What a database must know to tell that it is older than its journal (data/journal, docs/decisions/0011), or
-- has been moved, and who has left by the journal's word.

-- `mark` says how far sending has come; it rises together with the journal's, so a database with a lower mark
-- than its journal has missed letters. `heard` is how many bytes of the journal it knows; none where it has had
-- no journal yet. `place` is a digest of machine and folder where it sends. While `held` says why, nothing is
-- sent. `backup_at` is when it was last backed up.
ALTER TABLE station ADD COLUMN mark INTEGER NOT NULL DEFAULT 0 CONSTRAINT "the mark counts from 0" CHECK (mark >= 0);
ALTER TABLE station ADD COLUMN heard INTEGER CONSTRAINT "what was heard of the journal counts from 0" CHECK (heard >= 0);
ALTER TABLE station ADD COLUMN place BLOB CONSTRAINT "a place has 16 bytes" CHECK (length(place) = 16);
ALTER TABLE station ADD COLUMN held TEXT CONSTRAINT "a held station says why" CHECK (held <> '');
ALTER TABLE station ADD COLUMN backup_at INTEGER;

-- Who has left, by the journal, after a backup that was restored was made. Kept beside the subscriptions, for the
-- reader may be known here under another id, or not yet; a roster must not bring them back. `reader` is the seal
-- of an address (domain/journal.rs), `list` is '' where every list of the publication was left.
CREATE TABLE departure (
    reader      BLOB NOT NULL CONSTRAINT "a reader's seal has 16 bytes" CHECK (length(reader) = 16),
    publication TEXT NOT NULL,
    list        TEXT NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (reader, publication, list)
) STRICT, WITHOUT ROWID;
