"""Checks mails of ours with Python's email package and icalendar: the form of RFC 6047 and rule F7.

Usage: check.py FOLDER, a folder of .eml files. Prints what is wrong; exit status 1 when anything is.
"""

import email
import email.policy
import pathlib
import re
import sys

import icalendar

STRUCTURE = [
    "multipart/mixed",
    "multipart/alternative",
    "text/plain",
    "text/html",
    "text/calendar",
    "application/ics",
]
ONCE = ["date", "from", "to", "subject", "message-id", "references", "auto-submitted", "mime-version"]
EVENT_ID = re.compile(r"<[0-9a-f]{40}@event\.invited\.invalid>")
METHODS = {"REQUEST", "REPLY", "CANCEL", "REFRESH", "COUNTER", "DECLINECOUNTER"}


def faults(octets):
    """Yields what is wrong with one mail."""
    for number, line in enumerate(octets.split(b"\r\n"), 1):
        if len(line) > 998:
            yield f"line {number} has {len(line)} octets"
        if b"\r" in line or b"\n" in line:
            yield f"line {number} has a CR or LF alone"
    if not octets.isascii():
        yield "is not ASCII"

    mail = email.message_from_bytes(octets, policy=email.policy.default)
    parts = list(mail.walk())
    for part in parts:
        for defect in part.defects + [d for value in part.values() for d in value.defects]:
            yield f"{part.get_content_type()}: {defect!r}"
    structure = [part.get_content_type() for part in parts]
    if structure != STRUCTURE:
        yield f"the structure is {structure}"
        return
    unknown = {name.lower() for name in mail} - set(ONCE) - {"in-reply-to", "content-type"}
    if unknown:
        yield f"unknown fields {sorted(unknown)}"
    for name in ONCE:
        if len(mail.get_all(name, [])) != 1:
            yield f"{name} is not there once"
    yield from header_faults(mail)
    yield from calendar_faults(parts[4], parts[5])
    for part in parts[2:4]:
        if not part.get_content().strip():
            yield f"{part.get_content_type()} is empty"


def header_faults(mail):
    """Yields what is wrong with the values of header fields."""
    for name in ("from", "to"):
        if len(mail[name].addresses) != 1 or not mail[name].addresses[0].domain:
            yield f"{name} has not one address: {mail[name]}"
    if mail["auto-submitted"] != "auto-generated":
        yield "Auto-Submitted is not auto-generated"
    if mail["date"].datetime is None:
        yield "Date cannot be read"
    if not EVENT_ID.match(mail["references"]):
        yield f"References does not begin with the event's id: {mail['references']}"
    if any(character in mail["subject"] for character in "\r\n"):
        yield "Subject has a line end"


def calendar_faults(part, attachment):
    """Yields what is wrong with the two calendar parts."""
    text = part.get_payload(decode=True)
    if attachment.get_payload(decode=True) != text:
        yield "invite.ics is not the text/calendar part"
    if attachment.get_filename() != "invite.ics" or not attachment.is_attachment():
        yield "invite.ics is no attachment of that name"
    if part.get_content_charset() != "utf-8":
        yield f"the charset is {part.get_content_charset()}"
    calendar = icalendar.Calendar.from_ical(text)
    method = str(calendar["METHOD"])
    if method not in METHODS:
        yield f"METHOD is {method}"
    if part.get_param("method") != method:
        yield f"the method parameter {part.get_param('method')} is not {method}"
    events = [one for one in calendar.walk() if one.name in ("VEVENT", "VTODO")]
    if len({str(event["UID"]) for event in events}) != 1:
        yield "there is not one UID"
    for event in events:
        if event.errors:
            yield f"icalendar finds errors: {event.errors}"
        if "DTSTAMP" not in event or "ORGANIZER" not in event:
            yield "an event has no DTSTAMP or ORGANIZER"
        if method == "REPLY" and isinstance(event.get("ATTENDEE"), list):
            yield "a REPLY names several attendees"


def main():
    """Checks every mail of the folder."""
    files = sorted(pathlib.Path(sys.argv[1]).glob("*.eml"))
    if not files:
        sys.exit(f"no mails in {sys.argv[1]}")
    bad = 0
    for file in files:
        for fault in faults(file.read_bytes()):
            print(f"{file.name}: {fault}")
            bad += 1
    print(f"{len(files)} mails checked, {bad} faults")
    sys.exit(1 if bad else 0)


main()
