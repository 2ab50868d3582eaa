-- What the desk needs to find one letter among millions, and to draw how a dispatch went, without reading all of it
-- (docs/decisions/0016).

-- One or two letters find what begins with them; an address is found so by its own index.
CREATE INDEX subscriber_by_name ON subscriber (lower(name));

CREATE INDEX subscriber_by_unit ON subscriber (lower(person ->> '$.organisation'));

-- How a dispatch stands, state by state and provider by provider, is counted in the index alone.
DROP INDEX delivery_by_state;

CREATE INDEX delivery_by_state ON delivery (dispatch_id, state, lane);

-- Letters that did not arrive, over all dispatches: the few that somebody looks for.
CREATE INDEX delivery_not_arrived ON delivery (state, id) WHERE state IN ('failed', 'expired', 'skipped', 'uncertain');

-- How many attempts of a dispatch ended how, minute by minute and provider by provider: the attempts, summed up as they
-- are written down, so that no page has to.
CREATE TABLE pulse (
    dispatch_id INTEGER NOT NULL REFERENCES dispatch,
    minute      INTEGER NOT NULL,
    lane        TEXT NOT NULL,
    verdict     TEXT NOT NULL,
    n           INTEGER NOT NULL CONSTRAINT "a pulse counts attempts" CHECK (n > 0),
    PRIMARY KEY (dispatch_id, minute, lane, verdict)
) STRICT, WITHOUT ROWID;

INSERT INTO pulse (dispatch_id, minute, lane, verdict, n)
SELECT d.dispatch_id, (a.at + a.duration_ms) / 60000, d.lane, a.verdict, count(*)
FROM attempt AS a JOIN delivery AS d ON d.id = a.delivery_id WHERE d.dispatch_id IS NOT NULL GROUP BY 1, 2, 3, 4;

CREATE TRIGGER "an attempt is felt in the pulse" AFTER INSERT ON attempt
BEGIN
    INSERT INTO pulse (dispatch_id, minute, lane, verdict, n)
    SELECT d.dispatch_id, (new.at + new.duration_ms) / 60000, d.lane, new.verdict, 1
    FROM delivery AS d WHERE d.id = new.delivery_id AND d.dispatch_id IS NOT NULL
    ON CONFLICT (dispatch_id, minute, lane, verdict) DO UPDATE SET n = n + 1;
END;
