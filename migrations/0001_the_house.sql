-- The tables of Yizhan, one paragraph each. Moments are milliseconds since 1970 (UTC). Every
-- constraint has a name that says, as a sentence, what is then true; a refusal names it.
-- States are drawn in docs/states.md and typed in src/domain.

-- The station itself: one row. `boot` is the epoch; it rises each time a process takes the right
-- to send, and rows in hand carry it, so that what an older process held can be told apart.
-- `key` makes tokens; it lives here so that one backup keeps old links alive.
CREATE TABLE station (
    id   INTEGER PRIMARY KEY CONSTRAINT "there is one station" CHECK (id = 1),
    boot INTEGER NOT NULL CONSTRAINT "the epoch counts from 0" CHECK (boot >= 0),
    key  BLOB NOT NULL CONSTRAINT "the key has 32 bytes" CHECK (length(key) = 32)
) STRICT;

-- A periodical: its name, the sender it writes as, its rules.
CREATE TABLE publication (
    id           INTEGER PRIMARY KEY,
    slug         TEXT NOT NULL CONSTRAINT "a publication has its own short name" UNIQUE,
    name         TEXT NOT NULL CONSTRAINT "a publication has a name" CHECK (name <> ''),
    from_name    TEXT,
    from_address TEXT NOT NULL,
    compiled_by  TEXT,
    approvals    INTEGER NOT NULL CONSTRAINT "0 to 3 approvals" CHECK (approvals BETWEEN 0 AND 3),
    language     TEXT NOT NULL CONSTRAINT "a language Yizhan writes" CHECK (language IN ('zh-CN', 'en')),
    zone         TEXT NOT NULL,
    undated      TEXT NOT NULL CONSTRAINT "undated is ask or dispatch-day" CHECK (undated IN ('ask', 'dispatch-day')),
    created_at   INTEGER NOT NULL
) STRICT;

-- Bytes kept once by their SHA-256.
CREATE TABLE asset (
    digest BLOB PRIMARY KEY CONSTRAINT "a digest has 32 bytes" CHECK (length(digest) = 32),
    bytes  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- A file as an editor brought it. The same bytes for the same publication are one document, and
-- so one issue, however often they are brought.
CREATE TABLE document (
    id             INTEGER PRIMARY KEY,
    publication_id INTEGER NOT NULL REFERENCES publication,
    digest         BLOB NOT NULL REFERENCES asset,
    name           TEXT NOT NULL,
    conservation   TEXT NOT NULL CONSTRAINT "the balance is JSON" CHECK (json_valid(conservation)),
    taken_in_at    INTEGER NOT NULL,
    CONSTRAINT "the same bytes make one document" UNIQUE (publication_id, digest)
) STRICT;

-- One number of a publication. It has no state: what an editor sees is derived from editions,
-- approvals and dispatches. `facts` is what it says beside its articles (masthead, dating, colophon).
CREATE TABLE issue (
    id             INTEGER PRIMARY KEY,
    publication_id INTEGER NOT NULL REFERENCES publication,
    document_id    INTEGER NOT NULL REFERENCES document CONSTRAINT "a document makes one issue" UNIQUE,
    year           INTEGER,
    number         INTEGER CONSTRAINT "numbers count from 1" CHECK (number >= 1),
    facts          TEXT NOT NULL CONSTRAINT "the facts are JSON" CHECK (json_valid(facts)),
    changed_at     INTEGER NOT NULL
) STRICT;

-- One piece in an issue, in its place; its body is typed blocks as JSON.
CREATE TABLE article (
    issue_id INTEGER NOT NULL REFERENCES issue,
    position INTEGER NOT NULL CONSTRAINT "places count from 1" CHECK (position >= 1),
    section  TEXT,
    title    TEXT NOT NULL,
    source   TEXT,
    author   TEXT,
    blocks   TEXT NOT NULL CONSTRAINT "the blocks are JSON" CHECK (json_valid(blocks)),
    PRIMARY KEY (issue_id, position)
) STRICT, WITHOUT ROWID;

-- What an import found: questions that must be answered before submission, and notes.
CREATE TABLE flag (
    issue_id INTEGER NOT NULL REFERENCES issue,
    position INTEGER NOT NULL,
    id       TEXT NOT NULL,
    finding  TEXT NOT NULL CONSTRAINT "the finding is JSON" CHECK (json_valid(finding)),
    line     INTEGER,
    choices  TEXT NOT NULL CONSTRAINT "the choices are JSON" CHECK (json_valid(choices)),
    answer   TEXT,
    PRIMARY KEY (issue_id, position),
    CONSTRAINT "a flag has its own name within the issue" UNIQUE (issue_id, id)
) STRICT, WITHOUT ROWID;

-- An issue frozen: its print as JSON, and the digest over it that is approved.
CREATE TABLE edition (
    id           INTEGER PRIMARY KEY,
    issue_id     INTEGER NOT NULL REFERENCES issue,
    digest       BLOB NOT NULL CONSTRAINT "an edition's digest has 32 bytes" CHECK (length(digest) = 32),
    print        TEXT NOT NULL CONSTRAINT "the print is JSON" CHECK (json_valid(print)),
    submitted_at INTEGER NOT NULL,
    CONSTRAINT "the same print makes one edition" UNIQUE (issue_id, digest)
) STRICT;

CREATE TRIGGER "an edition never changes" BEFORE UPDATE ON edition
BEGIN SELECT RAISE(ABORT, 'an edition never changes'); END;

-- One reviewer's yes or no to one edition. A later answer of the same reviewer replaces the
-- earlier by coming after it; both stay.
CREATE TABLE approval (
    id         INTEGER PRIMARY KEY,
    edition_id INTEGER NOT NULL REFERENCES edition,
    actor      TEXT NOT NULL,
    answer     TEXT NOT NULL CONSTRAINT "an approval is a yes or a no" CHECK (answer IN ('yes', 'no')),
    why        TEXT CONSTRAINT "a no says why" CHECK (answer = 'yes' OR why <> ''),
    at         INTEGER NOT NULL
) STRICT;

CREATE INDEX approval_by_edition ON approval (edition_id, actor);

-- A named readership of one publication.
CREATE TABLE list (
    id             INTEGER PRIMARY KEY,
    publication_id INTEGER NOT NULL REFERENCES publication,
    slug           TEXT NOT NULL,
    name           TEXT NOT NULL CONSTRAINT "a list has a name" CHECK (name <> ''),
    CONSTRAINT "a list has its own short name in its publication" UNIQUE (publication_id, slug)
) STRICT;

-- A person, known by one address; `address_key` is the address in lower case. `lane` is the
-- provider behind its domain. `person` is what a roster says of them.
CREATE TABLE subscriber (
    id          INTEGER PRIMARY KEY,
    address     TEXT NOT NULL,
    address_key TEXT NOT NULL CONSTRAINT "one person has one address" UNIQUE,
    lane        TEXT NOT NULL,
    name        TEXT,
    person      TEXT NOT NULL CONSTRAINT "what is known of a person is JSON" CHECK (json_valid(person)),
    added_at    INTEGER NOT NULL
) STRICT;

-- One subscriber's consent to one list. pending: asked, not confirmed; active: letters go;
-- ended: none go, and why. An import never revives an ended one.
CREATE TABLE subscription (
    id            INTEGER PRIMARY KEY,
    list_id       INTEGER NOT NULL REFERENCES list,
    subscriber_id INTEGER NOT NULL REFERENCES subscriber,
    state         TEXT NOT NULL CONSTRAINT "a subscription is pending, active or ended" CHECK (state IN ('pending', 'active', 'ended')),
    basis         TEXT NOT NULL CONSTRAINT "a basis is duty, self or gift" CHECK (basis IN ('duty', 'self', 'gift')),
    why           TEXT,
    since         INTEGER NOT NULL,
    CONSTRAINT "one consent for each reader and list" UNIQUE (subscriber_id, list_id),
    CONSTRAINT "an ended subscription says why, a living one does not" CHECK ((state = 'ended') = (why IS NOT NULL))
) STRICT;

CREATE INDEX subscription_by_list ON subscription (list_id, state);

-- An address that must not be written to, and why.
CREATE TABLE suppression (
    address_key TEXT PRIMARY KEY,
    why         TEXT NOT NULL CONSTRAINT "a suppression says why" CHECK (why <> ''),
    delivery_id INTEGER,
    since       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The decision to send one edition to one or more lists (`lists`: their ids in order, as JSON) at
-- one time. `upto` is the highest subscription id at its hour, `cursor` how far its audience has
-- been written down. `tally` is stored when it closes, so that old dispatches cost nothing to show.
CREATE TABLE dispatch (
    id         INTEGER PRIMARY KEY,
    edition_id INTEGER NOT NULL REFERENCES edition,
    issue_id   INTEGER NOT NULL REFERENCES issue,
    round      INTEGER NOT NULL CONSTRAINT "rounds count from 0" CHECK (round >= 0),
    lists      TEXT NOT NULL CONSTRAINT "the lists are JSON" CHECK (json_valid(lists)),
    at         INTEGER NOT NULL,
    phase      TEXT NOT NULL CONSTRAINT "a dispatch is in a known phase"
               CHECK (phase IN ('planned', 'opening', 'open', 'paused', 'cancelling', 'closed', 'cancelled')),
    why        TEXT,
    upto       INTEGER,
    cursor     INTEGER,
    opened_at  INTEGER,
    closed_at  INTEGER,
    audience   INTEGER,
    tally      TEXT,
    planned_by TEXT NOT NULL,
    planned_at INTEGER NOT NULL,
    CONSTRAINT "an opening dispatch knows how far it is" CHECK (phase <> 'opening' OR (upto IS NOT NULL AND cursor IS NOT NULL)),
    CONSTRAINT "a dispatch that opened knows its audience" CHECK (phase NOT IN ('open', 'paused', 'closed') OR (audience IS NOT NULL AND opened_at IS NOT NULL)),
    CONSTRAINT "a closed dispatch keeps its tally" CHECK ((phase IN ('closed', 'cancelled')) = (tally IS NOT NULL)),
    CONSTRAINT "a dispatch that is over says when" CHECK ((phase IN ('closed', 'cancelled')) = (closed_at IS NOT NULL)),
    CONSTRAINT "a paused dispatch says why" CHECK (phase <> 'paused' OR why IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX "an issue is dispatched once to the same lists in a round" ON dispatch (issue_id, lists, round)
WHERE phase NOT IN ('cancelling', 'cancelled');

CREATE INDEX dispatch_by_phase ON dispatch (phase);

-- Which lists a dispatch goes to: `dispatch.lists` as rows, for the gate.
CREATE TABLE dispatch_list (
    dispatch_id INTEGER NOT NULL REFERENCES dispatch,
    list_id     INTEGER NOT NULL REFERENCES list,
    PRIMARY KEY (dispatch_id, list_id)
) STRICT, WITHOUT ROWID;

-- Readers on a dispatch's lists who are not in its audience, and why: they had left or were
-- suppressed before their chunk was written, or have this issue from another dispatch.
CREATE TABLE left_out (
    dispatch_id   INTEGER NOT NULL REFERENCES dispatch,
    subscriber_id INTEGER NOT NULL REFERENCES subscriber,
    why           TEXT NOT NULL CONSTRAINT "left out for a known reason" CHECK (why IN ('left', 'suppressed', 'elsewhere')),
    PRIMARY KEY (dispatch_id, subscriber_id)
) STRICT, WITHOUT ROWID;

-- The duty to bring one letter to one address for one purpose, and how that ended. `attempts` are
-- those that count against patience, `tries` all. `boot` says whose hands it is in. `address` is a
-- snapshot and may be blanked once settled.
CREATE TABLE delivery (
    id            INTEGER PRIMARY KEY,
    purpose       TEXT NOT NULL CONSTRAINT "a letter is for an issue or a trial" CHECK (purpose IN ('issue', 'trial')),
    dispatch_id   INTEGER REFERENCES dispatch,
    edition_id    INTEGER NOT NULL REFERENCES edition,
    issue_id      INTEGER NOT NULL REFERENCES issue,
    round         INTEGER NOT NULL,
    subscriber_id INTEGER REFERENCES subscriber,
    address       TEXT NOT NULL,
    name          TEXT,
    lane          TEXT NOT NULL,
    state         TEXT NOT NULL CONSTRAINT "a delivery is in a known state"
                  CHECK (state IN ('queued', 'claimed', 'armed', 'accepted', 'failed', 'expired', 'skipped', 'uncertain')),
    since         INTEGER NOT NULL,
    due_at        INTEGER,
    attempts      INTEGER NOT NULL DEFAULT 0,
    tries         INTEGER NOT NULL DEFAULT 0,
    boot          INTEGER,
    why           TEXT,
    moved_at      INTEGER NOT NULL,
    settled_by    TEXT,
    CONSTRAINT "an issue goes to a subscriber by a dispatch, a trial to an address"
        CHECK ((purpose = 'issue') = (dispatch_id IS NOT NULL) AND (purpose = 'issue') = (subscriber_id IS NOT NULL)),
    CONSTRAINT "only a queued delivery is due, and each is" CHECK ((state = 'queued') = (due_at IS NOT NULL)),
    CONSTRAINT "only a delivery in hand has a boot, and each has" CHECK ((state IN ('claimed', 'armed')) = (boot IS NOT NULL)),
    CONSTRAINT "who failed, was skipped or is uncertain says why" CHECK (state NOT IN ('failed', 'expired', 'skipped', 'uncertain') OR why IS NOT NULL),
    CONSTRAINT "only tried letters end by a relay's word" CHECK (state NOT IN ('accepted', 'failed', 'expired') OR tries > 0),
    CONSTRAINT "what counts was tried" CHECK (attempts BETWEEN 0 AND tries)
) STRICT;

CREATE UNIQUE INDEX "nobody gets an issue twice in a round" ON delivery (issue_id, subscriber_id, round)
WHERE purpose = 'issue' AND state NOT IN ('failed', 'expired', 'skipped');

-- What a dispatch may claim, provider by provider. The dispatch leads, so that the rows of a
-- paused one cost the others nothing; the lane follows, so that no provider starves another.
CREATE INDEX delivery_due ON delivery (dispatch_id, lane, due_at) WHERE state = 'queued';

CREATE INDEX delivery_by_state ON delivery (dispatch_id, state);

CREATE INDEX delivery_in_hand ON delivery (boot) WHERE boot IS NOT NULL;

CREATE INDEX delivery_by_subscriber ON delivery (subscriber_id);

-- One try at a delivery: relay, stage reached, answer, duration. Never changes. `text` has the
-- recipient's address replaced; no address stands here.
CREATE TABLE attempt (
    delivery_id INTEGER NOT NULL REFERENCES delivery,
    number      INTEGER NOT NULL CONSTRAINT "attempts count from 1" CHECK (number >= 1),
    at          INTEGER NOT NULL,
    relay       TEXT NOT NULL,
    stage       TEXT NOT NULL,
    code        INTEGER,
    enhanced    TEXT,
    text        TEXT NOT NULL,
    verdict     TEXT NOT NULL CONSTRAINT "a verdict is one of four"
                CHECK (verdict IN ('accepted', 'later', 'refused', 'uncertain')),
    scope       TEXT,
    counted     INTEGER NOT NULL CONSTRAINT "an attempt counts or not" CHECK (counted IN (0, 1)),
    duration_ms INTEGER NOT NULL CONSTRAINT "an attempt takes time" CHECK (duration_ms >= 0),
    PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER "an attempt never changes" BEFORE UPDATE ON attempt
BEGIN SELECT RAISE(ABORT, 'an attempt never changes'); END;

-- The gate: whether a letter may go, in one place. Asked at the claim and again when arming.
-- 'held' means not now; every other word but 'open' is the reason to skip it.
CREATE VIEW gate AS
SELECT
    d.id AS delivery_id,
    CASE
        WHEN p.phase IN ('cancelling', 'cancelled') THEN 'cancelled'
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

-- Someone who works here.
CREATE TABLE account (
    id    INTEGER PRIMARY KEY,
    email TEXT NOT NULL CONSTRAINT "an account has its own address" UNIQUE,
    role  TEXT NOT NULL CONSTRAINT "a role is admin, editor, reviewer or auditor" CHECK (role IN ('admin', 'editor', 'reviewer', 'auditor'))
) STRICT;

-- Who did what, when. Ids only, never an address.
CREATE TABLE audit (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    verb    TEXT NOT NULL,
    noun    TEXT NOT NULL,
    noun_id INTEGER,
    detail  TEXT
) STRICT;

CREATE TRIGGER "the audit never changes" BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit never changes'); END;

CREATE TRIGGER "the audit forgets nothing" BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit forgets nothing'); END;
