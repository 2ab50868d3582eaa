-- Notices of which nobody knows whether they came: there are few, and an admin's home asks for them.
CREATE INDEX notice_uncertain ON delivery (id) WHERE state = 'uncertain' AND purpose = 'notice' AND settled_by IS NULL;
