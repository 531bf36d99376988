Tests and matching: RFC 5228 sections 2.7 and 5. A wrong answer files the message into a mailbox that says so.

#== 2.7.1: match types
#| X: frobnitzm
#| Empty:
#> keep
require "fileinto";
if not header :contains "X" "frob" { fileinto ":contains finds a beginning"; }
if not header :contains "X" "nit" { fileinto ":contains finds a middle"; }
if not header :contains "X" "" { fileinto "the empty key is in every value"; }
if header :contains "X" "fbm" { fileinto ":contains needs neighbours"; }
if not header :is "X" "frobnitzm" { fileinto ":is the whole"; }
if header :is "X" "frob" { fileinto ":is not a part"; }
if header :is "X" "" { fileinto "the empty key is only the empty value"; }
if not header :is "Empty" "" { fileinto "the empty key is the empty value"; }
if not header "X" "frobnitzm" { fileinto ":is is the default"; }
if header :contains "Missing" "" { fileinto "a missing field has no value"; }

#== 2.7.1: wildcards
#| X: frob*nitz?m
#> keep
require "fileinto";
if not header :matches "X" "*" { fileinto "* is everything"; }
if not header :matches "X" "f*m" { fileinto "* in the middle"; }
if not header :matches "X" "f?o?*" { fileinto "? is one"; }
if header :matches "X" "frob" { fileinto "the whole value must match"; }
if header :matches "X" "?" { fileinto "? is only one"; }
if not header :matches "X" "frob\\*nitz\\?m" { fileinto "escaped wildcards are themselves"; }
if header :matches "X" "fro\\*" { fileinto "an escaped star is no wildcard"; }
if not header :matches "X" "FROB*" { fileinto "the comparator ignores case here too"; }

#== 2.7.1: ? is one octet with both comparators
#| X: ü
#> keep
require "fileinto";
if not header :matches "X" "??" { fileinto "an umlaut is two octets"; }
if header :matches "X" "?" { fileinto "an umlaut is not one octet"; }

#== 2.7.2: encoded words are compared decoded
#| Subject: =?iso-8859-1?Q?Gr=FC=DFe?= =?utf-8?B?IPCfmYI=?=
#| X: =?x-klingon?Q?a?=
#> keep
require "fileinto";
if not header :is "Subject" "Grüße 🙂" { fileinto "two charsets in one field"; }
if not header :is "X" "=?x-klingon?Q?a?=" { fileinto "an unknown charset is left as it is"; }

#== 2.7.3: comparators
#| X: AbC
#> keep
require "fileinto";
if not header :is "X" "aBc" { fileinto "i;ascii-casemap is the default"; }
if header :comparator "i;octet" :is "X" "aBc" { fileinto "i;octet has case"; }
if not header :is :comparator "i;octet" "X" "AbC" { fileinto "i;octet compares octets"; }
if not header :contains :comparator "i;octet" "X" "bC" { fileinto "i;octet finds parts"; }
if header :is "X" "ABÇ" { fileinto "only ASCII letters fold"; }

#== 2.7.3: comparators that are unknown or not required
#> error line 1, column 4: there is no comparator "i;latin"; there are i;ascii-casemap, i;octet
#> error line 2, column 4: the comparator "i;ascii-numeric" needs an extension; write require "comparator-i;ascii-numeric"; at the top of the script
if header :comparator "i;latin" "X" "x" {}
if header :comparator "i;ascii-numeric" "X" "x" {}

#== 2.7.3: a comparator that can't search inside strings
#> error line 2, column 4: the comparator "i;ascii-numeric" can't search inside strings; use :is, :count or :value
require "comparator-i;ascii-numeric";
if header :contains :comparator "i;ascii-numeric" "X" "1" {}

#== RFC 4790 9.1: i;ascii-numeric compares numbers
#| X: 0042 apples
#> keep
require ["comparator-i;ascii-numeric", "fileinto"];
if not header :comparator "i;ascii-numeric" "X" "42" { fileinto "leading zeros and what follows don't count"; }
if header :comparator "i;ascii-numeric" "X" "43" { fileinto "other numbers are other"; }
if header :comparator "i;ascii-numeric" "X" "apples" { fileinto "no number is infinity"; }

#== 2.7.4, 5.1: parts of addresses
#| From: "Tim, T." <Tim@Example.COM>
#| To: team: a@example.com (c@example.com), <b@Sub.Example.com>;, "x y"@example.net
#| Cc: not an address
#> keep
require "fileinto";
if not address :is :all "from" "tim@example.com" { fileinto "the whole address"; }
if not address :is "from" "tim@example.com" { fileinto ":all is the default"; }
if not address :domain :is "from" "example.com" { fileinto "the domain"; }
if not address :localpart :is "from" "tim" { fileinto "the local part"; }
if address :contains "from" "T." { fileinto "the phrase is not looked at"; }
if not address ["from", "to"] ["nobody@example.com", "b@sub.example.com"] { fileinto "addresses in groups are"; }
if address :contains "to" "c@example.com" { fileinto "comments are not"; }
if address :contains "to" "team" { fileinto "names of groups are not"; }
if not address :localpart "to" "x y" { fileinto "quotes go from the local part"; }
if address :localpart :contains "cc" "" { fileinto "what is no address has no local part"; }
if address :domain :contains "cc" "" { fileinto "what is no address has no domain"; }
if address :comparator "i;octet" "from" "tim@example.com" { fileinto "case is the comparator's"; }

#== 2.7.4: two address parts exclude each other
#> error line 1, column 20: the tags :domain and :all exclude each other; remove one
if address :domain :all "from" "x" {}

#== 5.1: encoded words in phrases never become addresses
#| From: =?utf-8?Q?boss=40example=2Ecom=2C?= <real@example.org>
#> keep
require "fileinto";
if address :is "from" "boss@example.com" { fileinto "an encoded phrase was read as an address"; }
if not address :is "from" "real@example.org" { fileinto "the address itself was lost"; }

#== 5.2, 5.3, 5.6, 5.8, 5.10: logic, from left to right and no further than needed
#> keep
require "fileinto";
if not allof(true, not false) { fileinto "allof"; }
if allof(true, false) { fileinto "allof with false"; }
if not anyof(false, true) { fileinto "anyof"; }
if anyof(false, false) { fileinto "anyof without true"; }
if not not true { } else { fileinto "not not"; }
if anyof(true, header :is "${" "") { } else { fileinto "anyof goes no further"; }

#== 5.4: parts of the envelope
#| From: other@example.net
#from <@relay.example:Sender@Example.org>
#to alice+work@example.com
#> keep
require ["envelope", "fileinto"];
if not envelope :all :is "from" "sender@example.org" { fileinto "source routes go"; }
if not envelope :localpart "FROM" "sender" { fileinto "part names ignore case"; }
if not envelope :domain "to" "example.com" { fileinto "the recipient"; }
if not envelope ["from", "to"] "alice+work@example.com" { fileinto "several parts"; }

#== 5.4: the null reverse-path is empty in every part
#from <>
#> keep
require ["envelope", "fileinto"];
if not envelope :all "from" "" { fileinto "all"; }
if not envelope :domain "from" "" { fileinto "domain"; }
if not envelope :localpart "from" "" { fileinto "localpart"; }

#== 5.4: without an envelope nothing matches
#from none
#> keep
require "envelope";
if envelope :contains "from" "" { discard; }

#== 5.4: an unknown part of the envelope is an error
#> error line 2, column 4: there is no envelope part "auth"; there are "from" and "to"
require "envelope";
if envelope "auth" "x" {}

#== 5.5: exists wants all fields
#| From: a@example.com
#| Empty:
#> keep
require "fileinto";
if not exists ["from", "Empty"] { fileinto "an empty field exists"; }
if exists ["From", "Date"] { fileinto "all must exist"; }

#== 5.7: any field with any key
#| X: one
#| X: two
#| Y: three
#> keep
require "fileinto";
if not header "X" "two" { fileinto "the second field of the name"; }
if not header ["Z", "Y"] ["none", "three"] { fileinto "the second name and key"; }
if header "X" "onetwo" { fileinto "fields are not joined"; }

#== 2.4.2.4: encoded characters
#| X: $@ü
#> keep
require ["encoded-character", "fileinto"];
if not header "X" "${hex:24}${unicode:40 fc}" { fileinto "hex and unicode"; }
if not header "X" "$${hex: 40}${hex:c3 BC}" { fileinto "octets of a character"; }
if header :contains "X" "${hex:24" { fileinto "what is not closed is left as it is"; }

#== 2.4.2.4: what is no character
#> error line 2, column 15: 200000 is no Unicode character; use 0 to D7FF or E000 to 10FFFF
#> error line 3, column 15: DF01 is no Unicode character; use 0 to D7FF or E000 to 10FFFF
require "encoded-character";
if header "X" "${unicode:200000}" {}
if header "X" "${Unicode:DF01}" {}

#== 2.4.2.4: without require it is text
#| X: ${hex:24}
#> discard
if header "X" "${hex:24}" { discard; }
