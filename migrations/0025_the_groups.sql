-- Groups: readers chosen by a rule (domain/group.rs), kept as programs read it. A number is never given again: links
-- to a group that is gone must not lead to another.
CREATE TABLE saved_group (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    publication_id INTEGER NOT NULL REFERENCES publication,
    name           TEXT NOT NULL CONSTRAINT "a group has a name" CHECK (name <> ''),
    rule           TEXT NOT NULL CONSTRAINT "a group's rule is JSON" CHECK (json_valid(rule)),
    revision       INTEGER NOT NULL,
    CONSTRAINT "a group has its own name in its publication" UNIQUE (publication_id, name)
) STRICT;

-- Readers by the provider behind their address, in the order in which they became known.
CREATE INDEX subscriber_by_lane ON subscriber (lane);
