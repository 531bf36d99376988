//! Whether the owner of an account comes, as far as he has said (RFC 5545, 3.2.12).

use calendar::ComponentBuf;

use crate::answer;
use crate::line::Line;
use crate::owner::Owner;
use crate::stored::Account;

/// What the owner's PARTSTAT makes of the time of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attendance {
    /// He comes, or has nothing to say to it: he is not listed, or it is his own.
    Certain,
    /// He may come: he said so, or has not answered.
    Tentative,
    /// He does not come: he declined, or somebody else goes for him.
    Absent,
}

/// Whether the owner comes to each of some components.
pub fn attendances<'c>(
    components: impl IntoIterator<Item = &'c ComponentBuf>,
    account: &Account<'_>,
) -> Vec<Attendance> {
    let owner = Owner::of(account);
    let components = components.into_iter();
    components.map(|one| of(one, &owner)).collect()
}

fn of(component: &ComponentBuf, owner: &Owner) -> Attendance {
    let mut attendees = component.properties_named("ATTENDEE");
    let Some(own) = attendees.find(|line| owner.is(*line)) else {
        return Attendance::Certain;
    };
    let partstat = own.parameter("PARTSTAT").unwrap_or_default();
    let says = |word: &str| partstat.eq_ignore_ascii_case(word);
    if says("DECLINED") || says("DELEGATED") {
        return Attendance::Absent;
    }
    let organizer = component.property("ORGANIZER");
    let is_own = organizer.is_some_and(|line| owner.is(line));
    match !is_own && (says("TENTATIVE") || answer::is_unanswered(own as &dyn Line)) {
        true => Attendance::Tentative,
        false => Attendance::Certain,
    }
}

#[cfg(test)]
mod tests {
    use calendar::PropertyBuf;

    use super::*;

    fn event(organizer: &str, attendee: &str, partstat: Option<&str>) -> ComponentBuf {
        let mut event = ComponentBuf::new("VEVENT");
        event.push_property(PropertyBuf::new("ORGANIZER", organizer));
        let mut line = PropertyBuf::new("ATTENDEE", attendee);
        if let Some(partstat) = partstat {
            line.set_parameter("PARTSTAT", partstat);
        }
        event.push_property(line);
        event
    }

    #[test]
    fn the_own_answer_alone_counts() {
        let addresses = ["al@example.org".to_owned()];
        let account = Account {
            addresses: &addresses,
        };
        let (dan, al) = ("mailto:dan@example.com", "MAILTO:Al@example.org");
        for (organizer, attendee, partstat, expected) in [
            (dan, al, Some("ACCEPTED"), Attendance::Certain),
            (dan, al, Some("tentative"), Attendance::Tentative),
            (dan, al, Some("NEEDS-ACTION"), Attendance::Tentative),
            (dan, al, None, Attendance::Tentative),
            (dan, al, Some("DECLINED"), Attendance::Absent),
            (dan, al, Some("DELEGATED"), Attendance::Absent),
            (dan, al, Some("X-LATER"), Attendance::Certain),
            (dan, dan, Some("DECLINED"), Attendance::Certain),
            (
                dan,
                "mailto:al+work@example.org",
                Some("DECLINED"),
                Attendance::Absent,
            ),
            (al, al, None, Attendance::Certain),
            (al, al, Some("DECLINED"), Attendance::Absent),
        ] {
            let event = event(organizer, attendee, partstat);
            let found = attendances([&event], &account);
            assert_eq!(found, [expected], "{attendee} {partstat:?}");
        }
    }
}
