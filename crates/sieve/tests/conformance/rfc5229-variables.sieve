Variables: RFC 5229.

#== 3: values, names without case, and what is not set
#> fileinto ACME..${ a}
require ["fileinto", "variables"];
set "company" "ACME";
fileinto "${Company}.${missing}.${ a}";

#== 3: a variable in a namespace is an error
require "variables";
redirect "${env.name}";
#> error line 2, column 10: no extension here has the variable ${env.name}; remove it

#== 3.1: encoded characters come before variables
#| Subject: dear Ethelbert
#> discard
require ["encoded-character", "variables"];
set "name" "Ethelbert";
if header :contains "Subject" "dear${hex:20 24 7b 4e}ame}" { discard; }

#== 3.1: a dollar from a variable begins no other
#> fileinto regarding ${beep}
require ["fileinto", "variables"];
set "dollar" "$";
fileinto "regarding ${dollar}{beep}";

#== 3.2: match variables, not greedy
#| Subject: [acme-users] [fwd] version 1.0 is out
#> fileinto acme-users|[fwd] version 1.0 is out|[acme-users] [fwd] version 1.0 is out|
require ["fileinto", "variables"];
if header :matches "Subject" "[*] *" { fileinto "${1}|${2}|${0}|${3}"; }

#== 3.2: match variables of an address
#| To: coyote@ACME.Example.COM
#> fileinto |ACME.Example|coyote@ACME.Example.COM
require ["fileinto", "variables"];
if address :matches ["To", "Cc"] ["coyote@**.com", "wile@**.com"] { fileinto "${1}|${02}|${0}"; }

#== 3.2: a failed match, and a test that is not reached, leave them alone
#| Subject: ab
#> fileinto a|b
require ["fileinto", "variables"];
if header :matches "Subject" "?*" {}
if header :matches "Subject" "x*" {}
if anyof(true, header :matches "Subject" "*") {}
fileinto "${1}|${2}";

#== 3.2: a match variable above the highest
#> error line 2, column 10: there is no match variable above ${32}; use a lower one
require ["fileinto", "variables"];
fileinto "${33}";

#== 4: names that can't be set
#> error line 2, column 1: the name of a variable is a letter or _ and then letters, digits or _, without ${…}
#> error line 3, column 1: the name of a variable is a letter or _ and then letters, digits or _, without ${…}
#> error line 4, column 1: the name of a variable is a letter or _ and then letters, digits or _, without ${…}
require "variables";
set "1" "a";
set "a.b" "c";
set "${a}" "b";

#== 4.1: modifiers
#> keep
require ["fileinto", "variables"];
set "a" "juMBlEd lETteRS";
set :length "b" "${a}";             if not string "${b}" "15" { fileinto "length"; }
set :lower "b" "${a}";              if not string :comparator "i;octet" "${b}" "jumbled letters" { fileinto "lower"; }
set :upper "b" "${a}";              if not string :comparator "i;octet" "${b}" "JUMBLED LETTERS" { fileinto "upper"; }
set :upperfirst "b" "${a}";         if not string :comparator "i;octet" "${b}" "JuMBlEd lETteRS" { fileinto "upperfirst"; }
set :upperfirst :lower "b" "${a}";  if not string :comparator "i;octet" "${b}" "Jumbled letters" { fileinto "both"; }
set :lowerfirst :upper "b" "${a}";  if not string :comparator "i;octet" "${b}" "jUMBLED LETTERS" { fileinto "lowerfirst"; }
set :quotewildcard "b" "Rock*\\?";  if not string "${b}" "Rock\\*\\\\\\?" { fileinto "quotewildcard"; }
set :length :quotewildcard "b" "*"; if not string "${b}" "2" { fileinto "length comes last"; }
set :length "b" "äöü";              if not string "${b}" "3" { fileinto "length counts characters"; }

#== 4.1: two modifiers of one precedence
#> error line 2, column 12: the tags :lower and :upper exclude each other; remove one
require "variables";
set :lower :upper "a" "b";

#== 4.1: an unknown modifier
#> error line 2, column 5: "set" does not take this tag: there is no tag "lowercase"; there are length, lower, lowerfirst, quotewildcard, upper, upperfirst
require "variables";
set :lowercase "a" "b";

#== 5: the string test
#> discard
require "variables";
set "state" "a";
set "state" "${state} pending";
if string :matches " ${state} " "* pending *" { discard; }

#== 5: blanks are not stripped
#> keep
require "variables";
if string :is " a" "a" { discard; }

#== Without require ${…} is text
#| X: ${a}
#> discard
if header "X" "${a}" { discard; }
