-- The cap per sender counts from the index alone, though events that the owner let in by hand do not
-- count (rule B7): reading each record for its notes cost more than all else of an invitation.
DROP INDEX decisions_added;
CREATE INDEX decisions_added ON decisions (account, sender_folded, decided)
WHERE outcome = 'added' AND instr(notes, '"by-hand"') = 0;
