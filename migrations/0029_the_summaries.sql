-- Summaries: whether a publication's letters hold its issues whole, or the beginning of each article with a link to the page
-- on which all of it stands; and whether there are such pages, by the settings of who sends.
ALTER TABLE publication ADD COLUMN extent TEXT NOT NULL DEFAULT 'full'
    CONSTRAINT "letters hold all or summaries" CHECK (extent IN ('full', 'summary'));
ALTER TABLE station ADD COLUMN has_pages INTEGER NOT NULL DEFAULT 0
    CONSTRAINT "there are pages or not" CHECK (has_pages IN (0, 1));
