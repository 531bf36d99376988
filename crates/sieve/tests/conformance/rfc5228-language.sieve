The form of the language: RFC 5228 sections 2 and 3.

#== 2.3: comments of both kinds stand between any two tokens
#> discard
if # a hash comment ends with its line
   /* a bracket comment
      spans lines, and does not nest: /* */
   true /**/ { discard /* here too */ ; }

#== 2.4: names of commands, tests and tags ignore case
#| Subject: x
#> discard
IF Header :IS "subject" "X" { DisCard; }

#== 2.4.1: K, M and G are powers of 1,024
#size 1024
#> keep
require "fileinto";
if size :over 1K { fileinto "exactly 1K is not over 1K"; }
if size :under 1k { fileinto "exactly 1K is not under 1K"; }
if not size :over 1023 { discard; }
if not size :under 1M { discard; }
if not size :under 1G { discard; }

#== 2.4.2: a backslash before any other character means nothing
#| Subject: a"b\c
#> discard
if header :is "Subject" "\a\"b\\c" { discard; }

#== 2.4.2: multi-line text is unstuffed and keeps its line ends
require "fileinto";
fileinto text: # a comment may follow
..dots
.
;
#> error line 2, column 1: ".dots\n" is no name for a mailbox: it is too long or holds control characters

#== 2.4.2.1: one string is the same as a list of one
#| Subject: x
#> discard
if header ["Subject"] "x" { discard; }

#== 2.4.2.2: fields are unfolded and blanks around the value go
#|  Subject:
#| Subject:   a
#|  b  
#> discard
if header :is "Subject" "a b" { discard; }

#== 2.4.2.2: a name that no field can have is no error and matches nothing
#| From: a@example.com
#> keep
if header :contains "From:" "" { discard; }
if exists "no such\nname" { discard; }

#== 2.6.2: a tag that the command does not know
#> error line 1, column 9: "size" does not take this tag: there is no tag "above"; there are over, under
#> error line 2, column 11: "header" does not take this tag: there is no tag "contain"; is "contains" meant?
if size :above 1 { keep; }
if header :contain "Subject" "x" { keep; }

#== 2.7.1: two match types exclude each other
#> error line 1, column 15: the tags :is and :contains exclude each other; remove one
if header :is :contains "Subject" "x" { keep; }

#== 2.9: a word that is no command
#> error line 1, column 1: there is no command "kep"; is "keep" meant?
#> error line 2, column 1: "header" is a test and can't stand alone; write if header … { … }
#> error line 3, column 4: there is no test "heder"; is "header" meant?
kep;
header "a" "b";
if heder "a" "b" { keep; }

#== 2.10.5: what is not required does not exist
#> error line 1, column 1: the command "fileinto" needs an extension; write require "fileinto"; at the top of the script
#> error line 2, column 4: the test "envelope" needs an extension; write require "envelope"; at the top of the script
#> error line 3, column 10: the tag :copy needs an extension; write require "copy"; at the top of the script
#> error line 4, column 11: the tag :list needs an extension; write require "extlists"; at the top of the script
fileinto "x";
if envelope "from" "x" { keep; }
redirect :copy "a@example.com";
if header :list "From" ":addrbook:default" { keep; }

#== 3.1: branches are tried in order, and one is taken
#| Subject: b
#> fileinto two
require "fileinto";
if header "Subject" "a" { fileinto "one"; }
elsif header "Subject" "b" { fileinto "two"; }
elsif header "Subject" "b" { fileinto "three"; }
else { fileinto "four"; }

#== 3.1: else is taken when no test holds
#> discard
if false { keep; } elsif not true { keep; } else { discard; }

#== 3.1: a branch must follow its if
#> error line 2, column 1: this branch follows no "if"; put it directly behind the } of one
#> error line 4, column 1: this branch follows no "if"; put it directly behind the } of one
keep;
else { stop; }
if true { keep; } else { stop; }
elsif true { keep; }

#== 3.1: what "if" takes
#> error line 1, column 1: "if" takes a test; write if TEST { … }
#> error line 2, column 1: "if" takes one test; write if allof(…) or if anyof(…) for several
#> error line 3, column 1: a block must follow "if"; write it in braces: { … }
#> error line 4, column 4: "if" takes a test, not an argument; write if TEST { … }
#> error line 5, column 12: "else" takes neither test nor argument; write else { … }, or elsif TEST { … }
if { keep; }
if (true, false) { keep; }
if true;
if "x" true { keep; }
if true {} else true { keep; }

#== 3.2: require stands at the top
#> error line 2, column 1: "require" stands after another command; move it to the top of the script
keep;
require "fileinto";

#== 3.2: an extension that does not exist
#> error line 1, column 9: there is no extension "vacation-seconds" here; there are comparator-i;ascii-numeric, copy, encoded-character, enotify, envelope, extlists, fileinto, imap4flags, mailbox, relational, subaddress, variables
require ["vacation-seconds", "fileinto"];

#== 3.2: what "require" takes
#> error line 1, column 1: "require" takes the names of extensions; write require ["fileinto", …];
#> error line 2, column 1: "require" takes the names of extensions; write require ["fileinto", …];
require;
require 1;

#== 3.2: requiring twice, and the built-in comparators, is allowed
#> keep
require ["fileinto", "fileinto", "comparator-i;octet", "comparator-i;ascii-casemap"];
require "fileinto";

#== 3.3: stop ends the script and leaves the implicit keep
#> keep
stop; discard;

#== 3.3: stop inside a block ends everything
#> fileinto a
require "fileinto";
if true { fileinto "a"; if true { stop; } fileinto "b"; } fileinto "c";

#== 8.2: a missing semicolon is guessed from what follows
#> error line 1, column 1: "keep" takes no test; is a ; missing before "discard"?
keep
discard;

#== 8.2: arguments that are missing or of the wrong kind
#> error line 2, column 1: "fileinto" takes 1 argument (mailbox), found 0
#> error line 3, column 10: the mailbox of "fileinto" must be one string
#> error line 4, column 4: "header" takes 2 arguments (header names, keys), found 1
#> error line 5, column 15: the limit of "size" must be a number
#> error line 6, column 4: "size" takes either :over or :under; write size :over 1M
#> error line 7, column 4: "not" takes one test; write not TEST
#> error line 8, column 4: "allof" takes tests in parentheses; write allof(TEST, …)
#> error line 9, column 1: "stop" takes no block; end it with a ;
#> error line 10, column 1: "keep" takes no argument, found 1
require "fileinto";
fileinto;
fileinto ["a", "b"];
if header "Subject" {}
if size :over "1K" {}
if size 1K {}
if not {}
if allof true {}
stop {}
keep "x";

#== 8.2: an empty script keeps
#> keep

#== 8.2: an empty script of comments and blocks keeps
#> keep
# nothing
if true {}
