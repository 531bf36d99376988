//! What of an organizer's component never comes in (rule C1).

use calendar::{Component, ComponentBuf, DateOrTime, Item, Names, Property, PropertyBuf, text};

use crate::incoming::Incoming;
use crate::line::{Line, NEEDS_ACTION};
use crate::object::Body;
use crate::owner::Owner;
use crate::span;

/// The names by which Outlook and others paint a category.
const COLOURS: &[&str] = &[
    "aqua",
    "black",
    "blue",
    "brown",
    "cyan",
    "darkblue",
    "darkgray",
    "darkgreen",
    "darkgrey",
    "darkmaroon",
    "darkolive",
    "darkorange",
    "darkpeach",
    "darkpurple",
    "darkred",
    "darksteel",
    "darkteal",
    "darkyellow",
    "fuchsia",
    "gold",
    "gray",
    "green",
    "grey",
    "lime",
    "magenta",
    "maroon",
    "navy",
    "olive",
    "orange",
    "peach",
    "pink",
    "purple",
    "red",
    "silver",
    "steel",
    "teal",
    "turquoise",
    "violet",
    "white",
    "yellow",
];

/// The organizer's component as it may stand in a calendar: without VALARM, COLOR, CLASS and the
/// categories that are colours, and the owner's PARTSTAT NEEDS-ACTION.
pub(crate) fn stripped(component: ComponentBuf, owner: &Owner) -> ComponentBuf {
    let mut component = component;
    component.retain(|item| match item {
        Item::Property(line) => !line.is("COLOR") && !line.is("CLASS") && !line.is("METHOD"),
        Item::Component(inner) => !inner.is("VALARM"),
        Item::Stray(_) => false,
    });
    strip_colour_categories(&mut component);
    zone_times(&mut component);
    for line in component.properties_mut() {
        if line.is("ATTENDEE") && owner.is(line) {
            unanswer(line);
        }
    }
    component
}

/// Zoom writes the zone as a property of the event; no calendar app would find it there.
fn zone_times(component: &mut ComponentBuf) {
    let Some(zone) = component.property("TZID").map(PropertyBuf::unescaped) else {
        return;
    };
    for line in component.properties_mut() {
        let is_floating = matches!(line.date_or_time(), Some(DateOrTime::Floating(_)));
        if is_floating && span::TIMED.as_slice().iter().any(|name| line.is(name)) {
            line.set_parameter("TZID", zone.trim());
        }
    }
    component.remove_properties("TZID");
}

/// A message's component as it may stand in a calendar, untouched where nothing has to go.
pub(crate) fn body<'a>(
    component: &Component<'a>,
    incoming: &Incoming<'a>,
    owner: &Owner,
) -> Body<'a> {
    let is_clean = incoming.document.problems().is_empty()
        && !component.components().any(|inner| inner.is("VALARM"))
        && component
            .properties_among(QUESTIONABLE)
            .all(|line| may_stay(&line, owner));
    if is_clean {
        Body::Kept(*component)
    } else {
        Body::made(stripped(component.to_buf(), owner))
    }
}

/// The properties that may not come in as they are, or not at all.
const QUESTIONABLE: Names =
    Names::of(&["ATTENDEE", "CATEGORIES", "CLASS", "COLOR", "METHOD", "TZID"]);

/// Whether one of the [`QUESTIONABLE`] lines may come in as it is.
fn may_stay(line: &Property<'_>, owner: &Owner) -> bool {
    if line.is("ATTENDEE") {
        is_asking(line) || !owner.is(line)
    } else {
        line.is("CATEGORIES") && !text::list(&line.value()).any(|one| is_colour(&one))
    }
}

fn is_asking(line: &impl Line) -> bool {
    let partstat = line.parameter("PARTSTAT");
    partstat.is_some_and(|value| value.eq_ignore_ascii_case(NEEDS_ACTION))
}

/// Puts the owner's line back to unanswered, unless it is already.
fn unanswer(line: &mut PropertyBuf) {
    if !is_asking(line) {
        line.set_parameter("PARTSTAT", NEEDS_ACTION);
    }
}

/// The owner's ATTENDEE.
pub(crate) fn own_attendee<'c>(
    component: &'c ComponentBuf,
    owner: &Owner,
) -> Option<&'c PropertyBuf> {
    let at = owner.position(component.properties_named("ATTENDEE"))?;
    component.properties_named("ATTENDEE").nth(at)
}

fn strip_colour_categories(component: &mut ComponentBuf) {
    if !component
        .properties_named("CATEGORIES")
        .any(|line| text::list(&line.value()).any(|one| is_colour(&one)))
    {
        return;
    }
    for line in component
        .properties_mut()
        .filter(|line| line.is("CATEGORIES"))
    {
        let left: Vec<_> = text::list(&line.value())
            .filter(|one| !is_colour(one))
            .map(|one| text::escape(&one))
            .collect();
        if left.len() < text::list(&line.value()).count() {
            line.set_value(&left.join(","));
        }
    }
    component.retain(|item| {
        item.as_property()
            .is_none_or(|line| !line.is("CATEGORIES") || !line.value().is_empty())
    });
}

/// Whether a category is only a colour: `Red`, `Dark Blue Category`.
fn is_colour(category: &str) -> bool {
    let name: String = category.to_lowercase().split_whitespace().collect();
    let name = name.strip_suffix("category").unwrap_or(&name);
    COLOURS.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colours_are_in_order() {
        assert!(COLOURS.is_sorted());
    }

    #[test]
    fn knows_colours_from_other_categories() {
        for colour in ["Red", "red category", "Dark Blue Category", "YELLOW"] {
            assert!(is_colour(colour), "{colour}");
        }
        for other in ["", "Category", "Redding", "Work", "Red Team"] {
            assert!(!is_colour(other), "{other}");
        }
    }
}
