-- Every key begins with the account. Small rows are stored in their key's tree (WITHOUT ROWID);
-- long texts and messages have tables of their own, so that a change of state does not rewrite
-- them. Times are milliseconds since 1970-01-01T00:00:00Z.

CREATE TABLE accounts (
    id       INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
    name     TEXT NOT NULL,
    password TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,        -- the last one given out
    decision INTEGER NOT NULL DEFAULT 0         -- the last one given out
) STRICT;

CREATE TABLE addresses (
    account INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    number  INTEGER NOT NULL,                   -- 0: the main address
    address TEXT NOT NULL,
    domain  TEXT NOT NULL,                      -- in lower case
    local   TEXT NOT NULL,                      -- as written
    folded  TEXT NOT NULL,                      -- the local part in lower case
    PRIMARY KEY (account, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX addresses_owner ON addresses (domain, folded);

CREATE TABLE calendars (
    account    INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id         TEXT NOT NULL,
    name       TEXT NOT NULL,
    is_default INTEGER NOT NULL,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX calendars_default ON calendars (account) WHERE is_default = 1;

CREATE TABLE objects (
    account    INTEGER NOT NULL,
    calendar   TEXT NOT NULL,
    name       TEXT NOT NULL,
    uid        TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    unanswered INTEGER NOT NULL,
    text       BLOB NOT NULL,
    PRIMARY KEY (account, calendar, name),
    FOREIGN KEY (account, calendar) REFERENCES calendars ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX objects_uid ON objects (account, uid, calendar);
CREATE INDEX objects_unanswered ON objects (account) WHERE unanswered = 1;

CREATE TABLE changes (
    account  INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    calendar TEXT NOT NULL,
    name     TEXT NOT NULL,
    uid      TEXT NOT NULL,
    decision INTEGER,
    at       INTEGER NOT NULL,
    text     BLOB,                              -- NULL: deleted
    PRIMARY KEY (account, revision)
) STRICT;

CREATE TABLE states (
    account  INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    uid      TEXT NOT NULL,
    revision INTEGER NOT NULL,
    json     TEXT NOT NULL,
    PRIMARY KEY (account, uid)
) STRICT;

-- Which messages a state keeps because they came too early (rule D3).
CREATE TABLE early (
    account INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    uid     TEXT NOT NULL,
    number  INTEGER NOT NULL,
    sender  TEXT NOT NULL,                      -- folded
    at      INTEGER NOT NULL,
    PRIMARY KEY (account, uid, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX early_sender ON early (account, sender, at);
CREATE INDEX early_at ON early (at);

CREATE TABLE contacts (
    account INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    name    TEXT NOT NULL,
    text    BLOB NOT NULL,
    PRIMARY KEY (account, name)
) STRICT;

CREATE TABLE contact_addresses (
    account INTEGER NOT NULL,
    name    TEXT NOT NULL,
    number  INTEGER NOT NULL,
    address TEXT NOT NULL,
    domain  TEXT NOT NULL,
    folded  TEXT NOT NULL,
    PRIMARY KEY (account, name, number),
    FOREIGN KEY (account, name) REFERENCES contacts ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_addresses_address ON contact_addresses (account, domain, folded);

CREATE TABLE preferences (
    account INTEGER NOT NULL PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    json    TEXT NOT NULL
) STRICT;

CREATE TABLE scripts (
    account INTEGER NOT NULL PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    source  TEXT NOT NULL
) STRICT;

CREATE TABLE decisions (
    account        INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id             INTEGER NOT NULL,
    job            TEXT NOT NULL,
    method         TEXT NOT NULL,
    uid            TEXT NOT NULL,
    summary        TEXT NOT NULL,
    message_id     TEXT NOT NULL,
    outcome        TEXT NOT NULL,
    reason         TEXT NOT NULL,
    notes          TEXT NOT NULL,               -- a JSON array
    sender         TEXT NOT NULL,
    sender_folded  TEXT NOT NULL,
    authentication TEXT NOT NULL,
    calendar       TEXT,
    name           TEXT,
    received       INTEGER NOT NULL,
    decided        INTEGER NOT NULL,
    before         BLOB,
    after          BLOB,
    suggestion     BLOB,
    PRIMARY KEY (account, id)
) STRICT;
CREATE UNIQUE INDEX decisions_job ON decisions (account, job);
CREATE INDEX decisions_added ON decisions (account, sender_folded, decided) WHERE outcome = 'added';

-- States of jobs and mails: 0 held, 1 ready, 2 parked.
CREATE TABLE jobs (
    account  INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id       TEXT NOT NULL,
    state    INTEGER NOT NULL,
    due      INTEGER NOT NULL,                  -- held: the lease; parked: since when
    received INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    error    TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_ready ON jobs (account, due, id) WHERE state = 1;
CREATE INDEX jobs_due ON jobs (due) WHERE state = 1;

CREATE TABLE job_contents (
    account INTEGER NOT NULL,
    job     TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (account, job),
    FOREIGN KEY (account, job) REFERENCES jobs ON DELETE CASCADE
) STRICT;

-- Deliveries that hold or held a job that is not done.
CREATE TABLE job_holds (
    account  INTEGER NOT NULL,
    job      TEXT NOT NULL,
    number   INTEGER NOT NULL,
    node     TEXT NOT NULL,
    process  TEXT NOT NULL,
    delivery INTEGER NOT NULL,
    lease    INTEGER NOT NULL,
    released INTEGER NOT NULL DEFAULT 0,
    detail   TEXT NOT NULL,
    PRIMARY KEY (account, job, number),
    FOREIGN KEY (account, job) REFERENCES jobs ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX job_holds_open ON job_holds (node, process, lease) WHERE released = 0;

-- Keys of jobs and mails that are done and left no decision, so that they are not done again.
CREATE TABLE done (
    account INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    kind    INTEGER NOT NULL,                   -- 0 job, 1 mail
    id      TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (account, kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX done_at ON done (at);

CREATE TABLE mails (
    account      INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id           TEXT NOT NULL,
    kind         TEXT NOT NULL,
    reverse_path TEXT NOT NULL,
    recipient    TEXT NOT NULL,
    not_before   INTEGER NOT NULL,
    expires      INTEGER NOT NULL,
    state        INTEGER NOT NULL DEFAULT 1,
    due          INTEGER NOT NULL,
    received     INTEGER NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    error        TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mails_due ON mails (due) WHERE state = 1;

CREATE TABLE mail_messages (
    account INTEGER NOT NULL,
    mail    TEXT NOT NULL,
    message BLOB NOT NULL,
    PRIMARY KEY (account, mail),
    FOREIGN KEY (account, mail) REFERENCES mails ON DELETE CASCADE
) STRICT;
