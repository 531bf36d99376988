"""vdirsyncer carries 500 events and 500 contacts to a server, and changes of both sides across."""

import base64
import pathlib
import re
import subprocess
import sys
import urllib.request

binaries, http, site = sys.argv[1:]
site = pathlib.Path(site)
EVENT = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:e{0}\r\n"
    "DTSTAMP:20270101T000000Z\r\nDTSTART:202703{1:02}T100000Z\r\nDTEND:202703{1:02}T110000Z\r\n"
    "SUMMARY:Event {0}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
CARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:c{0}\r\nFN:Contact {0}\r\nN:{0};Contact;;;\r\n"
    "EMAIL:c{0}@example.com\r\nEND:VCARD\r\n"
)


def ask(method, path, body=None, depth="1"):
    request = urllib.request.Request(http + path, method=method, data=body)
    token = base64.b64encode(b"alice@example.org:secret").decode()
    request.add_header("Authorization", "Basic " + token)
    request.add_header("Depth", depth)
    if body:
        request.add_header("Content-Type", "text/calendar; charset=utf-8")
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()


def collection(kind):
    home = f"/dav/{kind}/alice@example.org/"
    return re.search(f"{home}([^/<]+)/", ask("PROPFIND", home)).group(1)


def hrefs(kind, name):
    listed = ask("PROPFIND", f"/dav/{kind}/alice@example.org/{name}/")
    return [href for href in re.findall("<D:href>([^<]*)</D:href>", listed) if href[-4:] in (".ics", ".vcf")]


def run(*arguments):
    subprocess.run(arguments, check=True, cwd=site, capture_output=True, stdin=subprocess.DEVNULL)


def sync():
    run(f"{binaries}/vdirsyncer", "-c", "config", "sync")


calendar, book = collection("calendars"), collection("addressbooks")
config = "[general]\nstatus_path = \"status/\"\n"
for pair, name, kind, ending in [("cal", calendar, "caldav", ".ics"), ("con", book, "carddav", ".vcf")]:
    config += f"""
[pair {pair}]
a = "{pair}_here"
b = "{pair}_there"
collections = ["{name}"]
[storage {pair}_here]
type = "filesystem"
path = "{site}/{pair}/"
fileext = "{ending}"
[storage {pair}_there]
type = "{kind}"
url = "{http}/"
username = "alice@example.org"
password = "secret"
"""
(site / "config").write_text(config)
here = {}
for pair, name in [("cal", calendar), ("con", book)]:
    here[pair] = site / pair / name
    here[pair].mkdir(parents=True)
for number in range(500):
    (here["cal"] / f"e{number}.ics").write_bytes(EVENT.format(number, number % 28 + 1).encode())
    (here["con"] / f"c{number}.vcf").write_bytes(CARD.format(number).encode())
run(f"{binaries}/vdirsyncer", "-c", "config", "discover")
sync()
assert len(hrefs("calendars", calendar)) == 500
assert len(hrefs("addressbooks", book)) == 500

edited = here["cal"] / "e7.ics"
edited.write_bytes(edited.read_bytes().replace(b"Event 7", b"Edited here"))
(here["cal"] / "e8.ics").unlink()
there = next(href for href in hrefs("calendars", calendar) if href.endswith("/e9.ics"))
ask("PUT", there, ask("GET", there).replace("Event 9", "Edited there").encode())
gone = next(href for href in hrefs("addressbooks", book) if href.endswith("/c5.vcf"))
ask("DELETE", gone)
sync()
left = hrefs("calendars", calendar)
assert len(left) == 499 == len(list(here["cal"].iterdir()))
assert len(hrefs("addressbooks", book)) == 499 == len(list(here["con"].iterdir()))
assert "Edited here" in ask("GET", there.replace("/e9.ics", "/e7.ics"))
assert b"Edited there" in (here["cal"] / "e9.ics").read_bytes()

khal = f"[calendars]\n[[work]]\npath = {here['cal']}\n[locale]\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\n"
khal += "longdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
khal += f"local_timezone = UTC\ndefault_timezone = UTC\n[sqlite]\npath = {site}/khal.db\n"
(site / "khal").write_text(khal)
listed = subprocess.run(
    [f"{binaries}/khal", "-c", "khal", "list", "--format", "{title}", "2027-03-10", "1d"],
    check=True, cwd=site, capture_output=True, text=True,
).stdout
assert "Edited there" in listed, listed
print("vdirsyncer and khal: nothing is lost")
