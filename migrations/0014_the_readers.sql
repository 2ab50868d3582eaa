-- Readers and lists at the desk: found among a million without a scan, counted without counting, and brought in by
-- rosters that can be taken back.

-- What pages filter by, out of `person`; and what they search, its pieces set apart so that a word of one or two
-- characters can be looked for where a piece begins or ends.
ALTER TABLE subscriber ADD COLUMN organisation TEXT GENERATED ALWAYS AS (person ->> '$.organisation') VIRTUAL;
ALTER TABLE subscriber ADD COLUMN region TEXT GENERATED ALWAYS AS (person ->> '$.region') VIRTUAL;
ALTER TABLE subscriber ADD COLUMN category TEXT GENERATED ALWAYS AS (person ->> '$.category') VIRTUAL;
ALTER TABLE subscriber ADD COLUMN words TEXT GENERATED ALWAYS AS (
    '¦¦' || coalesce(name, '') || '¦¦' || coalesce(person ->> '$.organisation', '') || '¦¦' || address || '¦¦'
) VIRTUAL;

CREATE INDEX subscriber_by_organisation ON subscriber (organisation) WHERE organisation IS NOT NULL;

CREATE INDEX subscriber_by_region ON subscriber (region) WHERE region IS NOT NULL;

CREATE INDEX subscriber_by_category ON subscriber (category) WHERE category IS NOT NULL;

-- Three characters at a time, over `subscriber.words`; it holds no text of its own.
CREATE VIRTUAL TABLE subscriber_words USING fts5 (words, content = '', tokenize = 'trigram');

INSERT INTO subscriber_words (rowid, words) SELECT id, words FROM subscriber;

CREATE TRIGGER "who is added can be found" AFTER INSERT ON subscriber
BEGIN INSERT INTO subscriber_words (rowid, words) VALUES (new.id, new.words); END;

CREATE TRIGGER "who changes is found as they are now" AFTER UPDATE ON subscriber WHEN old.words <> new.words
BEGIN
    INSERT INTO subscriber_words (subscriber_words, rowid, words) VALUES ('delete', old.id, old.words);
    INSERT INTO subscriber_words (rowid, words) VALUES (new.id, new.words);
END;

CREATE TRIGGER "who is taken out is found no more" AFTER DELETE ON subscriber
BEGIN INSERT INTO subscriber_words (subscriber_words, rowid, words) VALUES ('delete', old.id, old.words); END;

-- How many subscriptions a list has in each state, and how many of the active ones are 'suppressed': kept by
-- triggers alone.
CREATE TABLE readership (
    list_id INTEGER NOT NULL REFERENCES list,
    state   TEXT NOT NULL,
    readers INTEGER NOT NULL CONSTRAINT "a list has no fewer readers than none" CHECK (readers >= 0),
    PRIMARY KEY (list_id, state)
) STRICT, WITHOUT ROWID;

INSERT INTO readership (list_id, state, readers)
SELECT l.id, s.value, (SELECT count(*) FROM subscription AS c WHERE c.list_id = l.id AND c.state = s.value)
FROM list AS l, json_each('["pending", "active", "ended"]') AS s
UNION ALL
SELECT l.id, 'suppressed', (
    SELECT count(*) FROM suppression AS x JOIN subscriber AS s ON s.address_key = x.address_key
    JOIN subscription AS c ON c.subscriber_id = s.id AND c.list_id = l.id WHERE c.state = 'active'
) FROM list AS l;

CREATE TRIGGER "a new list has no readers" AFTER INSERT ON list
BEGIN
    INSERT INTO readership (list_id, state, readers)
    VALUES (new.id, 'pending', 0), (new.id, 'active', 0), (new.id, 'ended', 0), (new.id, 'suppressed', 0);
END;

CREATE TRIGGER "who joins is counted" AFTER INSERT ON subscription
BEGIN UPDATE readership SET readers = readers + 1 WHERE list_id = new.list_id AND state = new.state; END;

CREATE TRIGGER "who changes their mind is counted anew" AFTER UPDATE OF state ON subscription WHEN old.state <> new.state
BEGIN
    UPDATE readership SET readers = readers - 1 WHERE list_id = old.list_id AND state = old.state;
    UPDATE readership SET readers = readers + 1 WHERE list_id = new.list_id AND state = new.state;
END;

CREATE TRIGGER "who is taken off is counted no more" AFTER DELETE ON subscription
BEGIN UPDATE readership SET readers = readers - 1 WHERE list_id = old.list_id AND state = old.state; END;

CREATE TRIGGER "who joins suppressed is counted" AFTER INSERT ON subscription WHEN new.state = 'active'
BEGIN
    UPDATE readership SET readers = readers + 1 WHERE list_id = new.list_id AND state = 'suppressed' AND EXISTS (
        SELECT 1 FROM subscriber AS s JOIN suppression AS x ON x.address_key = s.address_key WHERE s.id = new.subscriber_id
    );
END;

CREATE TRIGGER "who changes their mind suppressed is counted anew" AFTER UPDATE OF state ON subscription
WHEN (old.state = 'active') <> (new.state = 'active')
BEGIN
    UPDATE readership SET readers = readers + iif(new.state = 'active', 1, -1)
    WHERE list_id = new.list_id AND state = 'suppressed' AND EXISTS (
        SELECT 1 FROM subscriber AS s JOIN suppression AS x ON x.address_key = s.address_key WHERE s.id = new.subscriber_id
    );
END;

CREATE TRIGGER "who is taken off suppressed is counted no more" AFTER DELETE ON subscription WHEN old.state = 'active'
BEGIN
    UPDATE readership SET readers = readers - 1 WHERE list_id = old.list_id AND state = 'suppressed' AND EXISTS (
        SELECT 1 FROM subscriber AS s JOIN suppression AS x ON x.address_key = s.address_key WHERE s.id = old.subscriber_id
    );
END;

CREATE TRIGGER "who is suppressed is counted" AFTER INSERT ON suppression
BEGIN
    UPDATE readership SET readers = readers + 1 WHERE state = 'suppressed' AND list_id IN (
        SELECT c.list_id FROM subscriber AS s JOIN subscription AS c ON c.subscriber_id = s.id
        WHERE s.address_key = new.address_key AND c.state = 'active'
    );
END;

CREATE TRIGGER "whose suppression is lifted is counted no more" AFTER DELETE ON suppression
BEGIN
    UPDATE readership SET readers = readers - 1 WHERE state = 'suppressed' AND list_id IN (
        SELECT c.list_id FROM subscriber AS s JOIN subscription AS c ON c.subscriber_id = s.id
        WHERE s.address_key = old.address_key AND c.state = 'active'
    );
END;

-- A list is read a page at a time, in the order in which its readers became known: all of it, or one state.
DROP INDEX subscription_by_list;

CREATE INDEX subscription_by_list ON subscription (list_id, state, subscriber_id);

CREATE INDEX subscription_in_order ON subscription (list_id, subscriber_id);

-- A roster's file between its preview and the yes to it. Whoever says yes names its digest; after `ends_at`, or
-- once it is brought in, it is gone.
CREATE TABLE roster (
    list_id    INTEGER NOT NULL REFERENCES list,
    digest     BLOB NOT NULL CONSTRAINT "a roster's digest has 32 bytes" CHECK (length(digest) = 32),
    name       TEXT NOT NULL,
    bytes      BLOB NOT NULL,
    ends_at    INTEGER NOT NULL,
    PRIMARY KEY (list_id, digest)
) STRICT;

CREATE INDEX roster_by_end ON roster (ends_at);

-- A roster that was brought in. `digest` tells a second yes to the same preview from a new one.
CREATE TABLE import (
    id        INTEGER PRIMARY KEY,
    list_id   INTEGER NOT NULL REFERENCES list,
    digest    BLOB NOT NULL CONSTRAINT "an import's digest has 32 bytes" CHECK (length(digest) = 32),
    name      TEXT NOT NULL,
    basis     TEXT NOT NULL CONSTRAINT "an import's basis is duty, self or gift" CHECK (basis IN ('duty', 'self', 'gift')),
    rows      INTEGER NOT NULL,
    joined    INTEGER NOT NULL,
    changed   INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    at        INTEGER NOT NULL,
    undone_at INTEGER
) STRICT;

CREATE INDEX import_by_list ON import (list_id, id);

-- What an import did to one reader, so that it can be taken back: who they were before (none where nobody knew
-- them) and after it, and whether they joined the list by it.
CREATE TABLE imported (
    import_id     INTEGER NOT NULL REFERENCES import,
    subscriber_id INTEGER NOT NULL REFERENCES subscriber,
    before        TEXT,
    after         TEXT NOT NULL,
    joined        INTEGER NOT NULL CONSTRAINT "somebody joined or did not" CHECK (joined IN (0, 1)),
    PRIMARY KEY (import_id, subscriber_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX imported_by_reader ON imported (subscriber_id);

-- A reader whom nothing refers to may go with the import that made them; these make sure of it quickly.
CREATE INDEX left_out_by_reader ON left_out (subscriber_id);

CREATE INDEX audit_of_reader ON audit (noun_id, id) WHERE noun = 'subscriber';
