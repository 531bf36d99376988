Actions and their interaction: RFC 5228 sections 2.10 and 4.

#== 2.10.2: implicit keep without any action
#> keep

#== 2.10.2: fileinto, redirect and discard cancel the implicit keep
#> fileinto a
#> redirect b@example.com
require "fileinto";
fileinto "a"; redirect "b@example.com"; discard;

#== 2.10.2: an explicit keep beside another action
#> fileinto a
#> keep
require "fileinto";
fileinto "a"; keep;

#== 2.10.3: one mailbox gets the message once
#> fileinto a
#> keep
require "fileinto";
fileinto "a"; fileinto "a"; keep; fileinto "INBOX"; fileinto "inbox";

#== 2.10.3: names of other mailboxes keep their case
#> fileinto a
#> fileinto A
require "fileinto";
fileinto "a"; fileinto "A";

#== 2.10.3: one address is redirected to once; the domain has no case
#> redirect a@example.com
#> redirect A@example.com
redirect "a@example.com"; redirect "<a@EXAMPLE.com>"; redirect "A@example.com";

#== 2.10.4: the limit on redirects is a fault, and the message is kept
#> keep
#> fault unit 0, line 3: more than the 5 addresses are redirected to that are allowed for one message
redirect "a@example.com"; redirect "b@example.com"; redirect "c@example.com";
redirect "d@example.com"; redirect "e@example.com"; redirect "a@example.com";
redirect "f@example.com";

#== 2.10.6: a fault drops the effects of the unit and keeps
#> keep
#> fault unit 0, line 4: "nobody" is not an address; write one like "name@example.com"
require ["fileinto", "variables"];
fileinto "a"; discard;
set "to" "nobody";
redirect "${to}";

#== 4.1: fileinto needs a name
#> error line 2, column 1: the name of the mailbox is empty; write one such as "INBOX"
require "fileinto";
fileinto "";

#== 4.2: redirect to an address with a phrase
#> redirect bart@example.com
redirect "Bart S. <bart@example.com>";

#== 4.2: redirect to what is no outbound address
#> error line 1, column 1: "bart" is not an address; write one like "name@example.com"
#> error line 2, column 1: "a@example.com, b@example.com" is not an address; write one like "name@example.com"
#> error line 3, column 1: "team: a@example.com;" is not an address; write one like "name@example.com"
redirect "bart";
redirect "a@example.com, b@example.com";
redirect "team: a@example.com;";

#== 4.3: keep is like no script at all
#> keep
keep;

#== 4.4: discard alone throws the message away
#> discard
discard;

#== 4.4: discard and keep: the message is kept
#> keep
discard; keep;

#== Units: both write to one list
#> fileinto a
#> fileinto b
require "fileinto";
fileinto "a";
#-- unit
require "fileinto";
fileinto "b"; fileinto "a";

#== Units: stop in the first ends both
#> fileinto a
require "fileinto";
fileinto "a"; stop;
#-- unit
discard;

#== Units: a fault in the second drops only its own effects, then keeps
#> fileinto a
#> updatecal
#> keep
#> fault unit 1, line 3: "x" is not an address; write one like "name@example.com"
require ["enotify", "fileinto"];
fileinto "a"; notify "updatecal";
#-- unit
require ["fileinto", "variables"];
fileinto "b"; set "x" "x";
redirect "${x}";

#== Units: a fault in the first leaves the second to run, and keeps
#> fileinto b
#> keep
#> fault unit 0, line 2: "" is not an address; write one like "name@example.com"
require "variables";
redirect "${x}";
#-- unit
require "fileinto";
fileinto "b"; discard;

#== Units: variables and what is required belong to one unit
#> keep
require ["fileinto", "variables"];
set "a" "1";
#-- unit
require ["fileinto", "variables"];
if not string "${a}" "" { fileinto "leaked"; }
