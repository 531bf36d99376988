//! An object taken apart: VCALENDAR properties, time zones, and its components by RECURRENCE-ID
//! (RFC 5545 section 3.4).

use std::borrow::Cow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use calendar::{Component, ComponentBuf, DateOrTime, Document, Kind, Names, PropertyBuf};

use crate::clock::Clock;
use crate::line::{self, Line};
use crate::recurrence_id::RecurrenceId;

/// A component as it came, or made anew.
#[derive(Clone, Debug)]
pub(crate) enum Body<'a> {
    Kept(Component<'a>),
    Made(Rc<ComponentBuf>),
}

impl Body<'_> {
    pub(crate) fn made(component: ComponentBuf) -> Self {
        Self::Made(Rc::new(component))
    }

    /// An editable copy, or the component itself.
    pub(crate) fn to_buf(&self) -> Cow<'_, ComponentBuf> {
        match self {
            Self::Kept(component) => Cow::Owned(component.to_buf()),
            Self::Made(component) => Cow::Borrowed(component),
        }
    }

    pub(crate) fn into_buf(self) -> ComponentBuf {
        match self {
            Self::Kept(component) => component.to_buf(),
            Self::Made(component) => Rc::unwrap_or_clone(component),
        }
    }

    /// The text, whole, whatever its line ends.
    pub(crate) fn bytes(&self) -> Cow<'_, [u8]> {
        match self {
            // A component without END is mended by its first edit.
            Self::Kept(component) if !component.has_end() => {
                let mut mended = component.to_buf();
                mended.items_mut();
                Cow::Owned(mended.to_bytes())
            }
            Self::Kept(component) => Cow::Borrowed(component.raw()),
            Self::Made(component) => Cow::Owned(component.to_bytes()),
        }
    }

    /// Whether both print the same.
    pub(crate) fn same_text(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }

    /// Whether both came so and have the same lines of these names, octet for octet.
    pub(crate) fn has_lines_of(&self, other: &Self, names: Names) -> bool {
        match (self, other) {
            (Self::Kept(one), Self::Kept(other)) => {
                let one = one.properties_among(names).map(|line| line.raw());
                one.eq(other.properties_among(names).map(|line| line.raw()))
            }
            _ => false,
        }
    }

    /// Whether a line of this name passes the test.
    pub(crate) fn any_line(&self, name: &str, mut test: impl FnMut(&dyn Line) -> bool) -> bool {
        match self {
            Self::Kept(component) => component.properties_named(name).any(|line| test(&line)),
            Self::Made(component) => component.properties_named(name).any(|line| test(line)),
        }
    }

    /// Whether it has a line of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        match self {
            Self::Kept(component) => component.has(name),
            Self::Made(component) => component.property(name).is_some(),
        }
    }

    /// Every line of these names.
    pub(crate) fn each_line(&self, names: Names, mut then: impl FnMut(&dyn Line)) {
        match self {
            Self::Kept(component) => component
                .properties_among(names)
                .for_each(|line| then(&line)),
            Self::Made(component) => {
                let is_meant =
                    |line: &&PropertyBuf| names.as_slice().iter().any(|name| line.is(name));
                component
                    .properties()
                    .filter(is_meant)
                    .for_each(|line| then(line));
            }
        }
    }

    /// The first line of this name.
    pub(crate) fn line(&self, name: &str) -> Option<PropertyBuf> {
        match self {
            Self::Kept(component) => component.property(name).map(|line| line.to_buf()),
            Self::Made(component) => component.property(name).cloned(),
        }
    }

    /// Whether STATUS says so.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.any_line("STATUS", |status| {
            status.value().trim().eq_ignore_ascii_case("CANCELLED")
        })
    }

    /// DTSTART, or DUE of a to-do that has none.
    pub(crate) fn start(&self) -> Option<DateOrTime> {
        let value = self.line("DTSTART").or_else(|| self.line("DUE"))?;
        let zone = self.line("TZID").map(|zone| zone.unescaped());
        line::within(value.date_or_time(), zone.as_deref())
    }

    /// RECURRENCE-ID as written.
    pub(crate) fn recurrence_id(&self) -> Option<DateOrTime> {
        let zone = self.line("TZID").map(|zone| zone.unescaped());
        line::within(self.line("RECURRENCE-ID")?.date_or_time(), zone.as_deref())
    }

    /// Takes the time zones that it names out of the list, until that is empty.
    fn take_zones(&self, zones: &mut BTreeSet<String>) {
        let mut take = |line: &dyn Line| {
            if let Some(zone) = line.parameter("TZID") {
                zones.remove(zone.trim());
            }
            zones.is_empty()
        };
        match self {
            Self::Kept(component) => component.properties().any(|line| take(&line)),
            Self::Made(component) => component.properties().any(|line| take(line)),
        };
    }
}

/// All components with one UID, and what stands around them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object<'a> {
    /// Properties of the VCALENDAR but METHOD.
    pub(crate) envelope: Vec<PropertyBuf>,
    /// VTIMEZONEs by TZID.
    pub(crate) zones: BTreeMap<String, Body<'a>>,
    pub(crate) components: BTreeMap<RecurrenceId, Body<'a>>,
    /// What is neither, and components whose RECURRENCE-ID stands there twice.
    others: Vec<Body<'a>>,
}

impl<'a> Object<'a> {
    /// Takes a stored text apart; none when it holds no component of the kind.
    pub(crate) fn read(document: &'a Document, kind: Kind) -> Option<Self> {
        let calendar = calendar_of(document)?;
        let mut object = Self::around(&calendar);
        let components = || {
            calendar
                .components()
                .filter(|component| !component.is("VTIMEZONE"))
        };
        let mut clock =
            object.clock_of(components().filter(|component| component.is(kind.component_name())));
        for component in components() {
            let id = RecurrenceId::of_stored(&component, &mut clock);
            match object.components.entry(id) {
                Entry::Vacant(place) if component.is(kind.component_name()) => {
                    place.insert(Body::Kept(component));
                }
                _ => object.others.push(Body::Kept(component)),
            }
        }
        (!object.components.is_empty()).then_some(object)
    }

    /// What stands around the components of a VCALENDAR.
    pub(crate) fn around(calendar: &Component<'a>) -> Self {
        let lines = calendar.properties().filter(|line| !line.is("METHOD"));
        let zones = calendar
            .components()
            .filter(|component| component.is("VTIMEZONE"));
        let zones = zones.filter_map(|zone| {
            let id = zone.property("TZID")?.value().trim().to_owned();
            Some((id, Body::Kept(zone)))
        });
        Self {
            envelope: lines.map(|line| line.to_buf()).collect(),
            zones: zones.collect(),
            ..Self::default()
        }
    }

    /// The same without its components.
    pub(crate) fn without_components(&self) -> Self {
        Self {
            envelope: self.envelope.clone(),
            zones: self.zones.clone(),
            components: BTreeMap::new(),
            others: self.others.clone(),
        }
    }

    pub(crate) fn master(&self) -> Option<&Body<'a>> {
        self.components.get(&RecurrenceId::MASTER)
    }

    /// The first ORGANIZER that says anything.
    pub(crate) fn organizer(&self) -> Option<PropertyBuf> {
        self.components.values().find_map(|body| {
            let organizer = body.line("ORGANIZER");
            organizer.filter(|line| !line.value().trim().is_empty())
        })
    }

    /// The time zones, and the clock of the master if there is one.
    pub(crate) fn clock(&self) -> Clock {
        let mut clock = Clock::new(self.zones.iter());
        if let Some(start) = self.master().and_then(Body::start) {
            clock.run_from(start);
        } else if let Some(start) = self.components.values().find_map(Body::start) {
            clock.meet(&start);
        }
        clock
    }

    /// As [`clock`](Self::clock), of components that are not taken in yet; of a single event, which
    /// asks it nothing, an empty one.
    pub(crate) fn clock_of<'c>(&self, components: impl Iterator<Item = Component<'c>>) -> Clock {
        let (overrides, masters): (Vec<_>, Vec<_>) =
            components.partition(|component| component.has("RECURRENCE-ID"));
        if overrides.is_empty() {
            return Clock::new(std::iter::empty());
        }
        let mut clock = Clock::new(self.zones.iter());
        if let Some(start) = masters
            .first()
            .and_then(|master| Body::Kept(*master).start())
        {
            clock.run_from(start);
        } else if let Some(start) = overrides
            .first()
            .and_then(|first| Body::Kept(*first).start())
        {
            clock.meet(&start);
        }
        clock
    }

    /// Names the overrides anew, by another clock; of two that are one instance then the second stays.
    pub(crate) fn rename(&mut self, clock: &Clock) -> BTreeMap<RecurrenceId, RecurrenceId> {
        let mut renamed = BTreeMap::new();
        for (id, body) in std::mem::take(&mut self.components) {
            let written = body.recurrence_id();
            let new = written.and_then(|written| clock.id(&written).ok());
            let new = new.unwrap_or_else(|| id.clone());
            renamed.insert(id, new.clone());
            self.components.insert(new, body);
        }
        renamed
    }

    /// Drops time zones that no component names.
    pub(crate) fn drop_unused_zones(&mut self) {
        let mut unused: BTreeSet<String> = self.zones.keys().cloned().collect();
        for body in self.components.values().chain(&self.others) {
            if unused.is_empty() {
                return;
            }
            body.take_zones(&mut unused);
        }
        self.zones.retain(|id, _| !unused.contains(id));
    }

    /// The iCalendar text: VCALENDAR properties, time zones, master, overrides in order; CRLF.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = b"BEGIN:VCALENDAR\r\n".to_vec();
        for (name, value) in [("VERSION", "2.0"), ("PRODID", "-//invited//itip//EN")] {
            if !self.envelope.iter().any(|line| line.is(name)) {
                out.extend_from_slice(&PropertyBuf::new(name, value).to_bytes());
            }
        }
        for line in &self.envelope {
            push_crlf(&mut out, &line.to_bytes());
        }
        let bodies = self.zones.values().chain(self.components.values());
        for body in bodies.chain(&self.others) {
            match body {
                Body::Kept(component) if component.is_plain() => {
                    out.extend_from_slice(component.raw());
                }
                _ => push_crlf(&mut out, &body.bytes()),
            }
        }
        out.extend_from_slice(b"END:VCALENDAR\r\n");
        out
    }
}

/// The VCALENDAR of a document.
pub(crate) fn calendar_of(document: &Document) -> Option<Component<'_>> {
    document
        .descendants()
        .find(|component| component.is("VCALENDAR"))
}

/// Appends lines, each ended by CRLF, without blank ones but those that a fold continues.
fn push_crlf(out: &mut Vec<u8>, text: &[u8]) {
    if is_plain(text) {
        out.extend_from_slice(text);
        return;
    }
    let mut lines = text.split_inclusive(|&byte| byte == b'\n').peekable();
    while let Some(line) = lines.next() {
        let bare = line.strip_suffix(b"\n").unwrap_or(line);
        let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
        // Without its blank begin, the fold would continue the line before.
        let is_folded = lines
            .peek()
            .is_some_and(|next| matches!(next.first(), Some(b' ' | b'\t')));
        if !bare.is_empty() || is_folded {
            out.extend_from_slice(bare);
            out.extend_from_slice(b"\r\n");
        }
    }
}

/// Whether every line ends with CRLF and none is blank, so that nothing is to be mended.
fn is_plain(text: &[u8]) -> bool {
    let is_end = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| text.get(at));
        let first = at.checked_sub(2).and_then(|at| text.get(at));
        before == Some(&b'\r') && first.is_some_and(|byte| *byte != b'\n')
    };
    text.ends_with(b"\n") && memchr::memchr_iter(b'\n', text).all(is_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fold_never_joins_the_line_before() {
        let text = "BEGIN:VCALENDAR\nVERSION:2.0\n\n X-A:1\nBEGIN:VEVENT\nUID:u\r\n\n E:x\n\nSUMMARY:s\n\r\n\tX-B:2\nEND:VEVENT\nEND:VCALENDAR\n";
        let document = Document::parse(text, &calendar::Limits::default()).unwrap();
        let object = Object::read(&document, Kind::Event).unwrap();
        assert_eq!(
            String::from_utf8(object.to_bytes()).unwrap(),
            "BEGIN:VCALENDAR\r\nPRODID:-//invited//itip//EN\r\nVERSION:2.0\r\n\r\n X-A:1\r\nBEGIN:VEVENT\r\nUID:u\r\n\r\n E:x\r\n\
             SUMMARY:s\r\n\r\n\tX-B:2\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
    }
}
