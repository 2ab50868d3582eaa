-- Resends begin anew: what a delivery had behind it when a person queued it once more. Its attempts go on counting,
-- its patience and the rules of the rulebook count from here.
ALTER TABLE delivery ADD COLUMN attempts_before INTEGER NOT NULL DEFAULT 0
    CONSTRAINT "a delivery has no more attempts behind it than it had" CHECK (attempts_before BETWEEN 0 AND attempts);
ALTER TABLE delivery ADD COLUMN tries_before INTEGER NOT NULL DEFAULT 0
    CONSTRAINT "a delivery has no more tries behind it than it had" CHECK (tries_before BETWEEN 0 AND tries);
