-- Calendars and address books as DAV sees them: paths, properties, first and last instants, sync.

ALTER TABLE calendars ADD COLUMN segment TEXT;  -- its name in a path; NULL: its id

-- From when to when an object is, in milliseconds and a day wider at both ends, for no zone is
-- regarded; where that is not known, from the beginning to the end of time.
ALTER TABLE objects ADD COLUMN first INTEGER NOT NULL DEFAULT -9223372036854775808;
ALTER TABLE objects ADD COLUMN last INTEGER NOT NULL DEFAULT 9223372036854775807;
ALTER TABLE objects ADD COLUMN is_long INTEGER NOT NULL DEFAULT 1;
CREATE INDEX objects_span ON objects (account, calendar, is_long, last, first, name);

CREATE INDEX changes_collection ON changes (account, calendar, revision);

CREATE TABLE books (
    account    INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id         TEXT NOT NULL,
    name       TEXT NOT NULL,
    segment    TEXT,                            -- as in calendars
    is_default INTEGER NOT NULL,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX books_default ON books (account) WHERE is_default = 1;

CREATE TABLE cards (
    account  INTEGER NOT NULL,
    book     TEXT NOT NULL,
    name     TEXT NOT NULL,
    uid      TEXT NOT NULL,                     -- empty: not known
    revision INTEGER NOT NULL,
    text     BLOB NOT NULL,
    PRIMARY KEY (account, book, name),
    FOREIGN KEY (account, book) REFERENCES books ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX cards_uid ON cards (account, book, uid) WHERE uid <> '';

CREATE TABLE card_addresses (
    account INTEGER NOT NULL,
    book    TEXT NOT NULL,
    name    TEXT NOT NULL,
    number  INTEGER NOT NULL,
    address TEXT NOT NULL,
    domain  TEXT NOT NULL,
    folded  TEXT NOT NULL,
    PRIMARY KEY (account, book, name, number),
    FOREIGN KEY (account, book, name) REFERENCES cards ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX card_addresses_address ON card_addresses (account, domain, folded);

INSERT INTO books (account, id, name, is_default)
    SELECT id, lower(hex(randomblob(16))), 'Contacts', 1 FROM accounts;
INSERT INTO cards (account, book, name, uid, revision, text)
    SELECT contacts.account, books.id, contacts.name, '', accounts.revision
           + row_number() OVER (PARTITION BY contacts.account ORDER BY contacts.name), text
    FROM contacts JOIN books ON books.account = contacts.account
    JOIN accounts ON accounts.id = contacts.account;
INSERT INTO changes (account, revision, calendar, name, uid, at, text)
    SELECT account, revision, book, name, uid, 0, text FROM cards;
UPDATE accounts SET revision = revision + (SELECT count(*) FROM cards WHERE account = accounts.id);
INSERT INTO card_addresses (account, book, name, number, address, domain, folded)
    SELECT contact_addresses.account, books.id, contact_addresses.name, number, address, domain, folded
    FROM contact_addresses JOIN books ON books.account = contact_addresses.account;
DROP TABLE contact_addresses;
DROP TABLE contacts;

-- Properties that clients set; those of the collection itself have an empty member.
CREATE TABLE properties (
    account    INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    collection TEXT NOT NULL,
    member     TEXT NOT NULL,
    namespace  TEXT NOT NULL,
    name       TEXT NOT NULL,
    value      TEXT NOT NULL,                   -- the whole element, as XML
    PRIMARY KEY (account, collection, member, namespace, name)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER objects_deleted AFTER DELETE ON objects BEGIN
    DELETE FROM properties WHERE account = old.account AND collection = old.calendar AND member = old.name;
END;
CREATE TRIGGER cards_deleted AFTER DELETE ON cards BEGIN
    DELETE FROM properties WHERE account = old.account AND collection = old.book AND member = old.name;
END;
CREATE TRIGGER calendars_deleted AFTER DELETE ON calendars BEGIN
    DELETE FROM properties WHERE account = old.account AND collection = old.id;
END;
CREATE TRIGGER books_deleted AFTER DELETE ON books BEGIN
    DELETE FROM properties WHERE account = old.account AND collection = old.id;
END;

CREATE TABLE app_passwords (
    account INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id      TEXT NOT NULL,                      -- the password begins with it
    label   TEXT NOT NULL,
    hash    TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
