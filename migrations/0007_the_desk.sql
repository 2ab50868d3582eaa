-- The desk: who signs in, and where each may work.

-- `password` is an Argon2id hash in PHC form; none until its owner has chosen one. Failed sign-ins in a row are
-- counted, and after some the next is not listened to before `rests_until`. Nobody signs in to a closed account.
ALTER TABLE account ADD COLUMN name TEXT;
ALTER TABLE account ADD COLUMN password TEXT;
ALTER TABLE account ADD COLUMN failures INTEGER NOT NULL DEFAULT 0
    CONSTRAINT "failed sign-ins count from 0" CHECK (failures >= 0);
ALTER TABLE account ADD COLUMN rests_until INTEGER;
ALTER TABLE account ADD COLUMN closed_at INTEGER;

-- An account with posts works only at those publications, in each by the role of its post; one without any works at
-- all of them by its own role.
CREATE TABLE post (
    account_id     INTEGER NOT NULL REFERENCES account,
    publication_id INTEGER NOT NULL REFERENCES publication,
    role           TEXT NOT NULL CONSTRAINT "a post's role is admin, editor, reviewer or auditor"
                   CHECK (role IN ('admin', 'editor', 'reviewer', 'auditor')),
    PRIMARY KEY (account_id, publication_id)
) STRICT, WITHOUT ROWID;

-- A browser in which somebody signed in. Its cookie holds the secret, the table only its SHA-256. `device` is what
-- the browser calls itself, cut short.
CREATE TABLE session (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account,
    digest     BLOB NOT NULL CONSTRAINT "a session has its own secret" UNIQUE
               CONSTRAINT "a session's digest has 32 bytes" CHECK (length(digest) = 32),
    device     TEXT NOT NULL,
    begun_at   INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX session_by_account ON session (account_id);

-- A link by which somebody chooses a password, once. One without an account makes the first of all.
CREATE TABLE invitation (
    digest     BLOB PRIMARY KEY CONSTRAINT "an invitation's digest has 32 bytes" CHECK (length(digest) = 32),
    account_id INTEGER REFERENCES account,
    ends_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
