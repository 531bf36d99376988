"""The caldav library drives a server: calendars, events, to-dos, search, sync tokens, free-busy."""

import datetime
import sys

import caldav

UTC = datetime.timezone.utc


def at(day, hour=0):
    return datetime.datetime(2027, 3, day, hour, tzinfo=UTC)


client = caldav.DAVClient(sys.argv[1], username="alice@example.org", password="secret")
principal = client.principal()
assert len(principal.calendars()) == 1

calendar = principal.make_calendar(name="Work", cal_id="work")
event = calendar.save_event(
    dtstart=at(1, 10), dtend=at(1, 11), summary="Weekly", rrule={"FREQ": "WEEKLY", "COUNT": 5}
)
todo = calendar.save_todo(summary="Do it", due=at(2, 10))
assert (len(calendar.events()), len(calendar.todos())) == (1, 1)

search = dict(event=True, start=at(1), end=at(20))
assert len(calendar.search(expand=True, **search)) == 3
assert len(calendar.search(event=True, start=at(2), end=at(3))) == 0

known = calendar.objects_by_sync_token(load_objects=True)
assert len(list(known)) == 2
other = calendar.save_event(dtstart=at(25, 10), dtend=at(25, 11), summary="Other")
updated, deleted = known.sync()
assert (len(list(updated)), len(list(deleted))) == (1, 0)
other.delete()
updated, deleted = known.sync()
assert (len(list(updated)), len(list(deleted))) == (0, 1)

busy = calendar.freebusy_request(at(1), at(9)).data
assert "20270301T100000Z/20270301T110000Z" in busy, busy
assert "20270308T100000Z/20270308T110000Z" in busy, busy

todo.complete()
assert (len(calendar.todos()), len(calendar.todos(include_completed=True))) == (0, 1)
found = calendar.event_by_uid(str(event.icalendar_component["uid"]))
assert found.icalendar_component["summary"] == "Weekly"
calendar.delete()
assert len(principal.calendars()) == 1
print("caldav: all is as it should be")
