//! Calendars as files: one object per UID on the way in, all objects together on the way out.

use std::collections::{BTreeMap, HashMap, HashSet};

use calendar::{Component, ComponentBuf, Document, Limits, PropertyBuf, TooMuch};

/// The most octets of a file that is imported.
const LARGEST: usize = 64 << 20;

/// One object of an imported file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The UID of its components.
    pub uid: String,
    /// A whole VCALENDAR with the time zones that it needs.
    pub text: Vec<u8>,
}

/// What a file held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Import {
    /// The objects, in the order of their first component.
    pub objects: Vec<Imported>,
    /// How many components had no UID and were left out.
    pub without_uid: usize,
    /// How many objects were larger than an object may be and were left out.
    pub too_large: usize,
}

/// Takes a file of events apart into objects. METHOD goes: what is imported is not a message.
pub fn import(file: &[u8]) -> Result<Import, TooMuch> {
    let limits = Limits {
        bytes: LARGEST,
        lines: LARGEST / 16,
        components: LARGEST / 64,
        ..Limits::default()
    };
    let document = Document::parse(file, &limits)?;
    let mut import = Import::default();
    for calendar in document
        .components()
        .filter(|component| component.is("VCALENDAR"))
    {
        split(&calendar, &mut import);
    }
    Ok(import)
}

fn split(calendar: &Component<'_>, import: &mut Import) {
    let zones: Vec<ComponentBuf> = calendar
        .components()
        .filter(|part| part.is("VTIMEZONE"))
        .map(|zone| zone.to_buf())
        .collect();
    let mut uids: Vec<String> = Vec::new();
    let mut groups: HashMap<String, Vec<ComponentBuf>> = HashMap::new();
    for part in calendar.components().filter(|part| is_entry(part)) {
        match part
            .property("UID")
            .map(|uid| uid.value().trim().to_owned())
            .filter(|uid| !uid.is_empty())
        {
            None => import.without_uid += 1,
            Some(uid) => {
                let group = groups.entry(uid.clone()).or_default();
                if group.is_empty() {
                    uids.push(uid);
                }
                group.push(part.to_buf());
            }
        }
    }
    for uid in uids {
        let parts = groups.remove(&uid).unwrap_or_default();
        let text = object(calendar, &zones, parts).to_bytes();
        match Document::parse(text.as_slice(), &Limits::default()) {
            Ok(_) => import.objects.push(Imported { uid, text }),
            Err(_) => import.too_large += 1,
        }
    }
}

fn is_entry(part: &Component<'_>) -> bool {
    ["VEVENT", "VTODO", "VJOURNAL"]
        .iter()
        .any(|name| part.is(name))
}

/// A VCALENDAR for some components, with the zones that they name.
fn object(
    calendar: &Component<'_>,
    zones: &[ComponentBuf],
    parts: Vec<ComponentBuf>,
) -> ComponentBuf {
    let mut object = ComponentBuf::new("VCALENDAR");
    for property in calendar
        .properties()
        .filter(|property| !property.is("METHOD"))
    {
        object.push_property(property.to_buf());
    }
    let named: HashSet<String> = parts.iter().flat_map(zones_named).collect();
    for zone in zones
        .iter()
        .filter(|zone| tzid(zone).is_some_and(|tzid| named.contains(&tzid)))
    {
        object.push_component(zone.clone());
    }
    for part in parts {
        object.push_component(part);
    }
    object
}

/// The TZIDs that a component and its alarms name.
fn zones_named(part: &ComponentBuf) -> Vec<String> {
    let own = part
        .properties()
        .filter_map(|property| property.parameter("TZID").map(|tzid| tzid.into_owned()));
    let inner = part.components().flat_map(|inner| {
        inner
            .properties()
            .filter_map(|property| property.parameter("TZID").map(|tzid| tzid.into_owned()))
    });
    own.chain(inner).collect()
}

fn tzid(zone: &ComponentBuf) -> Option<String> {
    zone.property("TZID")
        .map(|tzid| tzid.value().trim().to_owned())
}

/// Puts objects together, each time zone once.
///
/// It is one VCALENDAR, unless two objects mean different zones by one TZID, as Exchange's
/// "Customized Time Zone" does: then another one follows (RFC 5545, 3.4).
#[must_use]
pub fn export<'a>(objects: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut sheets = vec![Sheet::default()];
    for object in objects {
        // What is stored was within the limits when it came in.
        let Ok(document) = Document::parse(object, &Limits::default()) else {
            continue;
        };
        let parts = document
            .components()
            .flat_map(|calendar| calendar.components());
        let (zones, entries): (Vec<_>, Vec<_>) = parts
            .map(|part| part.to_buf())
            .partition(|part| part.is("VTIMEZONE"));
        let sheet = match sheets.iter_mut().find(|sheet| sheet.agrees(&zones)) {
            Some(sheet) => sheet,
            None => sheets.push_mut(Sheet::default()),
        };
        sheet.zones.extend(
            zones
                .into_iter()
                .filter_map(|zone| Some((tzid(&zone)?, zone))),
        );
        sheet.entries.extend(entries);
    }
    sheets.into_iter().flat_map(|sheet| sheet.print()).collect()
}

/// One VCALENDAR of an export.
#[derive(Default)]
struct Sheet {
    zones: BTreeMap<String, ComponentBuf>,
    entries: Vec<ComponentBuf>,
}

impl Sheet {
    /// Whether the zones mean the same here.
    fn agrees(&self, zones: &[ComponentBuf]) -> bool {
        zones.iter().all(|zone| {
            let known = tzid(zone).and_then(|tzid| self.zones.get(&tzid));
            known.is_none_or(|known| known.to_bytes() == zone.to_bytes())
        })
    }

    fn print(self) -> Vec<u8> {
        let mut calendar = ComponentBuf::new("VCALENDAR");
        calendar.push_property(PropertyBuf::new("VERSION", "2.0"));
        calendar.push_property(PropertyBuf::new("PRODID", "-//invited//invited//EN"));
        for part in self.zones.into_values().chain(self.entries) {
            calendar.push_component(part);
        }
        calendar.to_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:PUBLISH\r\n\
        BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nEND:VTIMEZONE\r\n\
        BEGIN:VTIMEZONE\r\nTZID:Unused\r\nEND:VTIMEZONE\r\n\
        BEGIN:VEVENT\r\nUID:a\r\nDTSTART;TZID=Europe/Berlin:20270101T100000\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nUID:b\r\nX-NOTE:two\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nUID: a \r\nRECURRENCE-ID:20270101T090000Z\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nSUMMARY:no uid\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    #[test]
    fn a_file_becomes_one_object_per_uid() {
        let import = import(FILE.as_bytes()).unwrap();
        assert_eq!(import.without_uid, 1);
        let texts: Vec<(&str, &str)> = import
            .objects
            .iter()
            .map(|object| {
                (
                    object.uid.as_str(),
                    std::str::from_utf8(&object.text).unwrap(),
                )
            })
            .collect();
        assert_eq!(
            texts,
            [
                (
                    "a",
                    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n\
                     BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nEND:VTIMEZONE\r\n\
                     BEGIN:VEVENT\r\nUID:a\r\nDTSTART;TZID=Europe/Berlin:20270101T100000\r\nEND:VEVENT\r\n\
                     BEGIN:VEVENT\r\nUID: a \r\nRECURRENCE-ID:20270101T090000Z\r\nEND:VEVENT\r\n\
                     END:VCALENDAR\r\n"
                ),
                (
                    "b",
                    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n\
                     BEGIN:VEVENT\r\nUID:b\r\nX-NOTE:two\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
                ),
            ]
        );
    }

    #[test]
    fn what_is_exported_can_be_imported() {
        let first = import(FILE.as_bytes()).unwrap().objects;
        let file = export(first.iter().map(|object| object.text.as_slice()));
        let second = import(&file).unwrap().objects;
        let uids = |objects: &[Imported]| {
            objects
                .iter()
                .map(|object| object.uid.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(uids(&first), uids(&second));
        assert_eq!(
            String::from_utf8(file)
                .unwrap()
                .matches("TZID:Europe/Berlin")
                .count(),
            1
        );
    }

    #[test]
    fn zones_that_differ_under_one_name_are_kept_apart() {
        let object = |uid: &str, offset: &str| {
            format!(
                "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n\
                 BEGIN:VTIMEZONE\r\nTZID:Customized\r\nBEGIN:STANDARD\r\nTZOFFSETTO:{offset}\r\n\
                 END:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n\
                 DTSTART;TZID=Customized:20270101T100000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
            )
        };
        let objects = [
            object("a", "+0100"),
            object("b", "-0500"),
            object("c", "+0100"),
        ];
        let file = export(objects.iter().map(String::as_bytes));
        let text = String::from_utf8(file.clone()).unwrap();
        assert_eq!(text.matches("BEGIN:VCALENDAR").count(), 2, "{text}");
        let again = import(&file).unwrap().objects;
        for (uid, offset) in [("a", "+0100"), ("b", "-0500"), ("c", "+0100")] {
            let object = again.iter().find(|object| object.uid == uid).unwrap();
            let text = String::from_utf8(object.text.clone()).unwrap();
            assert!(text.contains(&format!("TZOFFSETTO:{offset}")), "{text}");
        }
    }

    #[test]
    fn an_object_that_is_too_large_is_counted_and_left_out() {
        let file = format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\n{}END:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:b\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            "COMMENT:x\r\n".repeat(100_000)
        );
        let import = import(file.as_bytes()).unwrap();
        assert_eq!((import.objects.len(), import.too_large), (1, 1));
    }
}
