-- What a page tells of a dispatch with a million letters is counted as they move, not when somebody looks
-- (docs/decisions/0016).

-- How many letters of a dispatch go to each provider: 'all', and those that came to an end, by how. Kept by triggers
-- alone. What is in hand is counted when somebody looks, for it is never much; the rest waits.
CREATE TABLE standing (
    dispatch_id INTEGER NOT NULL REFERENCES dispatch,
    state       TEXT NOT NULL,
    lane        TEXT NOT NULL,
    letters     INTEGER NOT NULL CONSTRAINT "no fewer letters stand so than none" CHECK (letters >= 0),
    PRIMARY KEY (dispatch_id, state, lane)
) STRICT, WITHOUT ROWID;

INSERT INTO standing (dispatch_id, state, lane, letters)
SELECT dispatch_id, state, lane, count(*) FROM delivery
WHERE dispatch_id IS NOT NULL AND state NOT IN ('queued', 'claimed', 'armed') GROUP BY 1, 2, 3
UNION ALL
SELECT dispatch_id, 'all', lane, count(*) FROM delivery WHERE dispatch_id IS NOT NULL GROUP BY 1, 2, 3;

CREATE TRIGGER "a letter stands with its provider" AFTER INSERT ON delivery WHEN new.dispatch_id IS NOT NULL
BEGIN
    INSERT INTO standing (dispatch_id, state, lane, letters) VALUES (new.dispatch_id, 'all', new.lane, 1)
    ON CONFLICT (dispatch_id, state, lane) DO UPDATE SET letters = letters + 1;
END;

CREATE TRIGGER "a letter that comes at its end stands so" AFTER INSERT ON delivery
WHEN new.dispatch_id IS NOT NULL AND new.state NOT IN ('queued', 'claimed', 'armed')
BEGIN
    INSERT INTO standing (dispatch_id, state, lane, letters) VALUES (new.dispatch_id, new.state, new.lane, 1)
    ON CONFLICT (dispatch_id, state, lane) DO UPDATE SET letters = letters + 1;
END;

CREATE TRIGGER "a letter that comes to its end stands so" AFTER UPDATE OF state ON delivery
WHEN new.dispatch_id IS NOT NULL AND new.state <> old.state AND new.state NOT IN ('queued', 'claimed', 'armed')
BEGIN
    INSERT INTO standing (dispatch_id, state, lane, letters) VALUES (new.dispatch_id, new.state, new.lane, 1)
    ON CONFLICT (dispatch_id, state, lane) DO UPDATE SET letters = letters + 1;
END;

CREATE TRIGGER "a letter that leaves its end stands so no more" AFTER UPDATE OF state ON delivery
WHEN new.dispatch_id IS NOT NULL AND new.state <> old.state AND old.state NOT IN ('queued', 'claimed', 'armed')
BEGIN
    UPDATE standing SET letters = letters - 1 WHERE dispatch_id = old.dispatch_id AND state = old.state AND lane = old.lane;
END;

-- Nothing is counted by provider in it any more.
DROP INDEX delivery_by_state;

CREATE INDEX delivery_by_state ON delivery (dispatch_id, state);

-- The pulse without providers: thousands of them, minute by minute, are as many rows as letters. Their speed needs only
-- what they took, and only of the last minutes: `taken`.
CREATE TABLE taken (
    dispatch_id INTEGER NOT NULL REFERENCES dispatch,
    minute      INTEGER NOT NULL,
    lane        TEXT NOT NULL,
    letters     INTEGER NOT NULL CONSTRAINT "what was taken is counted" CHECK (letters > 0),
    PRIMARY KEY (dispatch_id, minute, lane)
) STRICT, WITHOUT ROWID;

INSERT INTO taken (dispatch_id, minute, lane, letters)
SELECT dispatch_id, minute, lane, n FROM pulse
WHERE verdict = 'accepted' AND dispatch_id IN (SELECT id FROM dispatch WHERE phase NOT IN ('closed', 'cancelled'));

CREATE TABLE beat (
    dispatch_id INTEGER NOT NULL REFERENCES dispatch,
    minute      INTEGER NOT NULL,
    verdict     TEXT NOT NULL,
    n           INTEGER NOT NULL CONSTRAINT "a pulse counts attempts" CHECK (n > 0),
    PRIMARY KEY (dispatch_id, minute, verdict)
) STRICT, WITHOUT ROWID;

INSERT INTO beat (dispatch_id, minute, verdict, n)
SELECT dispatch_id, minute, verdict, sum(n) FROM pulse GROUP BY 1, 2, 3;

DROP TRIGGER "an attempt is felt in the pulse";

DROP TABLE pulse;

ALTER TABLE beat RENAME TO pulse;

CREATE TRIGGER "an attempt is felt in the pulse" AFTER INSERT ON attempt
BEGIN
    INSERT INTO pulse (dispatch_id, minute, verdict, n)
    SELECT d.dispatch_id, (new.at + new.duration_ms) / 60000, new.verdict, 1
    FROM delivery AS d WHERE d.id = new.delivery_id AND d.dispatch_id IS NOT NULL
    ON CONFLICT (dispatch_id, minute, verdict) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER "what a provider takes is counted" AFTER INSERT ON attempt WHEN new.verdict = 'accepted'
BEGIN
    INSERT INTO taken (dispatch_id, minute, lane, letters)
    SELECT d.dispatch_id, (new.at + new.duration_ms) / 60000, d.lane, 1
    FROM delivery AS d WHERE d.id = new.delivery_id AND d.dispatch_id IS NOT NULL
    ON CONFLICT (dispatch_id, minute, lane) DO UPDATE SET letters = letters + 1;
END;

-- Why a letter did not arrive: what the last answer was about, beside the letter, so that reasons are counted in an index
-- alone. It means nothing while the letter waits, or where it was taken.
ALTER TABLE delivery ADD COLUMN scope TEXT;

UPDATE delivery SET scope = (SELECT a.scope FROM attempt AS a WHERE a.delivery_id = delivery.id AND a.number = delivery.tries)
WHERE state IN ('failed', 'expired');

CREATE TRIGGER "a letter knows what its last answer was about" AFTER INSERT ON attempt WHEN new.verdict <> 'accepted'
BEGIN UPDATE delivery SET scope = new.scope WHERE id = new.delivery_id; END;

CREATE INDEX delivery_by_reason ON delivery (dispatch_id, state, scope, why)
WHERE state IN ('failed', 'expired', 'skipped', 'uncertain');
