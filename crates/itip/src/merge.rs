//! One component merged three ways: the organizer's version before and now, and the owner's (rule C3).

mod ownership;

use std::borrow::Cow;
use std::collections::BTreeMap;

use calendar::{ComponentBuf, Item, Property, PropertyBuf};

use crate::answer::is_unanswered;
use crate::line::{Line, NEEDS_ACTION};
use crate::object::Body;
use crate::owner::Owner;
use crate::strip;
use ownership::{Key, Ownership, ownership};

/// What the organizer's version before is known to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base {
    /// It was kept.
    Known,
    /// It was not: what stands there counts as the organizer's, but for what is personal.
    Assumed,
}

/// The three sides of a component.
pub(crate) struct Sides<'a> {
    pub(crate) base: &'a ComponentBuf,
    pub(crate) known: Base,
    pub(crate) mine: &'a ComponentBuf,
    pub(crate) theirs: &'a ComponentBuf,
    /// EXDATEs of the owner's that stay beside theirs.
    pub(crate) own_exdates: Vec<PropertyBuf>,
}

/// Whether an override stands where its series has the instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Original,
    Moved,
}

/// Whether the owner changed nothing since the organizer's last version, so that theirs is the merge.
pub(crate) fn is_untouched(base: &Body<'_>, mine: &Body<'_>, theirs: &Body<'_>) -> bool {
    let values = |body: &Body<'_>| {
        let mut values = Vec::new();
        body.each_line(ownership::OWNERS, |line| {
            let mut names = ownership::OWNERS.as_slice().iter();
            let name = names.position(|name| line.is(name));
            values.push((name, line.value().into_owned()));
        });
        values.sort_by_key(|(name, _)| *name);
        values
    };
    base.same_text(mine)
        && (mine.has_lines_of(theirs, ownership::OWNERS) || values(mine) == values(theirs))
}

/// The merge where the answer is all that the owner changed since the organizer's last version:
/// theirs with that answer.
pub(crate) fn answered<'a>(
    base: &Body<'a>,
    mine: &Body<'a>,
    theirs: &Body<'a>,
    owner: &Owner,
) -> Option<Body<'a>> {
    let (asked, answer) = answer_alone(base, mine, owner)?;
    if !mine.has_lines_of(theirs, ownership::OWNERS) {
        return None;
    }
    let is_own = |line: &PropertyBuf| line.is("ATTENDEE") && owner.is(line);
    let mut component = theirs.to_buf().into_owned();
    if component.properties().filter(|line| is_own(line)).count() != 1 {
        return None;
    }
    let own = component.properties_mut().find(|line| is_own(line))?;
    *own = own_line(Some(&asked), Some(&answer), own);
    Some(Body::made(component))
}

/// The owner's one ATTENDEE before and now, if that is the only line that differs.
fn answer_alone(
    base: &Body<'_>,
    mine: &Body<'_>,
    owner: &Owner,
) -> Option<(PropertyBuf, PropertyBuf)> {
    let (Body::Kept(base), Body::Kept(mine)) = (base, mine) else {
        return None;
    };
    let changes = mine.changes_since(base)?;
    let [(answer, asked)] = changes.as_slice() else {
        return None;
    };
    let is_own = |line: &Property<'_>| line.is("ATTENDEE") && owner.is(line);
    let own = mine.properties_named("ATTENDEE").filter(is_own);
    let is_it = is_own(asked) && is_own(answer) && own.count() == 1;
    is_it.then(|| (asked.to_buf(), answer.to_buf()))
}

/// A merged component.
pub(crate) struct Merged {
    pub(crate) component: ComponentBuf,
    /// Lines of the owner's that the organizer's replaced.
    pub(crate) overwritten: Vec<PropertyBuf>,
}

impl Sides<'_> {
    /// Merges; everything stands in theirs' order, what is the owner's alone behind it.
    pub(crate) fn merge(&self, owner: &Owner) -> Merged {
        let [base, mine, theirs] =
            [self.base, self.mine, self.theirs].map(|side| keyed(side, owner));
        let lines = Lines {
            known: self.known,
            base: index(&base),
            mine: index(&mine),
            theirs: index(&theirs),
        };
        let mut overwritten = Vec::new();
        let mut items = Vec::with_capacity(theirs.len() + 8);
        for (key, line) in &theirs {
            let line = lines.of_theirs(key, line, &mut overwritten);
            items.extend(line.map(Item::Property));
        }
        for (key, line) in &mine {
            let line = lines.of_mine(key, line, &mut overwritten);
            items.extend(line.map(Item::Property));
        }
        items.extend(self.own_exdates.iter().cloned().map(Item::Property));
        items.extend(self.components().cloned().map(Item::Component));
        Merged {
            component: self.theirs.with_items(items),
            overwritten,
        }
    }

    /// The component that counts as base for what the organizer owns.
    fn organizers(&self) -> &ComponentBuf {
        match self.known {
            Base::Known => self.base,
            Base::Assumed => self.mine,
        }
    }

    /// Inner components: the owner's alarms, and of others what neither side took out.
    fn components(&self) -> impl Iterator<Item = &ComponentBuf> {
        let is_alarm = |inner: &&ComponentBuf| inner.is("VALARM");
        let has = |side: &ComponentBuf, inner: &ComponentBuf| {
            side.components().any(|other| other == inner)
        };
        let base = self.organizers();
        let theirs = self
            .theirs
            .components()
            .filter(move |inner| !is_alarm(inner));
        let theirs = theirs.filter(move |inner| has(self.mine, inner) || !has(base, inner));
        let mine = self.mine.components().filter(move |inner| {
            is_alarm(inner) || (!has(base, inner) && !has(self.theirs, inner))
        });
        theirs.chain(mine)
    }
}

/// Lines with what makes them the same line, in order.
fn keyed<'a>(component: &'a ComponentBuf, owner: &Owner) -> Vec<(Key<'a>, &'a PropertyBuf)> {
    let lines = component.properties();
    lines.map(|line| (Key::of(line, owner), line)).collect()
}

/// Lines by what makes them the same line; of several with one key the first.
type Index<'a> = BTreeMap<&'a Key<'a>, &'a PropertyBuf>;

fn index<'a>(lines: &'a [(Key<'a>, &'a PropertyBuf)]) -> Index<'a> {
    let mut index = Index::new();
    for (key, line) in lines {
        index.entry(key).or_insert(line);
    }
    index
}

/// The lines of the three sides.
struct Lines<'a> {
    known: Base,
    base: Index<'a>,
    mine: Index<'a>,
    theirs: Index<'a>,
}

impl<'a> Lines<'a> {
    /// The organizer's line before.
    fn base(&self, key: &Key<'_>) -> Option<&'a PropertyBuf> {
        match self.known {
            Base::Known => self.base.get(key).copied(),
            Base::Assumed if key.may_be_personal() => None,
            Base::Assumed => self.mine.get(key).copied(),
        }
    }

    /// What becomes of a line of theirs.
    fn of_theirs(
        &self,
        key: &Key<'_>,
        theirs: &PropertyBuf,
        overwritten: &mut Vec<PropertyBuf>,
    ) -> Option<PropertyBuf> {
        let mine = self.mine.get(key).copied();
        match ownership(key) {
            Ownership::Owner => None,
            Ownership::Dates => Some(theirs.clone()),
            Ownership::Organizer => {
                if let (Some(mine), Some(base)) = (mine, self.base(key))
                    && !ownership::is_bookkeeping(mine)
                    && !plain(mine).same_content(base)
                    && !plain(mine).same_content(theirs)
                {
                    overwritten.push(mine.clone());
                }
                Some(theirs.clone())
            }
            Ownership::Self_ => Some(own_line(self.base(key), mine, theirs)),
            Ownership::Shared => self.shared(key, mine, theirs, overwritten),
        }
    }

    /// Theirs, unless only the owner changed it.
    fn shared(
        &self,
        key: &Key<'_>,
        mine: Option<&PropertyBuf>,
        theirs: &PropertyBuf,
        overwritten: &mut Vec<PropertyBuf>,
    ) -> Option<PropertyBuf> {
        let is_unchanged = |base: &PropertyBuf| base.same_content(theirs);
        match (self.base(key), mine) {
            (Some(base), None) => (!is_unchanged(base)).then(|| theirs.clone()),
            (Some(base), Some(mine)) if is_unchanged(base) => Some(mine.clone()),
            (Some(base), Some(mine)) if mine.same_content(base) => Some(theirs.clone()),
            (_, Some(mine)) => {
                if !mine.same_content(theirs) {
                    overwritten.push(mine.clone());
                }
                Some(theirs.clone())
            }
            (None, None) => Some(theirs.clone()),
        }
    }

    /// What becomes of a line of mine that theirs has not.
    fn of_mine(
        &self,
        key: &Key<'_>,
        mine: &PropertyBuf,
        overwritten: &mut Vec<PropertyBuf>,
    ) -> Option<PropertyBuf> {
        match ownership(key) {
            Ownership::Owner => Some(mine.clone()),
            Ownership::Dates => None,
            Ownership::Organizer => {
                let is_changed = self.base(key).is_none_or(|base| !base.same_content(mine));
                if is_changed && !ownership::is_bookkeeping(mine) && !self.theirs.contains_key(key)
                {
                    overwritten.push(mine.clone());
                }
                None
            }
            // An update that lists nobody leaves the owner's answer (rule C3).
            Ownership::Self_ if !self.theirs.keys().any(|key| key.is_attendee()) => {
                Some(mine.clone())
            }
            Ownership::Self_ | Ownership::Shared if self.theirs.contains_key(key) => None,
            Ownership::Self_ | Ownership::Shared => match self.base(key) {
                None => Some(mine.clone()),
                Some(base) => {
                    if !base.same_content(mine) && self.known == Base::Known {
                        overwritten.push(mine.clone());
                    }
                    None
                }
            },
        }
    }
}

/// The owner's ATTENDEE: the organizer's line, with each parameter that the owner set or took away.
fn own_line(
    base: Option<&PropertyBuf>,
    mine: Option<&PropertyBuf>,
    theirs: &PropertyBuf,
) -> PropertyBuf {
    let (Some(base), Some(mine)) = (base, mine) else {
        let mine = mine.filter(|mine| mine.address().same_ignoring_case(&theirs.address()));
        return mine.unwrap_or(theirs).clone();
    };
    let mut line = theirs.clone();
    for name in base.parameters_unlike(mine) {
        let values = mine.parameter_values(&name);
        if values != line.parameter_values(&name) {
            let values: Vec<_> = values.iter().map(String::as_str).collect();
            line.set_parameter_values(&name, &values);
        }
    }
    line
}

/// An override that is new to an object: it inherits what is personal of the master (rule C3), and
/// the owner's answer where it stands in its place.
pub(crate) fn inherit(
    theirs: &ComponentBuf,
    master: &Sides<'_>,
    place: Place,
    owner: &Owner,
) -> ComponentBuf {
    let base = match master.known {
        Base::Known => only_own_attendee(master.base, owner),
        // What is assumed to be the organizer's says nothing of the owner's answer.
        Base::Assumed => ComponentBuf::new(theirs.name()),
    };
    let mine = inherited(theirs, master, place, owner);
    let theirs_own: Vec<_> = theirs
        .properties()
        .filter(|line| is_the_owners(line, &mine))
        .cloned()
        .collect();
    let sides = Sides {
        base: &base,
        known: Base::Known,
        mine: &mine,
        theirs,
        own_exdates: Vec::new(),
    };
    let mut component = sides.merge(owner).component;
    for line in theirs_own {
        component.push_property(line);
    }
    component
}

/// What of the owner's master comes to a new override.
fn inherited(
    theirs: &ComponentBuf,
    master: &Sides<'_>,
    place: Place,
    owner: &Owner,
) -> ComponentBuf {
    let mut mine = ComponentBuf::new(theirs.name());
    let base_lines = keyed(master.base, owner);
    let base_lines = index(&base_lines);
    for line in master.mine.properties() {
        let key = Key::of(line, owner);
        let is_kept = match ownership(&key) {
            Ownership::Owner => true,
            Ownership::Self_ => place == Place::Original,
            Ownership::Shared => {
                master.known == Base::Known
                    && !key.is_attendee()
                    && !base_lines.contains_key(&key)
                    && theirs.property(line.name()).is_none()
            }
            Ownership::Organizer | Ownership::Dates => false,
        };
        if is_kept {
            mine.push_property(line.clone());
        }
    }
    for alarm in master.mine.components().filter(|inner| inner.is("VALARM")) {
        mine.push_component(alarm.clone());
    }
    mine
}

/// Whether a personal line of a new override stays, because the master has none of the name.
fn is_the_owners(line: &PropertyBuf, mine: &ComponentBuf) -> bool {
    ownership::is_personal(line) && mine.property(line.name()).is_none()
}

fn only_own_attendee(component: &ComponentBuf, owner: &Owner) -> ComponentBuf {
    let mut only = ComponentBuf::new(component.name());
    if let Some(own) = strip::own_attendee(component, owner) {
        only.push_property(own.clone());
    }
    only
}

/// Asks the owner again: NEEDS-ACTION and RSVP=TRUE where an answer was given (rule C4).
pub(crate) fn ask_again(component: &mut ComponentBuf, owner: &Owner) -> Asked {
    let mut asked = Asked::No;
    let lines = component
        .properties_mut()
        .filter(|line| line.is("ATTENDEE") && owner.is(*line));
    for own in lines {
        if !is_unanswered(own) {
            own.set_parameter("PARTSTAT", NEEDS_ACTION);
            own.set_parameter("RSVP", "TRUE");
            asked = Asked::Again;
        }
    }
    asked
}

/// Whether an answer was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Again,
    No,
}

/// A line without what the server notes on it of its own mail (RFC 6638 section 3.2.9).
fn plain(line: &PropertyBuf) -> Cow<'_, PropertyBuf> {
    const NOTE: &str = "SCHEDULE-STATUS";
    let mut plain = Cow::Borrowed(line);
    if line.parameter(NOTE).is_some() {
        plain.to_mut().remove_parameter(NOTE);
    }
    plain
}

#[cfg(test)]
mod tests {
    use calendar::{Document, Limits};

    use super::*;
    use crate::object::calendar_of;
    use crate::stored::Account;

    const ASKED: &str =
        "UID:u\nSUMMARY:a\nATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bob@example.com\n";
    const ANSWERED: &str =
        "UID:u\nSUMMARY:a\nATTENDEE;PARTSTAT=ACCEPTED;X-A=1:mailto:bob@example.com\n";
    const NEW: &str = "UID:u\nSUMMARY:b\nATTENDEE;CN=Bob;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bob@example.com\nURL:x\n";

    /// The short way's merge, which must be that of the long way.
    fn merged([base, mine, theirs]: [&str; 3]) -> Option<String> {
        let parse = |lines| {
            let text = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}END:VEVENT\nEND:VCALENDAR\n");
            Document::parse(text, &Limits::default()).unwrap()
        };
        let documents = [base, mine, theirs].map(parse);
        let [base, mine, theirs] = documents.each_ref().map(|document| {
            let event = calendar_of(document).unwrap().components().next();
            Body::Kept(event.unwrap())
        });
        let owner = Owner::of(&Account {
            addresses: &["bob@example.com".to_owned()],
        });
        let short = answered(&base, &mine, &theirs, &owner)?;
        let sides = Sides {
            base: &base.to_buf(),
            known: Base::Known,
            mine: &mine.to_buf(),
            theirs: &theirs.to_buf(),
            own_exdates: Vec::new(),
        };
        let long = sides.merge(&owner);
        assert_eq!(*short.to_buf(), long.component);
        assert!(long.overwritten.is_empty());
        Some(String::from_utf8(short.bytes().into_owned()).unwrap())
    }

    #[test]
    fn an_answer_alone_comes_to_the_organizers_lines() {
        let event = merged([ASKED, ANSWERED, NEW]).unwrap();
        assert_eq!(
            event,
            "BEGIN:VEVENT\nUID:u\nSUMMARY:b\n\
             ATTENDEE;CN=Bob;PARTSTAT=ACCEPTED;X-A=1:mailto:bob@example.com\nURL:x\nEND:VEVENT\n"
        );
    }

    #[test]
    fn whatever_else_the_owner_changed_is_merged_line_by_line() {
        let with = |lines: &str| format!("{ANSWERED}{lines}");
        let alarm = with("BEGIN:VALARM\nEND:VALARM\n");
        let own = with("X-B:1\n");
        let twice = with("ATTENDEE:mailto:bob+x@example.com\n");
        let title = ANSWERED.replace("SUMMARY:a", "SUMMARY:c");
        for mine in [&alarm, &own, &twice, &title] {
            assert_eq!(merged([ASKED, mine, NEW]), None, "{mine}");
        }
        let free = with("TRANSP:TRANSPARENT\n");
        let asked = format!("{ASKED}TRANSP:TRANSPARENT\n");
        assert_eq!(merged([&asked, &free, NEW]), None);
        let gone = NEW.replace("bob@", "alice@");
        assert_eq!(merged([ASKED, ANSWERED, &gone]), None);
        let two = format!("{NEW}ATTENDEE:mailto:bob+x@example.com\n");
        assert_eq!(merged([ASKED, ANSWERED, &two]), None);
    }
}
