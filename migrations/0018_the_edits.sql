-- Editing in place: what editors change in an issue's articles, deed by deed.

-- A title's name within its issue, of the same row as its blocks' names; none in rows from before, which are named by
-- their place when they are read.
ALTER TABLE article ADD COLUMN title_id INTEGER CONSTRAINT "titles are named from 0" CHECK (title_id >= 0);

-- One deed: what it changed (`patch`: steps with what was before and what is now, from which it is undone), and what all
-- edits up to it took out and added (`balance`: characters with their counts). `named` is the highest name that a title or
-- block of the issue had had then, so that none is given twice. An undo or redo is a row too, `of` the deed that it undoes
-- or does again; that deed's `undone` says whether it holds now. Nothing else of a row ever changes.
CREATE TABLE edit (
    id       INTEGER PRIMARY KEY,
    issue_id INTEGER NOT NULL REFERENCES issue,
    number   INTEGER NOT NULL CONSTRAINT "edits count from 1" CHECK (number >= 1),
    actor    TEXT NOT NULL,
    at       INTEGER NOT NULL,
    verb     TEXT NOT NULL CONSTRAINT "an edit is of a known kind"
             CHECK (verb IN ('keep', 'split', 'merge', 'up', 'down', 'remove', 'add', 'anew', 'undo', 'redo')),
    patch    TEXT NOT NULL CONSTRAINT "a patch is JSON" CHECK (json_valid(patch)),
    balance  TEXT NOT NULL CONSTRAINT "the balance of edits is JSON" CHECK (json_valid(balance)),
    named    INTEGER NOT NULL,
    of       INTEGER CONSTRAINT "an undo comes after its deed" CHECK (of < number),
    undone   INTEGER NOT NULL DEFAULT 0 CONSTRAINT "a deed holds or is undone" CHECK (undone IN (0, 1)),
    CONSTRAINT "edits of an issue are numbered" UNIQUE (issue_id, number),
    CONSTRAINT "an undo or redo says of what" CHECK ((verb IN ('undo', 'redo')) = (of IS NOT NULL)),
    CONSTRAINT "only deeds are undone" CHECK (of IS NULL OR undone = 0)
) STRICT;

CREATE INDEX edit_by_actor ON edit (issue_id, actor, undone, number) WHERE of IS NULL;

CREATE TRIGGER "an edit never changes"
BEFORE UPDATE OF issue_id, number, actor, at, verb, patch, balance, named, of ON edit
BEGIN SELECT RAISE(ABORT, 'an edit never changes'); END;
