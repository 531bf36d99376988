Comparing more than text: RFC 5231 and 5233.

#== RFC 5233 4: user and detail
#| To: ken+sieve+x@example.org, plain@example.org, empty+@example.org
#> keep
require ["fileinto", "subaddress"];
if not address :user "to" "ken" { fileinto "user"; }
if not address :detail "to" "sieve+x" { fileinto "detail after the first separator"; }
if not address :user "to" "plain" { fileinto "user without separator"; }
if not address :detail "to" "" { fileinto "empty detail"; }
if address :detail "to" "plain" { fileinto "no detail"; }

#== RFC 5233 4: no separator, no detail
#| To: plain@example.org
#> keep
require ["fileinto", "subaddress"];
if address :detail :contains "to" "" { fileinto "no detail matches nothing"; }

#== RFC 5233 with envelope
#to alice+work@example.com
#> fileinto work
require ["envelope", "fileinto", "subaddress", "variables"];
if envelope :detail :matches "to" "*" { fileinto "${1}"; }

#== RFC 5231 4.1: value
#| X-Priority: 3
#| Subject: beta
#> keep
require ["comparator-i;ascii-numeric", "fileinto", "relational"];
if not header :value "lt" :comparator "i;ascii-numeric" "x-priority" "20" { fileinto "3 < 20 as numbers"; }
if not header :value "gt" "x-priority" "20" { fileinto "3 > 20 as text"; }
if not header :value "ge" "subject" ["beta", "zeta"] { fileinto "ge"; }
if header :value "ne" "subject" "BETA" { fileinto "ne"; }
if not header :value "le" "subject" "gamma" { fileinto "le"; }
if not header :value "eq" "subject" "Beta" { fileinto "eq"; }

#== RFC 5231 4.2: count
#| Received: a
#| Received: b
#| To: a@example.com, b@example.com
#| To: c@example.com
#> keep
require ["comparator-i;ascii-numeric", "fileinto", "relational", "variables"];
if not header :count "eq" :comparator "i;ascii-numeric" ["received", "to"] "4" { fileinto "fields"; }
if not address :count "eq" :comparator "i;ascii-numeric" "to" "3" { fileinto "addresses"; }
if not header :count "eq" :comparator "i;ascii-numeric" "missing" "0" { fileinto "none"; }
if not string :count "eq" :comparator "i;ascii-numeric" ["a", "", "b"] "2" { fileinto "empty strings don't count"; }

#== RFC 5231 4: an operator that does not exist
#> error line 2, column 4: after :count and :value stands one of "gt", "ge", "lt", "le", "eq", "ne"
require "relational";
if header :value "over" "x" "1" {}
