-- Re-import: a corrected document comes into an issue that was read from another before.

-- The document that the issue was read from last; none while that is the one that made it (`document_id`, which never
-- changes). `names` says how the passages of that document, as its reader names them, are called in the issue.
ALTER TABLE issue ADD COLUMN source_id INTEGER REFERENCES document;
ALTER TABLE issue ADD COLUMN names TEXT NOT NULL DEFAULT '{}' CONSTRAINT "the names of passages are JSON" CHECK (json_valid(names));

CREATE INDEX issue_by_source ON issue (source_id) WHERE source_id IS NOT NULL;

-- A corrected document between its comparison and the yes to it.
CREATE TABLE brought (
    issue_id INTEGER NOT NULL REFERENCES issue,
    digest   BLOB NOT NULL CONSTRAINT "a brought document's digest has 32 bytes" CHECK (length(digest) = 32),
    name     TEXT NOT NULL,
    bytes    BLOB NOT NULL,
    ends_at  INTEGER NOT NULL,
    PRIMARY KEY (issue_id, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX brought_by_end ON brought (ends_at);

-- Edits know one kind more.
CREATE TABLE edit_anew (
    id       INTEGER PRIMARY KEY,
    issue_id INTEGER NOT NULL REFERENCES issue,
    number   INTEGER NOT NULL CONSTRAINT "edits count from 1" CHECK (number >= 1),
    actor    TEXT NOT NULL,
    at       INTEGER NOT NULL,
    verb     TEXT NOT NULL CONSTRAINT "an edit is of a known kind"
             CHECK (verb IN ('keep', 'split', 'merge', 'up', 'down', 'remove', 'add', 'anew', 'reimport', 'undo', 'redo')),
    patch    TEXT NOT NULL CONSTRAINT "a patch is JSON" CHECK (json_valid(patch)),
    balance  TEXT NOT NULL CONSTRAINT "the balance of edits is JSON" CHECK (json_valid(balance)),
    named    INTEGER NOT NULL,
    of       INTEGER CONSTRAINT "an undo comes after its deed" CHECK (of < number),
    undone   INTEGER NOT NULL DEFAULT 0 CONSTRAINT "a deed holds or is undone" CHECK (undone IN (0, 1)),
    CONSTRAINT "edits of an issue are numbered" UNIQUE (issue_id, number),
    CONSTRAINT "an undo or redo says of what" CHECK ((verb IN ('undo', 'redo')) = (of IS NOT NULL)),
    CONSTRAINT "only deeds are undone" CHECK (of IS NULL OR undone = 0)
) STRICT;

INSERT INTO edit_anew SELECT * FROM edit;
DROP TABLE edit;
ALTER TABLE edit_anew RENAME TO edit;

CREATE INDEX edit_by_actor ON edit (issue_id, actor, undone, number) WHERE of IS NULL;

CREATE TRIGGER "an edit never changes"
BEFORE UPDATE OF issue_id, number, actor, at, verb, patch, balance, named, of ON edit
BEGIN SELECT RAISE(ABORT, 'an edit never changes'); END;

-- What a re-import changed beside the passages, which are in its edit: `before` and `after` hold the document, the names, the
-- facts, the questions with their answers, and the lines of the passages. It never changes.
CREATE TABLE reimport (
    issue_id INTEGER NOT NULL REFERENCES issue,
    number   INTEGER NOT NULL,
    before   TEXT NOT NULL CONSTRAINT "what was is JSON" CHECK (json_valid(before)),
    after    TEXT NOT NULL CONSTRAINT "what is is JSON" CHECK (json_valid(after)),
    PRIMARY KEY (issue_id, number),
    FOREIGN KEY (issue_id, number) REFERENCES edit (issue_id, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER "a reimport never changes" BEFORE UPDATE ON reimport
BEGIN SELECT RAISE(ABORT, 'a reimport never changes'); END;
