"""litmus, the WebDAV suite, in a calendar and in an address book of its own making.

Usage: litmus.py HTTP-URL FOLDER, where litmus leaves its log. What is not named in SKIPPED must pass;
what is named there says why it cannot.
"""

import os
import re
import subprocess
import sys

SUITES = "basic copymove props locks http"

FILE = "needs a plain file, and calendars and books take none"
TREE = "needs plain collections in a calendar or book, and no tree is kept there"
LOCKS = "needs locks, which are not offered"

SKIPPED = {
    "basic": {
        FILE: "put_get put_get_utf8_segment mkcol_over_plain delete",
        TREE: "delete_fragment mkcol mkcol_again delete_coll",
    },
    "copymove": {
        FILE: "copy_init copy_simple copy_overwrite copy_nodestcoll move",
        TREE: "copy_coll copy_shallow move_coll",
    },
    "props": {
        FILE: "propinit propset propget propmove propdeletes propreplace propnullns prophighunicode"
        " propremoveset propsetremove propvalnspace propmanyns",
    },
    "locks": {LOCKS: "precond"},
}


def reason(suite, test):
    reasons = SKIPPED.get(suite, {})
    return next((why for why, tests in reasons.items() if test in tests.split()), None)


def results(text):
    """Each test of each suite, and whether it passed."""
    suite = None
    test = None
    for line in re.split(r"[\r\n]+", text):
        if begun := re.match(r"-> running `(\w+)'", line):
            suite = begun[1]
        if named := re.match(r" *\d+\. (\w+)\.*", line):
            test = named[1]
        if ended := re.search(r"\. (pass|FAIL|SKIPPED)", line):
            yield suite, test, ended[1] == "pass", line


def check(home):
    url = f"{sys.argv[1]}/dav/{home}/alice@example.org/"
    run = subprocess.run(
        ["litmus", "-k", url, "alice@example.org", "secret"],
        cwd=sys.argv[2],
        env=os.environ | {"TESTS": SUITES},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    text = run.stdout.decode(errors="replace")
    found = list(results(text))
    wrong = [
        f"{suite} {test}: {'is skipped no longer' if passed else line}"
        for suite, test, passed, line in found
        if passed == (reason(suite, test) is not None)
    ]
    passed = sum(passed for _, _, passed, _ in found)
    missing = set(SUITES.split()) - {suite for suite, *_ in found}
    if wrong or missing:
        sys.exit(f"{text}\nlitmus on {home}: {'; '.join(wrong)} {' '.join(missing)}")
    print(f"litmus on {home}: {passed} pass, {len(found) - passed} are skipped")
    return {(suite, test): reason(suite, test) for suite, test, passed, _ in found if not passed}


skipped = {}
for home in ["calendars", "addressbooks"]:
    skipped |= check(home)
for why in dict.fromkeys(skipped.values()):
    tests = " ".join(test for (_, test), reason in skipped.items() if reason == why)
    print(f"  skipped, since each {why}: {tests}")
