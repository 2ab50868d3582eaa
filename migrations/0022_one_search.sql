-- The log finds readers as their pages do, by `subscriber_words` alone (docs/decisions/0016).

DROP INDEX subscriber_by_name;

DROP INDEX subscriber_by_unit;
