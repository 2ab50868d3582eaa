-- Notices of which nobody knows whether they came: there are few, and an admin's home asks for them.
CREATE INDEX notice_uncertain ON delivery (id) WHERE state = 'uncertain' AND purpose = 'notice' AND settled_by IS NULL;

-- Lines of the imprint of every issue that has none of its own, and whom test letters are offered to.
ALTER TABLE publication ADD COLUMN colophon TEXT NOT NULL DEFAULT '[]' CONSTRAINT "the lines of an imprint are JSON" CHECK (json_valid(colophon));
ALTER TABLE publication ADD COLUMN testers TEXT NOT NULL DEFAULT '[]' CONSTRAINT "addresses are JSON" CHECK (json_valid(testers));
