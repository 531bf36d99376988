-- What a mail is about and what it waits for (rules F2 and F8), and whether the owner's changes of what
-- is in a calendar are mailed.

ALTER TABLE mails ADD COLUMN uid TEXT NOT NULL DEFAULT '';
ALTER TABLE mails ADD COLUMN hold INTEGER NOT NULL DEFAULT 0;       -- 0 nothing, 1 answer, 2 invitation
CREATE INDEX mails_held ON mails (account, uid) WHERE hold <> 0;
ALTER TABLE calendars ADD COLUMN invites INTEGER NOT NULL DEFAULT 1;
