What the script of the calendar preferences needs: RFC 5435 and 6134.

#== The generated script, a contact's invitation
#| X-ME-Cal-Method: request
#| X-ME-Cal-Sender: bob@example.org
#member bob@example.org
#> updatecal
#> addcal 0a1b
#> keep
require ["enotify", "extlists", "fileinto", "mailbox"];

# Made from your calendar preferences.
if exists "X-ME-Cal-Method" {
    notify "updatecal";
    if allof(header :is "X-ME-Cal-Method" "request", header :list "X-ME-Cal-Sender" ":addrbook:default") {
        notify :options "calendarId=0a1b" "addcal";
    }
}

#== The generated script, a stranger's invitation
#| X-ME-Cal-Method: request
#| X-ME-Cal-Sender: eve@example.org
#member bob@example.org
#> updatecal
#> keep
require ["enotify", "extlists"];
if exists "X-ME-Cal-Method" {
    notify "updatecal";
    if allof(header :is "X-ME-Cal-Method" "request", header :list "X-ME-Cal-Sender" ":addrbook:default") {
        notify :options "calendarId=0a1b" "addcal";
    }
}

#== RFC 6134 2.1: which lists there are
#> keep
require ["extlists", "fileinto"];
if not valid_ext_list ":addrbook:default" { fileinto "the default address book"; }
if valid_ext_list [":addrbook:default", "tag:example.com,2011-01-01:x"] { fileinto "all must be there"; }

#== RFC 6134: a list that does not exist is a fault, so that a script can ask first
#> keep
#> fault unit 0, line 2: there is no list "tag:x"; there is ":addrbook:default"
require "extlists";
if header :list "From" "tag:x" { discard; }

#== RFC 6134: addresses of a field, of the envelope and in strings
#| From: "Bob" <bob@example.org>, carol@example.org
#member carol@example.org
#member sender@example.org
#> fileinto carol@example.org
#> fileinto sender@example.org
require ["envelope", "extlists", "fileinto", "variables"];
if address :list "From" ":addrbook:default" { fileinto "${0}"; }
if envelope :list "from" ":AddrBook:Default" { fileinto "${0}"; }
if string :list "nobody" ":addrbook:default" { discard; }

#== RFC 6134: redirect to a list is refused
#> error line 2, column 10: mail can't be redirected to a list here; write one redirect for each address
require "extlists";
redirect :list ":addrbook:default";

#== RFC 5435 3: all arguments of notify
#> addcal a-B from cal high message hello
#> updatecal low
#> keep
require "enotify";
notify :importance "1" :from "cal" :message "hello" :options ["calendarId=a-B"] "https://cyrusimap.org/notifiers/addcal";
notify :importance "3" "https://cyrusimap.org/notifiers/updatecal";

#== RFC 5435 7: notify leaves what else is done alone, and is merged
#> addcal
#> updatecal
#> discard
require "enotify";
notify "addcal"; notify "updatecal"; notify "addcal"; discard;

#== RFC 5435 3.2: a method that is a word but unknown is an error
#> error line 2, column 1: there is no notification method "adcal"; there are "addcal" and "updatecal"
require "enotify";
notify "adcal";

#== RFC 5435 3.2: a URI that is not supported is a fault of the run
#> keep
#> fault unit 0, line 3: there is no notification method "mailto:a@example.com"; there are "addcal" and "updatecal"
require "enotify";
if valid_notify_method "mailto:a@example.com" { notify "mailto:a@example.com"; }
notify "mailto:a@example.com";

#== RFC 5435 3.4, 3.5: wrong options and importance
#> error line 2, column 1: "x/y" is no calendar id; one has 1 to 64 letters, digits or hyphens
#> error line 3, column 1: "addcal" has no option "calendar"; it has "calendarId=…"
#> error line 4, column 1: the option "calendarId" is not of the form "name=value"
#> error line 5, column 1: "updatecal" has no options; remove "calendarId"
#> error line 6, column 1: "high" is no importance; write "1" (high), "2" (normal) or "3" (low)
require "enotify";
notify :options "calendarId=x/y" "addcal";
notify :options "calendar=x" "addcal";
notify :options "calendarId" "addcal";
notify :options "calendarId=x" "updatecal";
notify :importance "high" "updatecal";

#== RFC 5435 3.5: a wrong option from a variable is a fault
#> keep
#> fault unit 0, line 3: "../x" is no calendar id; one has 1 to 64 letters, digits or hyphens
require ["enotify", "variables"];
set "id" "../x";
notify :options "calendarId=${id}" "addcal";

#== RFC 5435 4: valid_notify_method
#> keep
require ["enotify", "fileinto"];
if not valid_notify_method ["addcal", "https://cyrusimap.org/notifiers/updatecal"] { fileinto "both are valid"; }
if valid_notify_method ["addcal", "mailto:x@example.com"] { fileinto "all must be valid"; }

#== RFC 5435 5: notify_method_capability
#> keep
require ["enotify", "fileinto"];
if not notify_method_capability "addcal" "Online" ["maybe", "YES"] { fileinto "a job is taken at once"; }
if notify_method_capability :contains "addcal" "colour" "" { fileinto "unknown capability"; }
if notify_method_capability :contains "tel:+1" "online" "" { fileinto "unknown method"; }

#== RFC 5435 6: encodeurl comes between quotewildcard and length
#> keep
require ["enotify", "fileinto", "variables"];
set :encodeurl "a" "Safe body&evil=evilbody";
if not string "${a}" "Safe%20body%26evil%3Devilbody" { fileinto "encodeurl"; }
set :length :encodeurl "a" " ";
if not string "${a}" "3" { fileinto "length is last"; }
