-- The audit as a chain: each line carries the SHA-256 over the line before and itself (domain/audit.rs), so that a line
-- changed, left out or put in is seen. Lines from before the chain have none.
ALTER TABLE audit ADD COLUMN digest BLOB CONSTRAINT "a digest in the audit has 32 bytes" CHECK (length(digest) = 32);
