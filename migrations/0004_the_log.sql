-- The delivery log is read a page at a time, in the order of its rows: of one dispatch, or of one address
-- over all issues.
CREATE INDEX delivery_by_dispatch ON delivery (dispatch_id, id);

CREATE INDEX delivery_by_address ON delivery (lower(address), id);
