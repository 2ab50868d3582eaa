-- Numbers of deliveries are given once, whatever is restored.

-- The highest number that a delivery may have had, by the journal too: a restored database gives out higher ones only,
-- for a letter's Message-ID and its links are made of its number. It rises with `mark`.
ALTER TABLE station ADD COLUMN given INTEGER NOT NULL DEFAULT 0
    CONSTRAINT "numbers of deliveries count from 0" CHECK (given >= 0);
