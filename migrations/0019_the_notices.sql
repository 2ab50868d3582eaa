-- Notices: what the house says by letter to those who work here. They are deliveries like others, of no edition.

-- A letter is of an edition, but for a notice. What is loosened here says nothing of the rows that are there, and
-- there may be millions of them: so the table's text is changed, not the table, as SQLite's manual has it for such
-- constraints (lang_altertable, "Making Other Kinds Of Table Schema Changes"); its indexes and triggers stay.
PRAGMA writable_schema = ON;

UPDATE sqlite_schema SET sql = replace(replace(replace(replace(sql,
    '"a letter is for an issue or a trial" CHECK (purpose IN (''issue'', ''trial''))',
    '"a letter is for an issue, a trial or a notice" CHECK (purpose IN (''issue'', ''trial'', ''notice''))'),
    'edition_id    INTEGER NOT NULL REFERENCES edition',
    'edition_id    INTEGER REFERENCES edition CONSTRAINT "a letter is of an edition, a notice of none" CHECK ((purpose = ''notice'') = (edition_id IS NULL))'),
    'issue_id      INTEGER NOT NULL REFERENCES issue',
    'issue_id      INTEGER REFERENCES issue CONSTRAINT "a letter is of an issue, a notice of none" CHECK ((purpose = ''notice'') = (issue_id IS NULL))'),
    '"an issue goes to a subscriber by a dispatch, a trial to an address"',
    '"an issue goes to a subscriber by a dispatch, any other letter to an address"')
WHERE type = 'table' AND name = 'delivery';

PRAGMA writable_schema = RESET;

-- What a notice is about, to whom, in which language. `about` (domain/notice.rs) holds facts of the moment that it
-- tells of, never a secret: a link that lets its bearer in is minted when the letter is made. `mark` names what
-- happened, so that nobody is told of it twice.
CREATE TABLE notice (
    delivery_id INTEGER PRIMARY KEY REFERENCES delivery,
    account_id  INTEGER NOT NULL REFERENCES account,
    kind        TEXT NOT NULL CONSTRAINT "a notice is of a known kind"
                CHECK (kind IN ('reset', 'review', 'sent-back', 'over', 'paused', 'reminder')),
    mark        TEXT NOT NULL,
    language    TEXT NOT NULL CONSTRAINT "a notice is in a language Yizhan writes" CHECK (language IN ('zh-CN', 'en')),
    about       TEXT NOT NULL CONSTRAINT "what a notice is about is JSON" CHECK (json_valid(about)),
    CONSTRAINT "nobody is told of the same thing twice" UNIQUE (account_id, kind, mark)
) STRICT;

CREATE INDEX notice_by_account ON notice (account_id, delivery_id);

CREATE TRIGGER "a notice never changes" BEFORE UPDATE ON notice
BEGIN SELECT RAISE(ABORT, 'a notice never changes'); END;

-- Whether the house sends notices, by the settings of who sends: with a sender, a relay and an address of its pages.
ALTER TABLE station ADD COLUMN sends_notices INTEGER NOT NULL DEFAULT 0
    CONSTRAINT "notices go or not" CHECK (sends_notices IN (0, 1));

-- Which notices somebody wants, in which language (none is the publication's), and the letter whose link lets its
-- bearer choose a new password: the last one, until a password is chosen. The link's secret is drawn when the letter is
-- made; only its digest is kept, so that no copy of the database opens anything.
ALTER TABLE account ADD COLUMN wants_reviews INTEGER NOT NULL DEFAULT 1
    CONSTRAINT "reviews are wanted or not" CHECK (wants_reviews IN (0, 1));
ALTER TABLE account ADD COLUMN wants_ends INTEGER NOT NULL DEFAULT 1
    CONSTRAINT "ends are wanted or not" CHECK (wants_ends IN (0, 1));
ALTER TABLE account ADD COLUMN wants_reminders INTEGER NOT NULL DEFAULT 1
    CONSTRAINT "reminders are wanted or not" CHECK (wants_reminders IN (0, 1));
ALTER TABLE account ADD COLUMN language TEXT
    CONSTRAINT "an account's letters are in a language Yizhan writes" CHECK (language IN ('zh-CN', 'en'));
ALTER TABLE account ADD COLUMN reset_id INTEGER REFERENCES notice;
ALTER TABLE account ADD COLUMN reset_digest BLOB
    CONSTRAINT "a link's digest has 32 bytes" CHECK (length(reset_digest) = 32);

-- Up to which of its hours a schedule was looked ahead to, for a reminder.
ALTER TABLE schedule ADD COLUMN looked_ahead_to INTEGER;

-- The gate lets notices through, but not to a closed account, nor a link that opens nothing any more. It does not ask
-- whether their address is suppressed: who keeps readers must not keep an admin from their password.
DROP VIEW gate;

CREATE VIEW gate AS
SELECT
    d.id AS delivery_id,
    CASE
        WHEN p.phase IN ('cancelling', 'cancelled') THEN 'cancelled'
        WHEN d.purpose = 'notice' THEN iif(EXISTS (
            SELECT 1 FROM notice AS n JOIN account AS a ON a.id = n.account_id
            WHERE n.delivery_id = d.id AND a.closed_at IS NULL AND (n.kind <> 'reset' OR a.reset_id = d.id)
        ), 'open', 'cancelled')
        WHEN EXISTS (SELECT 1 FROM suppression AS s WHERE s.address_key = lower(d.address)) THEN 'suppressed'
        WHEN d.purpose = 'trial' THEN 'open'
        WHEN NOT EXISTS (
            SELECT 1
            FROM dispatch_list AS l
            JOIN subscription AS c ON c.subscriber_id = d.subscriber_id AND c.list_id = l.list_id AND c.state = 'active'
            WHERE l.dispatch_id = d.dispatch_id
        ) THEN 'left'
        WHEN p.phase = 'open' THEN 'open'
        ELSE 'held'
    END AS answer
FROM delivery AS d
LEFT JOIN dispatch AS p ON p.id = d.dispatch_id;
