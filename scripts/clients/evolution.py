"""Evolution's data server syncs a calendar, sees an invitation that came by mail, and accepts it.

Runs in a D-Bus session of its own with Debian's Python, which has the bindings:
dbus-run-session -- /usr/bin/python3 scripts/clients/evolution.py PROGRAM
"""

import base64
import os
import pathlib
import queue
import re
import smtplib
import socketserver
import subprocess
import sys
import tempfile
import threading
import urllib.request

HOME = tempfile.TemporaryDirectory()
SITE = pathlib.Path(HOME.name)
for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"]:
    os.environ[name] = str(SITE / name)
    (SITE / name).mkdir(mode=0o700)
os.environ.update(HOME=HOME.name, GSETTINGS_BACKEND="memory", GIO_USE_PROXY_RESOLVER="dummy")
# What D-Bus starts gets the new places too.
subprocess.run(["dbus-update-activation-environment", "--all"], check=True)

import gi  # noqa: E402

gi.require_version("ECal", "2.0")
gi.require_version("EDataServer", "1.2")
from gi.repository import ECal, EDataServer, GLib, ICalGLib  # noqa: E402

PATIENCE = 60
MAIL = """From: Bob <bob@example.com>
To: alice@example.org
Subject: Lunch
Message-ID: <lunch@example.com>
MIME-Version: 1.0
Content-Type: text/calendar; method=REQUEST; charset=utf-8

BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Test//EN
METHOD:REQUEST
BEGIN:VEVENT
UID:lunch@example.com
DTSTAMP:20260101T000000Z
DTSTART:20990301T110000Z
DTEND:20990301T120000Z
SUMMARY:Lunch
ORGANIZER:mailto:bob@example.com
ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.com
ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:alice@example.org
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


class Relay(socketserver.StreamRequestHandler):
    """Takes every mail."""

    mails = queue.Queue()

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.say("220 relay")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"DATA":
                self.say("354 go on")
                self.mails.put(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
            self.say("221 bye" if verb == b"QUIT" else "250 ok")


class Session:
    """One client of the data server, and the loop that its signals come by."""

    def __init__(self):
        self.loop = GLib.MainLoop()

    def until(self, start):
        """Runs the loop until what was started says that it is done, and gives what it says."""
        said = []

        def done(*values):
            said.append(values[0] if values else None)
            self.loop.quit()

        def late():
            sys.exit("evolution: nothing happened for a minute")

        start(done)
        timer = GLib.timeout_add_seconds(PATIENCE, late)
        if not said:
            self.loop.run()
        GLib.source_remove(timer)
        return said[0]

    def connect(self, host, port, path):
        registry = EDataServer.SourceRegistry.new_sync(None)
        made = EDataServer.Source.new_with_uid("invited", None)
        made.set_parent("caldav-stub")
        made.set_display_name("invited")
        made.get_extension(EDataServer.SOURCE_EXTENSION_CALENDAR).set_backend_name("caldav")
        login = made.get_extension(EDataServer.SOURCE_EXTENSION_AUTHENTICATION)
        login.set_host(host)
        login.set_port(port)
        login.set_user("alice@example.org")
        login.set_method("plain/password")
        made.get_extension(EDataServer.SOURCE_EXTENSION_SECURITY).set_method("none")
        webdav = made.get_extension(EDataServer.SOURCE_EXTENSION_WEBDAV_BACKEND)
        webdav.set_resource_path(path)
        webdav.set_calendar_auto_schedule(True)
        registry.commit_source_sync(made, None)
        source = registry.ref_source("invited")
        secret = EDataServer.NamedParameters.new()
        secret.set("username", "alice@example.org")
        secret.set("password", "secret")
        source.connect("credentials-required", lambda *_: source.invoke_authenticate(secret, None, None, None))
        events = ECal.ClientSourceType.EVENTS

        def start(done):
            ECal.Client.connect(
                source, events, PATIENCE, None, lambda _, result: done(ECal.Client.connect_finish(result))
            )

        self.registry = registry
        return self.until(start)


def calendar(http):
    """The path of the one calendar that there is."""
    home = "/dav/calendars/alice@example.org/"
    request = urllib.request.Request(f"http://{http}{home}", method="PROPFIND")
    request.add_header("Authorization", "Basic " + base64.b64encode(b"alice@example.org:secret").decode())
    request.add_header("Depth", "1")
    with urllib.request.urlopen(request) as answer:
        return re.search(f"{home}[^/<]+/", answer.read().decode()).group(0)


relay = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Relay)
relay.daemon_threads = True
threading.Thread(target=relay.serve_forever, daemon=True).start()

config = SITE / "invited.toml"
config.write_text(
    f"""[server]
hostname = "mail.example.org"
data_dir = "{SITE}/data"
[lmtp]
listen = "127.0.0.1:0"
[http]
listen = "127.0.0.1:0"
[smtp]
relay = "smtp://127.0.0.1:{relay.server_address[1]}"
hold = "0 s"
"""
)
program = [sys.argv[1], "--config", str(config)]


def run(*arguments, give=""):
    done = subprocess.run([*program, *arguments], input=give, check=True, capture_output=True, text=True)
    return done.stdout


run("account", "add", "alice@example.org", "--password-stdin", give="secret\n")
card = SITE / "bob.vcf"
card.write_text("BEGIN:VCARD\r\nVERSION:4.0\r\nUID:bob\r\nFN:Bob\r\nEMAIL:bob@example.com\r\nEND:VCARD\r\n")
run("contacts", "import", "alice@example.org", str(card))
server = subprocess.Popen([*program, "serve"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
words = server.stdout.readline().decode().split()
lmtp, http = words[4], words[7]

try:
    host, port = http.rsplit(":", 1)
    session = Session()
    client = session.connect(host, int(port), calendar(http))
    view = client.get_view_sync("#t", None)
    view = view[1] if isinstance(view, tuple) else view

    def arrival(done):
        view.connect("objects-added", lambda _, found: done(found[0]))
        view.start()
        mta = smtplib.LMTP(*lmtp.rsplit(":", 1))
        mta.sendmail("bob@example.com", ["alice@example.org"], MAIL)
        mta.quit()
        # The log says what became of it; only then is there something to be synced.
        next(line for line in server.stderr if b"bob@example.com: added" in line)
        client.refresh_sync(None)

    event = session.until(arrival)
    assert event.get_summary() == "Lunch", event.as_ical_string()
    attendee = event.get_first_property(ICalGLib.PropertyKind.ATTENDEE_PROPERTY)
    while attendee.get_attendee() != "mailto:alice@example.org":
        attendee = event.get_next_property(ICalGLib.PropertyKind.ATTENDEE_PROPERTY)
    attendee.set_parameter(ICalGLib.Parameter.new_partstat(ICalGLib.ParameterPartstat.ACCEPTED))
    client.modify_object_sync(event, ECal.ObjModType.ALL, 0, None)

    mail = Relay.mails.get(timeout=PATIENCE)
    assert "Subject: Accepted: Lunch" in mail and "To: " in mail, mail
    assert "PARTSTAT=ACCEPTED" in run("calendar", "export", "alice@example.org")
    print("evolution: synced an invitation and accepted it")
finally:
    server.terminate()
    server.wait()
