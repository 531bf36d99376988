//! Events and cards of a size that is met, and where they are in time.

use std::fmt::Write;

/// Members in one collection that the queried month shows, whatever the size.
pub const HITS: usize = 80;
/// Those of them that are series without an end, which began earlier.
const ENDLESS: usize = 10;
/// The months of a year that have events beside the queried one, which is March of 2027.
const MONTHS: [usize; 11] = [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12];

pub fn event_name(number: usize) -> String {
    format!("{number:08x}-event.ics")
}

pub fn card_name(number: usize) -> String {
    format!("{number:08x}-card.vcf")
}

/// The first [`HITS`] are in the queried month; of the others as many are in every other month, and
/// each fiftieth is a series of ten weeks.
pub fn event(number: usize, version: usize) -> String {
    let (year, month) = match number {
        0..HITS => (2027, 3),
        _ => {
            let month = (number - HITS) / HITS % 1250;
            (2027 - month / 22 * 2 + month / 11 % 2, MONTHS[month % 11])
        }
    };
    let rule = match number {
        0..ENDLESS => "RRULE:FREQ=WEEKLY\r\n",
        HITS.. if number.is_multiple_of(50) && (4..12).contains(&month) => {
            "RRULE:FREQ=WEEKLY;COUNT=10\r\n"
        }
        _ => "",
    };
    let day = 1 + number % 28;
    let hour = 8 + number % 9;
    let year = if number < ENDLESS { 2020 } else { year };
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Calendar 1.0//EN\r\n{ZONE}\
         BEGIN:VEVENT\r\nUID:{number:08x}-event\r\nDTSTAMP:20270101T120000Z\r\n\
         CREATED:20261201T090000Z\r\nLAST-MODIFIED:20270101T120000Z\r\nSEQUENCE:{version}\r\n\
         SUMMARY:Meeting {number} about the things of the week\r\n\
         DTSTART;TZID=Europe/Berlin:{year:04}{month:02}{day:02}T{hour:02}0000\r\n\
         DTEND;TZID=Europe/Berlin:{year:04}{month:02}{day:02}T{hour:02}4500\r\n{rule}\
         LOCATION:Room {number} on the second floor\r\n\
         DESCRIPTION:What was left over the last time\\, and what is new. Please bring\r\n  \
         what you have.\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nCLASS:PUBLIC\r\n\
         BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Reminder\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n\
         END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

const ZONE: &str = "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:DAYLIGHT\r\n\
    TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nDTSTART:19810329T020000\r\n\
    RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\nBEGIN:STANDARD\r\n\
    TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nDTSTART:19961027T030000\r\n\
    RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";

pub fn card(number: usize, version: usize) -> String {
    format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Example//Contacts 1.0//EN\r\n\
         UID:{number:08x}-card\r\nN:Person{number};Some;;;\r\nFN:Some Person{number}\r\n\
         ORG:Example Ltd.;Department {}\r\nEMAIL;TYPE=WORK:person{number}@example.com\r\n\
         TEL;TYPE=CELL:+49 30 {number:08}\r\nADR;TYPE=WORK:;;1 Example Street;Berlin;;10115;Germany\r\n\
         NOTE:Version {version}\r\nREV:2027-01-01T12:00:00Z\r\nEND:VCARD\r\n",
        number % 40
    )
}

pub const PROPFIND: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
    <D:propfind xmlns:D=\"DAV:\"><D:prop><D:getetag/><D:getcontenttype/><D:resourcetype/></D:prop></D:propfind>";

pub const MONTH: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
    <C:calendar-query xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\">\
    <D:prop><D:getetag/><C:calendar-data/></D:prop><C:filter><C:comp-filter name=\"VCALENDAR\">\
    <C:comp-filter name=\"VEVENT\"><C:time-range start=\"20270301T000000Z\" end=\"20270401T000000Z\"/>\
    </C:comp-filter></C:comp-filter></C:filter></C:calendar-query>";

pub fn sync(token: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><D:sync-collection xmlns:D=\"DAV:\">\
         <D:sync-token>{token}</D:sync-token><D:sync-level>1</D:sync-level>\
         <D:prop><D:getetag/></D:prop></D:sync-collection>"
    )
}

/// A multiget of members of a collection; `what` is the report and its data.
pub fn multiget(what: (&str, &str, &str), collection: &str, names: &[String]) -> String {
    let (report, namespace, data) = what;
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><C:{report} xmlns:D=\"DAV:\" xmlns:C=\"{namespace}\">\
         <D:prop><D:getetag/><C:{data}/></D:prop>"
    );
    for name in names {
        write!(xml, "<D:href>{collection}{name}</D:href>").unwrap();
    }
    write!(xml, "</C:{report}>").unwrap();
    xml
}
