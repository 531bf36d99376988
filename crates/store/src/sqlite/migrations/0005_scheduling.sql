-- What scheduling over DAV needs beside the objects (RFC 6638).

-- The last change of an object that matters to whoever edits it (3.2.10). NULL: the last one of all;
-- then it takes no room, and is read without the text.
ALTER TABLE objects ADD COLUMN schedule_tag INTEGER;

-- Invitations that their owner took out of the inbox without an answer.
CREATE TABLE dismissed (
    account  INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    calendar TEXT NOT NULL,
    name     TEXT NOT NULL,
    PRIMARY KEY (account, calendar, name)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER dismissed_deleted AFTER DELETE ON objects BEGIN
    DELETE FROM dismissed WHERE account = old.account AND calendar = old.calendar AND name = old.name;
END;

-- These names in paths are the inbox's and the outbox's now; a calendar that had one has its id.
UPDATE calendars SET segment = NULL WHERE segment IN ('inbox', 'outbox');
