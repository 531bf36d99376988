//! An owned content line that can be edited; folds only what was edited (RFC 5545 section 3.1).

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use crate::content::{Layout, Parameter};
use crate::date_or_time::DateOrTime;
use crate::eol::Eol;
use crate::fold::fold;
use crate::parameter::{self, is_control};
use crate::property::Property;
use crate::text;

/// An owned content line; unedited it prints as it came, folds included.
///
/// No edit can add a line end or another control character but HTAB: they are left out, here and
/// nowhere else. An edited line also loses those that it came with. Equal lines have the same
/// unfolded octets, however they are folded.
#[derive(Clone, Debug)]
pub struct PropertyBuf {
    content: Vec<u8>,
    layout: Layout,
    form: Form,
}

/// How the line prints.
#[derive(Clone, Debug)]
enum Form {
    /// On one line, however long, as it came.
    Plain(Eol),
    /// As it came: folded, with an odd line end or without one.
    Verbatim(Box<[u8]>),
    /// Folded anew; without a line end of its own it takes that of its component.
    Edited(Option<Eol>),
}

impl PropertyBuf {
    /// A line of this name and value, the value put as it is.
    ///
    /// What a name cannot hold is left out of it.
    pub fn new(name: &str, value: &str) -> Self {
        let name: String = name.chars().filter(|c| is_name_character(*c)).collect();
        let name = if name.is_empty() { "X-" } else { &name };
        let mut property = Self {
            layout: Layout::of_bare_name(name),
            content: [name, ":"].concat().into_bytes(),
            form: Form::Edited(None),
        };
        property.set_value(value);
        property
    }

    /// A line of this name whose value is this text, escaped as TEXT.
    pub fn text(name: &str, text: &str) -> Self {
        Self::new(name, &text::escape(text))
    }

    pub(crate) fn of_raw(raw: &[u8], content: Vec<u8>, layout: Layout) -> Self {
        let plain = Eol::of(raw).filter(|eol| {
            raw.strip_suffix(eol.as_bytes())
                .is_some_and(|line| line == content)
        });
        let form = plain.map_or_else(|| Form::Verbatim(raw.into()), Form::Plain);
        Self {
            content,
            layout,
            form,
        }
    }

    /// The name as written.
    pub fn name(&self) -> &str {
        self.layout.name(&self.content)
    }

    /// Whether it has this name, without case.
    pub fn is(&self, name: &str) -> bool {
        self.layout.is(&self.content, name)
    }

    /// The value, unfolded but not unescaped; what is not UTF-8 reads as U+FFFD.
    pub fn value(&self) -> Cow<'_, str> {
        self.as_property().value()
    }

    /// The value read as TEXT: unescaped, blanks kept.
    pub fn unescaped(&self) -> String {
        text::unescape(&self.value())
    }

    /// The first value of the first parameter of this name, quotes and ^-escapes (RFC 6868) removed.
    pub fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        self.as_property().parameter(name)
    }

    /// All values of the first parameter of this name; empty without it.
    pub fn parameter_values(&self, name: &str) -> Vec<String> {
        self.as_property().parameter_values(name)
    }

    /// Every parameter with its values, in order.
    pub fn parameters(&self) -> Vec<(String, Vec<String>)> {
        self.as_property().parameters().collect()
    }

    /// The names, in capitals, of all parameters but those that both lines have with the same values.
    pub fn parameters_unlike(&self, other: &Self) -> BTreeSet<String> {
        let is_unlike = |parameter: &Parameter<'_>| {
            let name = parameter.name();
            let one = self.layout.parameter(&self.content, &name);
            let two = other.layout.parameter(&other.content, &name);
            one.zip(two)
                .is_none_or(|(one, two)| !one.has_values_of(&two))
        };
        let own = self.layout.parameters(&self.content);
        let all = own.chain(other.layout.parameters(&other.content));
        let unlike = all.filter(is_unlike);
        unlike
            .map(|parameter| parameter.name().to_ascii_uppercase())
            .collect()
    }

    /// The value read as a date or a date with time, see [`DateOrTime::from_property`].
    pub fn date_or_time(&self) -> Option<DateOrTime> {
        DateOrTime::from_property(&self.as_property())
    }

    /// Puts this value, as it is, in place of the old one.
    pub fn set_value(&mut self, value: &str) {
        self.open();
        self.splice(self.layout.value..self.content.len(), value);
    }

    /// Puts this text, escaped as TEXT, in place of the old value.
    pub fn set_text(&mut self, text: &str) {
        self.set_value(&text::escape(text));
    }

    /// Gives the parameter this one value, quoted and escaped as needed; adds it where it is missing.
    pub fn set_parameter(&mut self, name: &str, value: &str) {
        self.set_parameter_values(name, &[value]);
    }

    /// Gives the parameter these values, in its old place; without any, removes it.
    pub fn set_parameter_values(&mut self, name: &str, values: &[&str]) {
        let name: String = name.chars().filter(|c| is_name_character(*c)).collect();
        if name.is_empty() {
            return;
        }
        self.open();
        let old = self.layout.parameter(&self.content, &name);
        let at = old.map_or(self.layout.value - 1, |parameter| parameter.start);
        self.cut(&name);
        if !values.is_empty() {
            let values: Vec<String> = values.iter().map(|v| parameter::encode(v)).collect();
            self.splice(at..at, &format!(";{name}={}", values.join(",")));
        }
    }

    /// Removes every parameter of this name.
    pub fn remove_parameter(&mut self, name: &str) {
        if self.layout.parameter(&self.content, name).is_some() {
            self.open();
            self.cut(name);
        }
    }

    /// The line with its line end: verbatim when unedited, else folded at 75 octets.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.content.len() + 8);
        self.write(&mut out, Eol::CrLf);
        out
    }

    /// Whether both say the same: name without case, parameters in any order, value.
    pub fn same_content(&self, other: &Self) -> bool {
        self == other || self.says_the_same(other)
    }

    fn says_the_same(&self, other: &Self) -> bool {
        self.is(other.name())
            && self.layout.value(&self.content) == other.layout.value(&other.content)
            && self.sorted_parameters() == other.sorted_parameters()
    }

    pub(crate) fn as_property(&self) -> Property<'_> {
        Property::of_content(&self.content, self.layout)
    }

    /// Prints the line; `eol` is that of the component around it.
    pub(crate) fn write(&self, out: &mut Vec<u8>, eol: Eol) {
        match &self.form {
            Form::Plain(own) => {
                out.extend_from_slice(&self.content);
                out.extend_from_slice(own.as_bytes());
            }
            Form::Verbatim(raw) => out.extend_from_slice(raw),
            Form::Edited(own) => fold(&self.content, own.unwrap_or(eol), out),
        }
    }

    /// Takes the line end of the text that the line moves to.
    pub(crate) fn adopt(&mut self, eol: Eol) {
        match &mut self.form {
            Form::Plain(own) => *own = eol,
            Form::Verbatim(raw) => *raw = eol.applied_to(raw).into(),
            Form::Edited(own) => *own = Some(eol),
        }
    }

    fn sorted_parameters(&self) -> Vec<(String, Vec<String>)> {
        let mut parameters = self.parameters();
        for (name, values) in &mut parameters {
            name.make_ascii_uppercase();
            values.sort_unstable();
        }
        parameters.sort_unstable();
        parameters
    }

    /// Makes the line ready for an edit: control characters go, and quotes that never close.
    fn open(&mut self) {
        if matches!(self.form, Form::Edited(_)) {
            return;
        }
        let parameters = self.layout.name..self.layout.value;
        let ignores_quotes = self.layout.ignores_quotes();
        let mut at = 0;
        self.content.retain(|&byte| {
            let is_lone_quote = byte == b'"' && ignores_quotes && parameters.contains(&at);
            at += 1;
            !is_lone_quote && !is_control(char::from(byte))
        });
        self.lay_out();
        self.form = Form::Edited(match &self.form {
            Form::Plain(eol) => Some(*eol),
            Form::Verbatim(raw) => raw.split_inclusive(|&b| b == b'\n').find_map(Eol::of),
            Form::Edited(eol) => *eol,
        });
    }

    /// Puts text into an opened line; the one door through which anything new enters.
    fn splice(&mut self, range: Range<usize>, new: &str) {
        let is_kept = |byte: &u8| !is_control(char::from(*byte));
        let new: Vec<u8> = new.bytes().filter(is_kept).collect();
        self.content.splice(range, new);
        self.lay_out();
    }

    /// Takes every parameter of this name out of an opened line.
    fn cut(&mut self, name: &str) {
        let mut kept = Vec::with_capacity(self.content.len());
        let mut from = 0;
        for parameter in self.layout.parameters(&self.content).filter(|p| p.is(name)) {
            kept.extend_from_slice(self.content.get(from..parameter.start).unwrap_or_default());
            from = parameter.end;
        }
        kept.extend_from_slice(self.content.get(from..).unwrap_or_default());
        self.content = kept;
        self.lay_out();
    }

    fn lay_out(&mut self) {
        if let Some(layout) = Layout::of(&self.content) {
            self.layout = layout;
        }
    }
}

impl PartialEq for PropertyBuf {
    fn eq(&self, other: &Self) -> bool {
        self.content == other.content
    }
}

impl Eq for PropertyBuf {}

/// The characters of a name (RFC 5545 iana-token), and the dot and low line that senders use.
pub(crate) fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.')
}
