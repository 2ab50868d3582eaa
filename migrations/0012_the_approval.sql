-- Approval: who put which edition forward, and what the issue said then.

-- One asking for approval. The same edition may be put forward once more, after another. `contents` is what the
-- issue said, so that reviewers see what is different since; none for what was submitted before this table was.
CREATE TABLE submission (
    id         INTEGER PRIMARY KEY,
    issue_id   INTEGER NOT NULL REFERENCES issue,
    edition_id INTEGER NOT NULL REFERENCES edition,
    actor      TEXT NOT NULL,
    contents   TEXT CONSTRAINT "what was submitted is JSON" CHECK (json_valid(contents)),
    at         INTEGER NOT NULL
) STRICT;

CREATE INDEX submission_by_issue ON submission (issue_id, id);
CREATE INDEX submission_by_edition ON submission (edition_id);

CREATE TRIGGER "a submission never changes" BEFORE UPDATE ON submission
BEGIN SELECT RAISE(ABORT, 'a submission never changes'); END;

INSERT INTO submission (issue_id, edition_id, actor, at)
SELECT e.issue_id, e.id, a.actor, a.at FROM audit AS a JOIN edition AS e ON e.id = a.noun_id
WHERE a.noun = 'edition' AND a.verb = 'submit' ORDER BY a.id;

-- Whether who put an edition forward may approve it too: for an office in which there is nobody else.
ALTER TABLE publication ADD COLUMN own_approval INTEGER NOT NULL DEFAULT 0
    CONSTRAINT "approving one's own is allowed or not" CHECK (own_approval IN (0, 1));

-- An issue's test letters, the newest first.
CREATE INDEX delivery_trial_by_issue ON delivery (issue_id, id) WHERE purpose = 'trial';
