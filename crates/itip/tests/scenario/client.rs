//! What the owner's client does to the calendar: `put` and `edit`.

use std::ops::Range;

use calendar::Kind;
use itip::{Access, StoredObject};

use crate::script::Step;
use crate::world::{Actor, unfolded};

impl Actor {
    /// `put CALENDAR [read-only]`: the owner's client stores an object.
    pub(crate) fn put(&mut self, step: &Step, words: &[&str]) {
        let text = step.calendar(None).into_bytes();
        let access = if words.contains(&"read-only") {
            Access::ReadOnly
        } else {
            Access::Writable
        };
        self.stored
            .objects
            .retain(|object| object.calendar != words[0]);
        let object = StoredObject {
            calendar: words[0].into(),
            name: "put.ics".into(),
            text,
            access,
        };
        let kind = if step.body.iter().any(|line| line == "BEGIN:VTODO") {
            Kind::Todo
        } else {
            Kind::Event
        };
        self.stored.state.observe(&object.text, kind, &self.limits);
        self.stored.objects.push(object);
    }

    /// `edit [RECURRENCE-ID]`: the owner's client changes lines; `-` takes those out that begin so,
    /// `+` puts one in.
    pub(crate) fn edit(&mut self, step: &Step, words: &[&str]) -> Option<String> {
        let Some(object) = self.stored.objects.first_mut() else {
            return Some("no object".into());
        };
        let text = String::from_utf8(object.text.clone()).unwrap();
        let mut lines = unfolded(&text);
        let Some(at) = component(&lines, words.first().copied()) else {
            return Some("no such component".into());
        };
        let (last, inner) = lines[at.clone()].split_last().unwrap();
        let mut edited = inner.to_vec();
        for change in &step.body {
            let before = edited.len();
            match change.split_at(1) {
                ("-", begin) => edited.retain(|line| !line.starts_with(begin)),
                ("+", line) => edited.push(line.to_owned()),
                _ => return Some(format!("neither + nor -: {change}")),
            }
            if edited.len() == before {
                return Some(format!("{change} takes nothing out"));
            }
        }
        edited.push(last.clone());
        lines.splice(at, edited);
        let lines = lines.iter().map(|line| format!("{line}\r\n"));
        object.text = lines.collect::<String>().into_bytes();
        None
    }
}

/// Where the master stands, or the override whose RECURRENCE-ID has this value.
fn component(lines: &[String], id: Option<&str>) -> Option<Range<usize>> {
    let is_begin = |line: &String| matches!(line.as_str(), "BEGIN:VEVENT" | "BEGIN:VTODO");
    let is_end = |line: &String| matches!(line.as_str(), "END:VEVENT" | "END:VTODO");
    let begins = (0..lines.len()).filter(|at| is_begin(&lines[*at]));
    let mut ranges = begins.filter_map(|at| {
        let end = lines[at..].iter().position(is_end)?;
        Some(at..at + end + 1)
    });
    ranges.find(|range| {
        let mut inner = lines[range.clone()].iter();
        let own = inner.find(|line| line.starts_with("RECURRENCE-ID"));
        match (id, own) {
            (None, own) => own.is_none(),
            (Some(id), own) => own.is_some_and(|own| own.ends_with(&format!(":{id}"))),
        }
    })
}
