-- What changed in the scheduling inbox (RFC 6638, 2.2), whose items are objects that wait for an answer:
-- noted where a change is written anyway, so that an invitation costs no page more.

-- The last change of an item, or of which are there.
ALTER TABLE accounts ADD COLUMN inbox INTEGER NOT NULL DEFAULT 0;
-- Whether the object was an item before the change or is one since.
ALTER TABLE changes ADD COLUMN inbox INTEGER NOT NULL DEFAULT 0;
-- The revision that it was dismissed with.
ALTER TABLE dismissed ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;

UPDATE changes SET inbox = 1 WHERE EXISTS (SELECT 1 FROM objects
    WHERE objects.account = changes.account AND objects.calendar = changes.calendar
      AND objects.name = changes.name AND objects.revision = changes.revision AND unanswered = 1);
UPDATE accounts SET inbox = revision WHERE unanswered > 0;
