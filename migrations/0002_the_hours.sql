-- The hours: when a publication goes out by itself, and what became of each time.

-- The edition that says what an issue says now; none while it is not submitted as it is. A schedule
-- sends only that one.
ALTER TABLE issue ADD COLUMN edition_id INTEGER REFERENCES edition;

UPDATE issue SET edition_id = (
    SELECT max(e.id) FROM edition AS e WHERE e.issue_id = issue.id AND e.submitted_at >= issue.changed_at
);

CREATE TRIGGER "an issue that changes leaves its edition behind" AFTER UPDATE OF changed_at ON issue
BEGIN UPDATE issue SET edition_id = NULL WHERE id = new.id; END;

-- When a publication goes out by itself, and to which lists (their ids in order, as JSON). `cron` has five
-- fields, read in the publication's zone. `grace` (milliseconds) is how late an occurrence may fire; none is as
-- the settings say. `since` is when it was set, paused or resumed; every occurrence up to `upto` is written down.
CREATE TABLE schedule (
    id             INTEGER PRIMARY KEY,
    publication_id INTEGER NOT NULL REFERENCES publication CONSTRAINT "a publication has one schedule" UNIQUE,
    cron           TEXT NOT NULL,
    lists          TEXT NOT NULL CONSTRAINT "a schedule goes to lists" CHECK (json_array_length(lists) > 0),
    grace          INTEGER CONSTRAINT "a grace is no time backwards" CHECK (grace >= 0),
    state          TEXT NOT NULL CONSTRAINT "a schedule is active or paused" CHECK (state IN ('active', 'paused')),
    since          INTEGER NOT NULL,
    upto           INTEGER NOT NULL CONSTRAINT "hours count from when it was set" CHECK (upto >= since)
) STRICT;

-- One time that a schedule came round, by the minute that a clock on the wall shows then: an hour fires once
-- or never, whatever clocks and zones do. Written in the transaction that plans its dispatch.
CREATE TABLE occurrence (
    schedule_id INTEGER NOT NULL REFERENCES schedule,
    label       TEXT NOT NULL CONSTRAINT "an hour is a minute on the wall" CHECK (label GLOB '????-??-??T??:??'),
    at          INTEGER NOT NULL,
    outcome     TEXT NOT NULL CONSTRAINT "an hour has a known outcome" CHECK (outcome IN ('fired', 'nothing-ready', 'missed')),
    why         TEXT,
    dispatch_id INTEGER REFERENCES dispatch CONSTRAINT "a dispatch has one hour" UNIQUE,
    noted_at    INTEGER NOT NULL,
    CONSTRAINT "an hour comes once" PRIMARY KEY (schedule_id, label),
    CONSTRAINT "what fired has its dispatch" CHECK ((outcome = 'fired') = (dispatch_id IS NOT NULL)),
    CONSTRAINT "what did not fire says why" CHECK ((outcome = 'fired') = (why IS NULL))
) STRICT, WITHOUT ROWID;
