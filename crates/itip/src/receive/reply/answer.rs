//! What is taken of an answer: PARTSTAT, COMMENT and DELEGATED-TO, nothing else (rule E1).

use std::fmt;

use calendar::{CalendarUserAddress, Component, ComponentBuf, Property, PropertyBuf};

use crate::line::{Line, NEEDS_ACTION, RESPONSE_COMMENT};
use crate::owner::Owner;

/// The most delegates of one answer.
const DELEGATES: usize = 8;
/// The most characters of a comment.
const COMMENT: usize = 1000;

/// One attendee's answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    partstat: String,
    comment: Option<String>,
    delegates: Vec<Delegated>,
}

/// To whom an attendee hands over.
#[derive(Clone, Debug)]
struct Delegated {
    uri: String,
    name: Option<String>,
}

/// Whether a delegate joined the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delegate {
    Added,
    None,
}

impl Answer {
    pub(super) fn read(attendee: &Property<'_>, component: &Component<'_>) -> Self {
        let partstat = attendee.parameter("PARTSTAT").unwrap_or_default();
        let partstat: String = partstat
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .collect();
        let comment = component.property("COMMENT").map(|comment| comment.text());
        let comment = comment.map(|text| text.trim().chars().take(COMMENT).collect::<String>());
        let delegates = attendee
            .parameter_values("DELEGATED-TO")
            .into_iter()
            .take(DELEGATES);
        Self {
            partstat: if partstat.is_empty() {
                NEEDS_ACTION.to_owned()
            } else {
                partstat.to_ascii_uppercase()
            },
            comment: comment.filter(|text| !text.is_empty()),
            delegates: delegates.map(|uri| Delegated::of(uri, component)).collect(),
        }
    }

    /// Writes the answer into the stored line of the attendee.
    pub(super) fn write(
        &self,
        component: &mut ComponentBuf,
        stored: &PropertyBuf,
        owner: &Owner,
    ) -> Delegate {
        for line in component.properties_mut().filter(|line| *line == stored) {
            line.set_parameter("PARTSTAT", &self.partstat);
            line.remove_parameter("RSVP");
            line.set_parameter("SCHEDULE-STATUS", "2.0");
            let delegates: Vec<_> = self
                .delegates
                .iter()
                .map(|delegate| delegate.uri.as_str())
                .collect();
            line.set_parameter_values("DELEGATED-TO", &delegates);
            let comment: Vec<_> = self.comment.iter().map(String::as_str).collect();
            line.set_parameter_values(RESPONSE_COMMENT, &comment);
        }
        let mut added = Delegate::None;
        for delegate in &self.delegates {
            let address = CalendarUserAddress::parse(&delegate.uri);
            let is_listed = component
                .properties_named("ATTENDEE")
                .any(|line| line.is_named(&address));
            if !is_listed && address.is_mail() && !owner.has(&address) {
                component.push_property(delegate.line(stored));
                added = Delegate::Added;
            }
        }
        added
    }
}

/// What it says, to know a second copy.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.partstat)?;
        for delegate in &self.delegates {
            write!(f, " {}", delegate.uri)?;
        }
        self.comment
            .iter()
            .try_for_each(|comment| write!(f, " {comment}"))
    }
}

/// The line of somebody who was not invited and whom the owner lets in (rule E3).
pub(super) fn newcomer(attendee: &Property<'_>) -> PropertyBuf {
    let mut line = PropertyBuf::new("ATTENDEE", &format!("mailto:{}", attendee.address()));
    for name in ["CN", "ROLE", "CUTYPE"] {
        if let Some(value) = attendee.parameter(name) {
            line.set_parameter(name, &value);
        }
    }
    line
}

impl Delegated {
    /// With the name that the answer gives.
    fn of(uri: String, component: &Component<'_>) -> Self {
        let address = CalendarUserAddress::parse(&uri);
        let line = component
            .properties_named("ATTENDEE")
            .find(|line| line.is_named(&address));
        let name = line.and_then(|line| line.parameter("CN").map(std::borrow::Cow::into_owned));
        Self { uri, name }
    }

    /// The new attendee.
    fn line(&self, delegator: &PropertyBuf) -> PropertyBuf {
        let address = CalendarUserAddress::parse(&self.uri);
        let mut line = PropertyBuf::new("ATTENDEE", &format!("mailto:{address}"));
        if let Some(name) = &self.name {
            line.set_parameter("CN", name);
        }
        if let Some(role) = delegator.parameter("ROLE") {
            line.set_parameter("ROLE", &role);
        }
        line.set_parameter("PARTSTAT", NEEDS_ACTION);
        line.set_parameter("RSVP", "TRUE");
        line.set_parameter("DELEGATED-FROM", &format!("mailto:{}", delegator.address()));
        line
    }
}
