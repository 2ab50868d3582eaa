-- The press: what a publication's letters say under its name, where answers go, and how they look (a JSON object; what it
-- does not name is as by default, domain/theme.rs).
ALTER TABLE publication ADD COLUMN motto TEXT CONSTRAINT "a motto says something" CHECK (motto <> '');
ALTER TABLE publication ADD COLUMN reply_to TEXT CONSTRAINT "an address to answer to is one" CHECK (reply_to <> '');
ALTER TABLE publication ADD COLUMN theme TEXT NOT NULL DEFAULT '{}' CONSTRAINT "a theme is an object" CHECK (json_type(theme) = 'object');
