-- The review: the pages of the desk look for the issues of a publication and the dispatches of an issue.

CREATE INDEX issue_by_publication ON issue (publication_id, year, number);

CREATE INDEX dispatch_by_issue ON dispatch (issue_id);
