-- Of one event a recipient gets one mail after the other.
CREATE INDEX mails_of_event ON mails (account, uid, recipient) WHERE uid <> '';
