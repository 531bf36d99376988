#!/usr/bin/env python3
"""Makes harder.tsv: rules at the edges of months, years, weeks and clocks, answered by python-dateutil.

usage: harder.py > harder.tsv

The lines are as in corpus.tsv (see generate.py), but that a start may have a zone, which stands at the end.
Made with python-dateutil 2.9.0 and the time zones of 2025b.
"""

import datetime
import itertools
import random
import signal
from zoneinfo import ZoneInfo

from generate import DAYS, FREQUENCIES, INSTANCES, base36, instances, lose_patience, part, some

SEED = 20261122
PLAIN = 900
ZONED = 600

MONTH_DAYS = [1, 2, 28, 29, 30, 31, -1, -2, -28, -29, -30, -31]
YEAR_DAYS = [1, 2, 31, 59, 60, 61, 100, 365, 366, -1, -2, -59, -306, -307, -365, -366]
WEEKS = [1, 2, 9, 20, 51, 52, 53, -1, -2, -30, -51, -52, -53]
ORDINALS = {"MONTHLY": [1, 2, 4, 5, -1, -2, -5], "YEARLY": [1, 2, 20, 51, 52, 53, -1, -20, -52, -53]}
POSITIONS = [1, 2, 3, 5, 8, -1, -2, -3, -6]

# Clocks that jump by an hour or half of one, at night or at midnight, in spring or autumn.
ZONES = [
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Beirut",
    "Europe/Dublin", "America/Santiago", "Pacific/Chatham", "Asia/Tehran", "Africa/Cairo",
]


def days(rng, frequency, may_count):
    """Weekdays, some with numbers."""
    named = some(rng, DAYS)
    numbers = ORDINALS.get(frequency)
    if numbers is None or not may_count or rng.random() < 0.4:
        return part("BYDAY", named)
    return part("BYDAY", [f"{rng.choice(numbers)}{day}" for day in named])


def plain_rule(rng):
    """A rule of days at some edge."""
    frequency = rng.choices(FREQUENCIES, [12, 6, 5, 4, 1, 1, 0])[0]
    parts = [f"FREQ={frequency}"]
    if rng.random() < 0.4:
        parts.append(f"INTERVAL={rng.choice([2, 2, 3, 4, 5, 7, 11, 13])}")
    if rng.random() < 0.3:
        parts.append(part("BYMONTH", some(rng, [1, 2, 3, 6, 11, 12], 3)))
    is_yearly = frequency == "YEARLY"
    kind = rng.choice(["weeks", "weeks", "year days", "month days", "days", "none"])
    if kind == "weeks" and is_yearly:
        parts.append(part("BYWEEKNO", some(rng, WEEKS, 3)))
    if kind == "year days" and frequency not in ("DAILY", "WEEKLY", "MONTHLY"):
        parts.append(part("BYYEARDAY", some(rng, YEAR_DAYS)))
    if kind == "month days" and frequency != "WEEKLY":
        parts.append(part("BYMONTHDAY", some(rng, MONTH_DAYS)))
    if kind == "days" or rng.random() < 0.4:
        parts.append(days(rng, frequency, kind in ("days", "none")))
    if rng.random() < 0.15:
        parts.append(part("BYHOUR", some(rng, range(24), 2)))
    if len(parts) > 1 and rng.random() < 0.3:
        parts.append(part("BYSETPOS", some(rng, POSITIONS, 3)))
    if rng.random() < 0.5:
        parts.append(f"WKST={rng.choice(DAYS)}")
    return parts


def zoned_rule(rng):
    """A rule of times that meet a change of the clocks."""
    frequency = rng.choices(FREQUENCIES, [2, 2, 3, 6, 4, 4, 0])[0]
    parts = [f"FREQ={frequency}"]
    interval = {"HOURLY": [1, 1, 2, 5, 12, 24], "MINUTELY": [15, 30, 45, 60, 90]}.get(frequency, [1, 1, 1, 2, 3])
    parts.append(f"INTERVAL={rng.choice(interval)}")
    if frequency not in ("HOURLY", "MINUTELY") and rng.random() < 0.5:
        parts.append(part("BYHOUR", some(rng, range(5), 3)))
    if frequency != "MINUTELY" and rng.random() < 0.3:
        parts.append(part("BYMINUTE", some(rng, [0, 15, 30, 45], 2)))
    if rng.random() < 0.2:
        parts.append(part("BYDAY", some(rng, DAYS)))
    return parts


def change_of_clocks(rng, zone):
    """The local day of some change of its clocks."""
    day = datetime.datetime(rng.randrange(1995, 2024), rng.randrange(1, 13), 1, tzinfo=zone)
    for _ in range(400):
        after = day + datetime.timedelta(days=1)
        if day.utcoffset() != after.utcoffset():
            return day.replace(tzinfo=None)
        day = after
    return day.replace(tzinfo=None)


def instant(at):
    """Seconds of a time; in a gap by the offset before it, in a fold the first of two."""
    return int(at.replace(tzinfo=at.tzinfo or datetime.timezone.utc).timestamp())


def until(rng, at):
    """An UNTIL near a time: in UTC where it has a zone."""
    at -= datetime.timedelta(seconds=rng.choice([0, 0, 1]))
    if at.tzinfo is None:
        return f"UNTIL={at:%Y%m%dT%H%M%S}"
    return f"UNTIL={datetime.datetime.fromtimestamp(instant(at), datetime.timezone.utc):%Y%m%dT%H%M%SZ}"


def line(rng, zone):
    """One line, or none."""
    parts = zoned_rule(rng) if zone else plain_rule(rng)
    if zone:
        change = change_of_clocks(rng, ZoneInfo(zone)) - datetime.timedelta(days=rng.choice([0, 0, 1, 2, 7]))
        start = change.replace(hour=rng.randrange(4), minute=rng.choice([0, 15, 30]), tzinfo=ZoneInfo(zone))
    else:
        start = datetime.datetime(1990, 1, 1, 9) + datetime.timedelta(days=rng.randrange(40 * 365))
        if rng.random() < 0.3:
            start = start.replace(month=rng.choice([1, 12]), day=rng.choice([1, 2, 3, 28, 29, 30, 31]))
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
        parts.append(until(rng, rng.choice(found)))
    text = ";".join(parts)
    found = instances(text, start)
    if not found:
        return None
    seconds = [instant(start), *map(instant, found)]
    differences = [base36(after - before) for before, after in itertools.pairwise(seconds)]
    fields = [f"{start:%Y%m%dT%H%M%S}", text, str(INSTANCES), " ".join(differences)]
    return "\t".join(fields + [zone] * bool(zone))


def main():
    """Writes the rules without a zone, then those with one."""
    rng = random.Random(SEED)
    signal.signal(signal.SIGALRM, lose_patience)
    seen = set()
    while len(seen) < PLAIN + ZONED:
        made = line(rng, rng.choice(ZONES) if len(seen) >= PLAIN else None)
        if made is not None and made not in seen:
            seen.add(made)
            print(made)


main()
