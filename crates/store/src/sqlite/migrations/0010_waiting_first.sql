-- What waits for an answer is found without a walk over all that the account has: it has a stretch of its
-- own in the index of first and last instants. An index for it alone would cost each invitation a page.
DROP INDEX objects_span;
CREATE INDEX objects_span ON objects (account, unanswered, calendar, is_long, last, first, name);
