//! What stands around the components of the organizer's version, and how it is kept (RULES.md, *Base*).

use calendar::PropertyBuf;

use super::Taking;
use crate::case::Case;
use crate::merge::Base;
use crate::object::Body;
use crate::stamp::Stamp;
use crate::strip;

impl<'a> Taking<'a> {
    /// VCALENDAR properties and time zones are the latest message's; a zone that is missing comes in.
    pub(crate) fn take_envelope(&mut self, case: &Case<'a>) {
        let Some(stamp) = case.arrival.envelope_stamp() else {
            return;
        };
        let is_later = |taken: &Stamp| {
            stamp
                .dtstamp
                .cmp(&taken.dtstamp)
                .then_with(|| stamp.total_order(taken))
                .is_gt()
        };
        let is_latest = self.state.envelope.as_ref().is_none_or(is_later);
        if is_latest {
            self.version
                .envelope
                .clone_from(&case.arrival.around.envelope);
            self.state.envelope = Some(stamp.clone());
        }
        for (id, zone) in &case.arrival.around.zones {
            if is_latest || !self.version.zones.contains_key(id) {
                self.version.zones.insert(id.clone(), zone.clone());
            }
        }
    }

    /// Keeps the organizer's version as the base of the next message.
    ///
    /// What is only assumed to be the organizer's loses what may be the owner's own.
    pub(crate) fn keep_base(&mut self, case: &Case<'a>) {
        if case.base == Base::Assumed {
            let assumed = self
                .version
                .components
                .iter_mut()
                .filter(|(id, _)| !self.applied.contains(id));
            for (_, body) in assumed {
                let mut component = strip::stripped(body.to_buf().into_owned(), case.owner);
                component.retain(|item| item.as_property().is_none_or(|line| !is_extension(line)));
                *body = Body::made(component);
            }
        }
        self.version.drop_unused_zones();
        let text = String::from_utf8(self.version.to_bytes());
        self.state.base =
            Some(text.unwrap_or_else(|bad| String::from_utf8_lossy(bad.as_bytes()).into_owned()));
    }
}

fn is_extension(line: &PropertyBuf) -> bool {
    line.name()
        .get(..2)
        .is_some_and(|start| start.eq_ignore_ascii_case("X-"))
}
