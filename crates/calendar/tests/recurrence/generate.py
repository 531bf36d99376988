#!/usr/bin/env python3
"""Makes corpus.tsv: rules, their start and the first instances that python-dateutil finds.

usage: generate.py > corpus.tsv

Made with python-dateutil 2.9.0. The seed is fixed; only which rules take too long depends on the machine.

Each line: start, rule, number of instances looked for, and the instances, as seconds since the start in
base 36, each the difference to the one before. An instance that python-dateutil finds first is the start,
but for the lines whose start the rule does not name.
"""

import datetime
import itertools
import random
import signal
import sys

from dateutil.rrule import rrulestr

SEED = 20261121
RULES = 4000
INSTANCES = 12
# Rules that find nothing for long are left out: python-dateutil looks until the year 9999.
PATIENCE = 0.1

FREQUENCIES = ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"]
WEIGHTS = [6, 6, 6, 5, 2, 1, 1]
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def some(rng, values, most=4):
    """A few of these, in any order."""
    return rng.sample(list(values), min(len(values), rng.randint(1, most)))


def part(name, values):
    """One BY part."""
    return f"{name}={','.join(str(value) for value in values)}"


def signed(rng, most):
    """A number from 1, or from the end."""
    number = rng.randint(1, most)
    return number if rng.random() < 0.7 else -number


def by_days(rng, frequency, has_week_numbers):
    """Weekdays, with numbers where the RFC allows them."""
    days = some(rng, DAYS)
    most = {"MONTHLY": 5, "YEARLY": 53}.get(frequency)
    if most is None or has_week_numbers or rng.random() < 0.5:
        return part("BYDAY", days)
    return part("BYDAY", [f"{signed(rng, most)}{day}" for day in days])


def rule(rng):
    """A rule that RFC 5545 allows; UNTIL comes later, for it needs a start."""
    frequency = rng.choices(FREQUENCIES, WEIGHTS)[0]
    finer = FREQUENCIES.index(frequency) > 3
    parts = [f"FREQ={frequency}"]
    if rng.random() < 0.4:
        parts.append(f"INTERVAL={rng.choice([2, 2, 3, 4, 5, 6, 10, 12, 18, 25])}")
    if rng.random() < 0.3:
        parts.append(part("BYMONTH", some(rng, range(1, 13))))
    week_numbers = frequency == "YEARLY" and rng.random() < 0.12
    if week_numbers:
        # The two engines read BYWEEKNO without BYDAY in two ways, see engines.rs.
        parts.append(part("BYWEEKNO", [signed(rng, 53) for _ in range(rng.randint(1, 3))]))
    year_days = (frequency == "YEARLY" or finer) and not week_numbers and rng.random() < 0.12
    if year_days:
        parts.append(part("BYYEARDAY", [signed(rng, 366) for _ in range(rng.randint(1, 4))]))
    month_days = frequency != "WEEKLY" and not year_days and not week_numbers and rng.random() < 0.35
    if month_days:
        parts.append(part("BYMONTHDAY", [signed(rng, 31) for _ in range(rng.randint(1, 4))]))
    if week_numbers or rng.random() < 0.45:
        parts.append(by_days(rng, frequency, week_numbers))
    if rng.random() < 0.2:
        parts.append(part("BYHOUR", some(rng, range(24), 3)))
    if rng.random() < 0.15:
        parts.append(part("BYMINUTE", some(rng, range(60), 3)))
    if rng.random() < 0.08:
        parts.append(part("BYSECOND", some(rng, range(60), 3)))
    if len(parts) > 2 and rng.random() < 0.2:
        positions = [signed(rng, 4) for _ in range(rng.randint(1, 2))]
        parts.append(part("BYSETPOS", positions))
    if rng.random() < 0.25:
        parts.append(f"WKST={rng.choice(DAYS)}")
    return parts


class TooLong(Exception):
    """The patience is at its end."""


def lose_patience(_signal, _frame):
    """The handler of the alarm."""
    raise TooLong


def instances(text, start):
    """The first instances, or none when it takes too long."""
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        return list(itertools.islice(rrulestr(text, dtstart=start), INSTANCES))
    except (TooLong, IndexError, ValueError):
        # It refuses rules that its INTERVAL never lets match, and fails on some weeks of the year 9999.
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def base36(number):
    """A number in as few letters."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    rest = abs(number)
    while rest or not text:
        rest, digit = divmod(rest, 36)
        text = digits[digit] + text
    return "-" * (number < 0) + text


def line(rng):
    """One line of the corpus."""
    parts = rule(rng)
    start = datetime.datetime(1990, 1, 1) + datetime.timedelta(seconds=rng.randrange(40 * 365 * 86400))
    start = start.replace(second=0, minute=rng.choice([0, 15, 30, 45]))
    found = instances(";".join(parts), start)
    if not found:
        return None
    off = rng.random() < 0.1
    if not off:
        start = found[0]
    ending = rng.random()
    if ending < 0.3 and not off:
        parts.append(f"COUNT={rng.randint(1, INSTANCES)}")
    elif ending < 0.6:
        until = rng.choice(found) - datetime.timedelta(seconds=rng.choice([0, 0, 1]))
        parts.append(f"UNTIL={until:%Y%m%dT%H%M%S}")
    text = ";".join(parts)
    found = instances(text, start)
    if found is None or (not found and ending >= 0.6):
        return None
    differences = []
    last = start
    for at in found:
        differences.append(base36(int((at - last).total_seconds())))
        last = at
    return "\t".join([f"{start:%Y%m%dT%H%M%S}", text, str(INSTANCES), " ".join(differences)])


def main():
    """Writes the corpus."""
    rng = random.Random(SEED)
    signal.signal(signal.SIGALRM, lose_patience)
    seen = set()
    while len(seen) < RULES:
        made = line(rng)
        if made is not None and made not in seen:
            seen.add(made)
            print(made)
    print(f"{len(seen)} rules", file=sys.stderr)


if __name__ == "__main__":
    main()
