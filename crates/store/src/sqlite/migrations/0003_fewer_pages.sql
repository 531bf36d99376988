-- Fewer pages for each invitation: accounts have leaves of their own in every index, so that an
-- index more is a page more to log and sync.

-- How many objects are unanswered; the account's row is written anyway.
ALTER TABLE accounts ADD COLUMN unanswered INTEGER NOT NULL DEFAULT 0;
UPDATE accounts SET unanswered =
    (SELECT count(*) FROM objects WHERE account = accounts.id AND objects.unanswered = 1);
DROP INDEX objects_unanswered;
CREATE TRIGGER unanswered_added AFTER INSERT ON objects WHEN new.unanswered = 1 BEGIN
    UPDATE accounts SET unanswered = unanswered + 1 WHERE id = new.account;
END;
CREATE TRIGGER unanswered_changed AFTER UPDATE OF unanswered ON objects
WHEN new.unanswered <> old.unanswered BEGIN
    UPDATE accounts SET unanswered = unanswered + new.unanswered - old.unanswered
    WHERE id = new.account;
END;
CREATE TRIGGER unanswered_deleted AFTER DELETE ON objects WHEN old.unanswered = 1 BEGIN
    UPDATE accounts SET unanswered = unanswered - 1 WHERE id = old.account;
END;

-- The change whose text is that of `after`, which is NULL then.
ALTER TABLE decisions ADD COLUMN after_revision INTEGER;

ALTER TABLE job_contents RENAME TO job_contents_before;
CREATE TABLE job_contents (
    account INTEGER NOT NULL,
    job     TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (account, job),
    FOREIGN KEY (account, job) REFERENCES jobs ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO job_contents SELECT account, job, content FROM job_contents_before;
DROP TABLE job_contents_before;
