require ["variables", "enotify", "fileinto", "envelope", "imap4flags", "copy", "extlists", "mailbox",
    "relational", "subaddress", "encoded-character", "comparator-i;ascii-numeric"];
# What comes with an event.
if exists "X-ME-Cal-UID" {
    notify "updatecal";
    if allof(header :is "X-ME-Cal-Method" "request", address :list "X-ME-Cal-Sender" ":addrbook:default") {
        notify :importance "2" :options "calendarId=work-1" "addcal";
        fileinto :create :flags ["\\Seen", "$Event"] "Calendar/New";
    }
} elsif anyof(size :over 10K, not header :matches ["Subject", "From"] "*[?]*", envelope :detail "to" "x") {
    set :lower :upperfirst "name" "${1} and ${hex: 41}";
    if string :count "ge" :comparator "i;ascii-numeric" "${name}" "1" { redirect :copy "c@example.net"; }
    addflag "\\Flagged";
    if mailboxexists "Old" { keep; } else { discard; stop; }
}
set "t" text:
a
..b
.
;
