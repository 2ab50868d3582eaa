-- The API: tokens by which programs act for an account, and the requests that they may repeat.

-- A program's way in. Its bearer holds the secret, the table only its SHA-256. It acts as its account, within
-- `scopes` (words with a space between, RFC 6749 §3.3), at one publication where one is named, and never further than
-- the account may at the time. Revoked, its row goes; the audit keeps that it was, so that no
-- number is given twice.
CREATE TABLE token (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id     INTEGER NOT NULL REFERENCES account,
    publication_id INTEGER REFERENCES publication,
    digest         BLOB NOT NULL CONSTRAINT "a token has its own secret" UNIQUE
                   CONSTRAINT "a token's digest has 32 bytes" CHECK (length(digest) = 32),
    name           TEXT NOT NULL CONSTRAINT "a token has a name" CHECK (name <> ''),
    scopes         TEXT NOT NULL CONSTRAINT "a token has a scope" CHECK (scopes <> ''),
    made_at        INTEGER NOT NULL,
    ends_at        INTEGER NOT NULL CONSTRAINT "a token ends after it was made" CHECK (ends_at > made_at),
    used_at        INTEGER
) STRICT;

CREATE INDEX token_by_account ON token (account_id);

-- A request with an Idempotency-Key. While it runs it has neither `acted` nor `code`; `acted` is written in the
-- transaction of what it does, `code` and `answer` when that is answered. Rows go after 24 hours, and with their token; no
-- number is given twice, so that a late answer finds its own row or none.
CREATE TABLE idempotency (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    token_id    INTEGER NOT NULL REFERENCES token ON DELETE CASCADE,
    key         TEXT NOT NULL,
    fingerprint BLOB NOT NULL CONSTRAINT "a fingerprint has 32 bytes" CHECK (length(fingerprint) = 32),
    begun_at    INTEGER NOT NULL,
    acted       INTEGER NOT NULL DEFAULT 0 CONSTRAINT "acted is 0 or 1" CHECK (acted IN (0, 1)),
    code        INTEGER,
    answer      TEXT,
    CONSTRAINT "a token uses a key once" UNIQUE (token_id, key),
    CONSTRAINT "an answer has its code" CHECK ((code IS NULL) = (answer IS NULL))
) STRICT;

CREATE INDEX idempotency_by_age ON idempotency (begun_at);
