-- How a mail came whose data is kept for its owner to apply by hand: the Date field settles which of two
-- versions counts, a list pins no sender, and an answer goes out from where the mail was delivered to
-- (rules C2, B3 and C8).
ALTER TABLE decisions ADD COLUMN date INTEGER;
ALTER TABLE decisions ADD COLUMN through_list INTEGER;
ALTER TABLE decisions ADD COLUMN delivered_to TEXT NOT NULL DEFAULT '';
