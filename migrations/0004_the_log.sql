-- The delivery log is read a page at a time, in the order of its rows: of one dispatch, or of one address
-- over all issues.
CREATE INDEX delivery_by_dispatch ON delivery (dispatch_id, id);

CREATE INDEX delivery_by_address ON delivery (lower(address), id);

-- How long a delivery has been put off altogether, in milliseconds: what its patience is measured by. Hours in
-- which nothing was tried, because its dispatch was paused or the relay down, are not in it.
ALTER TABLE delivery ADD COLUMN put_off INTEGER NOT NULL DEFAULT 0
    CONSTRAINT "a delivery is put off for a time" CHECK (put_off >= 0);
