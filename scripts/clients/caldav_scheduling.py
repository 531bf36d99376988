"""The caldav library invites, finds the invitation in the guest's inbox, accepts it, asks for busy times."""

import datetime
import sys
import time

import caldav

UTC = datetime.timezone.utc
PATIENCE = 60

EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//Test//EN
BEGIN:VEVENT
UID:plan@example.org
DTSTAMP:20550101T000000Z
DTSTART:20550301T100000Z
DTEND:20550301T110000Z
SUMMARY:Plan
END:VEVENT
END:VCALENDAR
"""


def person(address):
    return caldav.DAVClient(sys.argv[1], username=address, password="secret").principal()


def wait_for(what, found):
    """What the server hands over behind the scenes is soon there."""
    end = time.monotonic() + PATIENCE
    while not (seen := found()):
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.05)
    return seen


alice, bob = person("alice@example.org"), person("bob@example.org")
assert str(alice.get_vcal_address()) == "mailto:alice@example.org"

meeting = alice.calendars()[0].save_with_invites(EVENT, [alice, bob])
[invitation] = wait_for("the invitation", lambda: list(bob.schedule_inbox().get_items()))
assert invitation.is_invite_request()
invitation.accept_invite()
assert not list(bob.schedule_inbox().get_items())


def answers():
    meeting.load()
    lines = meeting.data.replace("\n ", "").splitlines()
    return [line for line in lines if "bob@" in line and "PARTSTAT=ACCEPTED" in line]


wait_for("the answer", answers)

first, last = (datetime.datetime(2055, 3, day, tzinfo=UTC) for day in (1, 2))
busy = alice.freebusy_request(first, last, [bob, "nobody@example.net"])
assert "20550301T100000Z/20550301T110000Z" in busy["mailto:bob@example.org"].data, busy
assert busy["errors"]["mailto:nobody@example.net"].startswith("3.7"), busy

meeting.delete()


def cancelled():
    return [event for event in bob.calendars()[0].events() if "CANCELLED" in event.data]


wait_for("the cancellation", cancelled)
print("caldav: an invitation from the outbox to the answer and the end")
