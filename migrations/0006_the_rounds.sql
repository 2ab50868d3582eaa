-- Rounds: an issue that goes once more to readers who have it, and letters that are tried anew.

-- Why a dispatch goes out, and what a person said of it. Round 0 is the first time; a correction (the issue has
-- changed since, and its letter says so) or a repeat by order takes the next. Who ordered it is `planned_by`.
ALTER TABLE dispatch ADD COLUMN occasion TEXT NOT NULL DEFAULT 'first'
    CONSTRAINT "a dispatch goes out for the first time, as a correction or again" CHECK (occasion IN ('first', 'correction', 'again'))
    CONSTRAINT "only a correction or a repeat takes a later round" CHECK ((occasion = 'first') = (round = 0));
ALTER TABLE dispatch ADD COLUMN because TEXT
    CONSTRAINT "a correction or a repeat says why" CHECK (iif(occasion = 'first', because IS NULL, because <> '' AND because IS NOT NULL));

-- Since when its failures are counted against it (the safety valve, domain/valve.rs): since it opened, was resumed or
-- opened again.
ALTER TABLE dispatch ADD COLUMN counted_from INTEGER;

UPDATE dispatch SET counted_from = opened_at;

-- The edition of the same words without the mark of a correction; none where it has no mark.
ALTER TABLE edition ADD COLUMN unmarked_id INTEGER REFERENCES edition
    CONSTRAINT "an edition is marked once" CHECK (unmarked_id <> id);
