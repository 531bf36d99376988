//! The notification methods that there are: `addcal` and `updatecal` (RFC 5435 section 3.2).

use crate::effect::NotifyMethod;
use crate::lexer::shortened;

/// The long spelling of a method is its name behind this.
const LONG_SPELLING: &str = "https://cyrusimap.org/notifiers/";

/// An option's name and value.
type MethodOption<'o> = (&'o str, &'o str);

/// One method.
struct Method {
    name: &'static str,
    /// Reads its options, or says what is wrong with them.
    read: fn(&[MethodOption<'_>]) -> Result<NotifyMethod, String>,
}

static METHODS: [Method; 2] = [
    Method {
        name: "addcal",
        read: addcal,
    },
    Method {
        name: "updatecal",
        read: updatecal,
    },
];

fn named(method: &str) -> Option<&'static Method> {
    let prefix = method.get(..LONG_SPELLING.len());
    let name = match prefix {
        // Scheme and host are compared without regard to case (RFC 3986 section 6.2.2.1).
        Some(prefix) if prefix.eq_ignore_ascii_case(LONG_SPELLING) => {
            method.get(LONG_SPELLING.len()..).unwrap_or_default()
        }
        _ => method,
    };
    METHODS
        .iter()
        .find(|known| known.name.eq_ignore_ascii_case(name))
}

/// Whether there is such a method.
pub(super) fn is_known(method: &str) -> bool {
    named(method).is_some()
}

/// Reads a method with its options, or says what is wrong.
pub(super) fn read(method: &str, options: &[&str]) -> Result<NotifyMethod, String> {
    let known = named(method).ok_or_else(|| unknown(method))?;
    let options: Vec<_> = options
        .iter()
        .map(|option| option_parts(option))
        .collect::<Result<_, _>>()?;
    (known.read)(&options)
}

/// What is said of a method that does not exist.
pub(super) fn unknown(method: &str) -> String {
    let names: Vec<_> = METHODS
        .iter()
        .map(|method| format!("{:?}", method.name))
        .collect();
    format!(
        "there is no notification method {:?}; there are {}",
        shortened(method),
        names.join(" and ")
    )
}

/// The value of a notification capability (section 5); a durable job takes a notification at once.
pub(super) fn capability(method: &str, capability: &str) -> Option<&'static str> {
    (is_known(method) && capability.eq_ignore_ascii_case("online")).then_some("yes")
}

/// Section 3.5: `<optionname>=<value>`.
fn option_parts(option: &str) -> Result<MethodOption<'_>, String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let parts = option.split_once('=').filter(|(name, _)| {
        name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(is_part)
    });
    parts.ok_or_else(|| {
        format!(
            "the option {:?} is not of the form \"name=value\"",
            shortened(option)
        )
    })
}

fn addcal(options: &[MethodOption<'_>]) -> Result<NotifyMethod, String> {
    let mut calendar = None;
    for (name, value) in options {
        if !name.eq_ignore_ascii_case("calendarId") {
            return Err(format!(
                "\"addcal\" has no option {:?}; it has \"calendarId=…\"",
                shortened(name)
            ));
        }
        if !is_calendar_id(value) {
            return Err(format!(
                "{:?} is no calendar id; one has 1 to 64 letters, digits or hyphens",
                shortened(value)
            ));
        }
        if calendar.replace((*value).to_owned()).is_some() {
            return Err("the option \"calendarId\" stands twice; remove one".to_owned());
        }
    }
    Ok(NotifyMethod::AddCal { calendar })
}

fn updatecal(options: &[MethodOption<'_>]) -> Result<NotifyMethod, String> {
    match options.first() {
        None => Ok(NotifyMethod::UpdateCal),
        Some((name, _)) => Err(format!(
            "\"updatecal\" has no options; remove {:?}",
            shortened(name)
        )),
    }
}

fn is_calendar_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings() {
        for method in [
            "updatecal",
            "UpdateCal",
            "HTTPS://CyrusIMAP.org/notifiers/updatecal",
        ] {
            assert_eq!(read(method, &[]), Ok(NotifyMethod::UpdateCal), "{method}");
        }
        for method in [
            "",
            "updatecal2",
            "https://cyrusimap.org/notifiers/",
            "mailto:a@b",
        ] {
            assert!(!is_known(method), "{method}");
        }
    }

    #[test]
    fn calendar_ids_are_bounded() {
        let longest = "a".repeat(64);
        for id in ["0a1b", "A-z", longest.as_str()] {
            let method = read("addcal", &[&format!("calendarId={id}")]);
            let calendar = Some(id.to_owned());
            assert_eq!(method, Ok(NotifyMethod::AddCal { calendar }));
        }
        for id in ["", "a/b", "\u{fc}", &format!("{longest}a")] {
            assert!(
                read("addcal", &[&format!("calendarId={id}")]).is_err(),
                "{id}"
            );
        }
    }

    #[test]
    fn wrong_options() {
        let cases: [(&str, &[&str], &str); 5] = [
            ("addcal", &["calendarId"], "not of the form"),
            ("addcal", &["-a=b"], "not of the form"),
            ("addcal", &["color=red"], "no option \"color\""),
            ("addcal", &["calendarId=a", "calendarid=a"], "stands twice"),
            ("updatecal", &["calendarId=a"], "has no options"),
        ];
        for (method, options, expected) in cases {
            let message = read(method, options).unwrap_err();
            assert!(message.contains(expected), "{message}");
        }
    }
}
