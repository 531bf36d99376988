//! What clients store comes back octet for octet, however it is written.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod server;

use server::Server;
use store::{CollectionKind, Store};

const OBJECTS: [(&str, &str); 5] = [
    // Line ends of one octet, names in small letters, folds where nobody folds, properties of no RFC.
    (
        "odd.ics",
        "BEGIN:VCALENDAR\nversion:2.0\nprodid:x\nBEGIN:VEVENT\nuid:odd\nDTSTART:20270301T10\n 0000Z\n\
         SUMMARY:Fr\n üh;\\, und \t \nX-ODD;X-P=\"a:b\":1\nEND:VEVENT\nEND:VCALENDAR\n",
    ),
    (
        "todo.ics",
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VTODO\r\nUID:todo\r\nDUE:20270301T100000Z\r\n\
         PERCENT-COMPLETE:50\r\nEND:VTODO\r\nEND:VCALENDAR\r\n",
    ),
    (
        "journal.ics",
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VJOURNAL\r\nUID:journal\r\n\
         DTSTART;VALUE=DATE:20270301\r\nEND:VJOURNAL\r\nEND:VCALENDAR\r\n",
    ),
    (
        "free.ics",
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VAVAILABILITY\r\nUID:free\r\n\
         DTSTAMP:20270101T000000Z\r\nBEGIN:AVAILABLE\r\nUID:morning\r\nDTSTAMP:20270101T000000Z\r\n\
         DTSTART:20270301T080000Z\r\nDTEND:20270301T120000Z\r\nRRULE:FREQ=WEEKLY\r\nEND:AVAILABLE\r\n\
         END:VAVAILABILITY\r\nEND:VCALENDAR\r\n",
    ),
    (
        "zone.ics",
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nX-WR-CALNAME:Mine\r\nBEGIN:VTIMEZONE\r\nTZID:Here\r\n\
         BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\n\
         END:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:zone\r\nDTSTART;TZID=Here:20270301T100000\r\n\
         END:VEVENT\r\nEND:VCALENDAR\r\n",
    ),
];

const CARDS: [(&str, &str); 4] = [
    (
        "three.vcf",
        "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//x//EN\r\nUID:three\r\nN:Doe;Jo;;;\r\nFN:Jo Doe\r\n\
         item1.EMAIL;type=INTERNET;type=pref:jo@example.com\r\nitem1.X-ABLabel:_$!<Other>!$_\r\n\
         PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ\r\n SkZJRg==\r\nEND:VCARD\r\n",
    ),
    (
        "four.vcf",
        "BEGIN:VCARD\nVERSION:4.0\nUID:urn:uuid:4\nfn:Zoë\nEMAIL;PREF=1:zoe@example.com\nEND:VCARD\n",
    ),
    (
        "group.vcf",
        "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:uuid:5\r\nKIND:group\r\nFN:Friends\r\n\
         MEMBER:urn:uuid:4\r\nEND:VCARD\r\n",
    ),
    (
        "apple-group.vcf",
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:six\r\nN:Friends;;;;\r\nFN:Friends\r\n\
         X-ADDRESSBOOKSERVER-KIND:group\r\nX-ADDRESSBOOKSERVER-MEMBER:urn:uuid:three\r\nEND:VCARD\r\n",
    ),
];

async fn put(server: &Server, path: &str, text: &str) {
    let answer = server.ask("PUT", path, &[], text.as_bytes()).await;
    assert_eq!(answer.status, 201, "{path}: {answer:?}");
    let is_tag = |(name, _): &(String, String)| name.eq_ignore_ascii_case("etag");
    assert!(
        answer.fields.iter().any(is_tag),
        "{path}: it was not changed"
    );
}

async fn home(server: &Server, kind: CollectionKind) -> String {
    let name = match kind {
        CollectionKind::Calendar => "calendars",
        CollectionKind::AddressBook => "addressbooks",
    };
    let segment = server.default(kind).await;
    format!("/dav/{name}/alice@example.org/{segment}")
}

#[tokio::test]
async fn what_is_stored_comes_back_as_it_is() {
    let server = Server::start().await;
    let calendar = home(&server, CollectionKind::Calendar).await;
    let book = home(&server, CollectionKind::AddressBook).await;
    let objects = OBJECTS.map(|(name, text)| (format!("{calendar}/{name}"), text));
    let cards = CARDS.map(|(name, text)| (format!("{book}/{name}"), text));
    for (path, text) in objects.into_iter().chain(cards) {
        put(&server, &path, text).await;
        let stored = server.ask("GET", &path, &[], b"").await;
        assert_eq!(stored.body, text, "{path}");
    }
}

/// A picture fills most of what a card may have, in one line.
#[tokio::test]
async fn a_card_with_a_large_picture_is_found_and_stays_a_contact() {
    let server = Server::start().await;
    let book = home(&server, CollectionKind::AddressBook).await;
    let (from, to) = (format!("{book}/p.vcf"), format!("{book}/q.vcf"));
    let text = format!(
        "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:p\r\nFN:Pia\r\nEMAIL:pia@example.com\r\n\
         PHOTO:data:image/png;base64,{}\r\nEND:VCARD\r\n",
        "A".repeat(900 << 10)
    );
    put(&server, &from, &text).await;
    let target = [("Destination".to_owned(), to)];
    let moved = server.ask("MOVE", &from, &target, b"").await;
    assert_eq!(moved.status, 201);
    let contacts = server.store.contacts(server.alice.id).await.unwrap();
    let addresses: Vec<&String> = contacts.iter().flat_map(|one| &one.addresses).collect();
    assert_eq!(addresses, ["pia@example.com"]);
    let query = "<R:addressbook-query xmlns:R='urn:ietf:params:xml:ns:carddav'><R:filter>\
         <R:prop-filter name='FN'><R:text-match>pia</R:text-match></R:prop-filter></R:filter>\
         </R:addressbook-query>";
    let found = server.ask("REPORT", &book, &[], query.as_bytes()).await;
    assert!(found.body.contains("/q.vcf</D:href>"), "{}", found.body);
}

#[tokio::test]
async fn a_name_of_ten_thousand_letters_is_refused() {
    let server = Server::start().await;
    let calendar = home(&server, CollectionKind::Calendar).await;
    let path = format!("{calendar}/{}.ics", "x".repeat(10 << 10));
    let (_, text) = OBJECTS[1];
    for (method, body) in [("GET", ""), ("PUT", text), ("DELETE", "")] {
        let answer = server.ask(method, &path, &[], body.as_bytes()).await;
        assert_eq!(answer.status, 400, "{method}");
    }
}
