Extensions that change how mail is delivered: RFC 3894, 5232, 5490.

#== RFC 3894: copies leave the implicit keep
#> fileinto a copy
#> redirect b@example.com copy
#> keep
require ["copy", "fileinto"];
fileinto :copy "a"; redirect :copy "b@example.com";

#== RFC 3894: a copy and the message itself in one mailbox
#> fileinto a
require ["copy", "fileinto"];
fileinto :copy "a"; fileinto "a"; fileinto :copy "a";

#== RFC 3894: a copy in the inbox is the inbox
#> keep
require ["copy", "fileinto"];
fileinto :copy "INBOX";

#== RFC 3894: not on keep
#> error line 2, column 6: "keep" does not take this tag: there is no tag "copy"; there are flags
require ["copy", "imap4flags"];
keep :copy;

#== RFC 5490 3.1: all mailboxes must exist; the inbox always does
#mailbox Partners
#mailbox Friends
#> fileinto Partners
require ["fileinto", "mailbox"];
if mailboxexists ["Partners", "INBOX", "Missing"] { discard; }
if mailboxexists ["Partners", "Friends", "inbox"] { fileinto "Partners"; }

#== RFC 5490 3.2: a mailbox is made when it is missing
#> fileinto a create
#> fileinto b
require ["fileinto", "mailbox"];
fileinto :create "a"; fileinto "b"; fileinto "a";

#== RFC 5232 3: flags of the internal variable, for implicit keep too
#> fileinto a copy flags \Seen
#> keep flags \Seen $Work
require ["copy", "fileinto", "imap4flags"];
setflag "\\Seen"; fileinto :copy "a"; addflag "$Work";

#== RFC 5232 2: lists, blanks, case, and what is no flag
#> keep flags \Deleted $a b
require "imap4flags";
addflag ["\\Deleted  $a", "", " b \\deleted"]; addflag "\\Recent \\Nonsense ü c(";

#== RFC 5232 3.3: flags are removed
#> keep flags a
require "imap4flags";
setflag ["a", "b", "c"]; removeflag ["B", "missing"]; removeflag "c";

#== RFC 5232 3: named variables
#> fileinto a flags \Answered \Deleted
#> fileinto b
require ["fileinto", "imap4flags", "variables"];
addflag "flagvar" "\\Answered"; addflag "FlagVar" "\\Deleted";
fileinto :flags "${flagvar}" "a"; fileinto "b";

#== RFC 5232 3: named variables need "variables"
#> error line 2, column 1: flags of a named variable need an extension; write require "variables"; at the top of the script
require "imap4flags";
addflag "flagvar" "x";

#== RFC 5232 3: the last flags win when one mailbox is named twice
#> fileinto a flags y
#> keep
require ["fileinto", "imap4flags"];
fileinto :flags "x" "a"; fileinto :flags "y" "a"; keep :flags "z"; keep;

#== RFC 5232 4: hasflag
#> keep
require ["fileinto", "imap4flags", "variables"];
set "MyVar" "NonJunk Junk gnus-forward $Forwarded";
if not hasflag :contains "MyVar" "Junk" { fileinto "contains"; }
if not hasflag :contains "MyVar" ["label", "forward"] { fileinto "any key"; }
if not hasflag :is "MyVar" "label junk" { fileinto "a list in a string"; }
if hasflag :contains "MyVar" ["label1", "label2"] { fileinto "none"; }
if hasflag "Junk" { fileinto "the internal variable is another"; }
if not hasflag ["Other", "MyVar"] "NonJunk" { fileinto "several variables"; }

#== RFC 5232 4: hasflag on the internal variable, and counting
#> keep flags A B
require ["comparator-i;ascii-numeric", "fileinto", "imap4flags", "relational"];
setflag "A B";
if not hasflag :is "b A" { fileinto "internal"; }
if not hasflag :count "ge" :comparator "i;ascii-numeric" "2" { fileinto "count"; }

#== Units: flags pass on, unless the unit fails
#> keep flags a b
#> fault unit 1, line 3: "${x" is not an address; write one like "name@example.com"
require "imap4flags";
addflag "a b";
#-- unit
require ["imap4flags", "variables"];
addflag "c"; set "x" "${x";
redirect "${x}";
