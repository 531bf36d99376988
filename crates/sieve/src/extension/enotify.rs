//! "enotify": `notify`, its tests and `:encodeurl` (RFC 5435), with our own methods and without `mailto:`.

mod method;

use std::borrow::Cow;
use std::fmt::Write as _;

use super::variables::change;
use crate::check::Call;
use crate::effect::{Importance, Notify, NotifyMethod};
use crate::instruction::{Action, Condition, Flow, Halt, Step};
use crate::machine::Machine;
use crate::matching::Matcher;
use crate::registry::{
    CommandSpec, Extension, Family, Kind, On, Positional, Role, Shape, TagSpec, TestSpec,
};
use crate::text::Text;

/// `notify`, `valid_notify_method`, `notify_method_capability`, and `:encodeurl` on `set`.
pub(crate) static EXTENSION: Extension = Extension {
    capabilities: &["enotify"],
    commands: &[CommandSpec {
        name: "notify",
        shape: Shape {
            tags: &[
                option("from", Kind::String),
                option("importance", Kind::String),
                option("options", Kind::Strings),
                option("message", Kind::String),
            ],
            positional: &[Positional::string("method")],
            ..Shape::NOTHING
        },
        build,
    }],
    tests: &[
        TestSpec {
            name: "valid_notify_method",
            shape: Shape {
                positional: &[Positional::strings("methods")],
                ..Shape::NOTHING
            },
            build: |call| Some(Box::new(ValidNotifyMethod(call.strings()?))),
        },
        TestSpec {
            name: "notify_method_capability",
            shape: Shape {
                families: &[Family::Match],
                positional: &[
                    Positional::string("method"),
                    Positional::string("capability"),
                    Positional::strings("keys"),
                ],
                ..Shape::NOTHING
            },
            build: |call| {
                Some(Box::new(NotifyMethodCapability {
                    matcher: call.matcher()?,
                    method: call.string()?,
                    capability: call.string()?,
                    keys: call.strings()?,
                }))
            },
        },
    ],
    tags: &[change("encodeurl", 15, percent_encode)],
    ..Extension::EMPTY
};

const fn option(name: &'static str, operand: Kind) -> TagSpec {
    TagSpec {
        name,
        operand: Some(operand),
        on: On::Own,
        role: Role::Option,
    }
}

fn build(call: &mut Call<'_, '_>) -> Option<Box<dyn Action>> {
    let action = NotifyAction {
        method: call.string()?,
        options: call.option_strings("options")?.unwrap_or_default(),
        message: call.option_string("message")?,
        from: call.option_string("from")?,
        importance: call.option_string("importance")?,
    };
    match action.constant_error() {
        Some(message) => call.report(message),
        None => Some(Box::new(action)),
    }
}

#[derive(Debug)]
struct NotifyAction {
    method: Text,
    options: Vec<Text>,
    message: Option<Text>,
    from: Option<Text>,
    importance: Option<Text>,
}

impl NotifyAction {
    /// What is wrong whatever the variables hold.
    ///
    /// A method that is a URI but is not known is left to the run, so that a script can ask `valid_notify_method`
    /// first (section 3.2).
    fn constant_error(&self) -> Option<String> {
        let importance = self.importance.as_ref().and_then(Text::constant);
        if let Some(Err(message)) = importance.map(importance_of) {
            return Some(message);
        }
        let method = self.method.constant()?;
        if !method::is_known(method) {
            return (!method.contains(':')).then(|| method::unknown(method));
        }
        let options: Option<Vec<_>> = self.options.iter().map(Text::constant).collect();
        method::read(method, &options?).err()
    }

    fn method(&self, machine: &mut Machine<'_>) -> Step<NotifyMethod> {
        let method = machine.expand(&self.method)?;
        let options = machine.expand_all(&self.options)?;
        let options: Vec<&str> = options.iter().map(AsRef::as_ref).collect();
        method::read(&method, &options).map_err(Halt::Fault)
    }
}

impl Action for NotifyAction {
    fn execute(&self, machine: &mut Machine<'_>) -> Step<Flow> {
        let method = self.method(machine)?;
        let importance = match &self.importance {
            Some(text) => importance_of(&machine.expand(text)?).map_err(Halt::Fault)?,
            None => Importance::Normal,
        };
        let notify = Notify {
            method,
            message: expand_optional(self.message.as_ref(), machine)?,
            from: expand_optional(self.from.as_ref(), machine)?,
            importance,
        };
        machine.deliveries.notify(notify, machine.limits)?;
        Ok(Flow::Next)
    }
}

fn expand_optional(text: Option<&Text>, machine: &mut Machine<'_>) -> Step<Option<String>> {
    let expanded = text.map(|text| machine.expand(text)).transpose()?;
    Ok(expanded.map(Cow::into_owned))
}

fn importance_of(text: &str) -> Result<Importance, String> {
    match text {
        "1" => Ok(Importance::High),
        "2" => Ok(Importance::Normal),
        "3" => Ok(Importance::Low),
        _ => Err(format!(
            "{:?} is no importance; write \"1\" (high), \"2\" (normal) or \"3\" (low)",
            crate::lexer::shortened(text)
        )),
    }
}

#[derive(Debug)]
struct ValidNotifyMethod(Vec<Text>);

impl Condition for ValidNotifyMethod {
    fn holds(&self, machine: &mut Machine<'_>) -> Step<bool> {
        let methods = machine.expand_all(&self.0)?;
        Ok(methods.iter().all(|method| method::is_known(method)))
    }
}

#[derive(Debug)]
struct NotifyMethodCapability {
    matcher: Matcher,
    method: Text,
    capability: Text,
    keys: Vec<Text>,
}

impl Condition for NotifyMethodCapability {
    fn holds(&self, machine: &mut Machine<'_>) -> Step<bool> {
        let method = machine.expand(&self.method)?;
        let capability = machine.expand(&self.capability)?;
        match method::capability(&method, &capability) {
            Some(value) => {
                let values = vec![Cow::Borrowed(value)];
                self.matcher.matches(machine, values, &self.keys)
            }
            None => Ok(false),
        }
    }
}

/// Section 6: all octets but the unreserved ones of RFC 3986.
fn percent_encode(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for octet in value.bytes() {
        if octet.is_ascii_alphanumeric() || b"-._~".contains(&octet) {
            encoded.push(char::from(octet));
        } else {
            // Writing to a String does not fail.
            let _ = write!(encoded, "%{octet:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_section_6() {
        assert_eq!(
            percent_encode("Safe body&evil=evilbody~\u{fc}"),
            "Safe%20body%26evil%3Devilbody~%C3%BC"
        );
    }
}
