-- Issues that are the same to their readers: an issue itself, and every other document of its publication's same year
-- and number. Nobody gets two of them in a round.
CREATE VIEW kin AS
SELECT id AS issue_id, id AS kin_id FROM issue
UNION ALL
SELECT i.id, k.id FROM issue AS i
JOIN issue AS k ON k.publication_id = i.publication_id AND k.year = i.year AND k.number = i.number AND k.id <> i.id;
