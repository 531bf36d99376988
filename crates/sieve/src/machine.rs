//! The state of one run (RFC 5228 section 2.10).

use std::borrow::Cow;

use crate::deliveries::Deliveries;
use crate::flag_set::FlagSet;
use crate::instruction::{Halt, Step};
use crate::limits::Limits;
use crate::message::Message;
use crate::meter::Meter;
use crate::question::Answers;
use crate::text::Text;
use crate::variables::{Variables, truncate};

/// What commands and tests see and change.
///
/// Effects and the internal flags variable pass from unit to unit; budget and variables belong to one.
pub(crate) struct Machine<'m> {
    pub(crate) message: &'m dyn Message,
    pub(crate) answers: &'m dyn Answers,
    pub(crate) limits: &'m Limits,
    /// The line that runs, for faults.
    pub(crate) line: u32,
    pub(crate) meter: Meter,
    pub(crate) variables: Variables,
    /// The internal variable of RFC 5232 section 3.
    pub(crate) flags: FlagSet,
    pub(crate) deliveries: Deliveries,
}

impl<'m> Machine<'m> {
    pub(crate) fn new(
        message: &'m dyn Message,
        answers: &'m dyn Answers,
        limits: &'m Limits,
    ) -> Self {
        Machine {
            message,
            answers,
            limits,
            line: 1,
            meter: Meter::new(limits),
            variables: Variables::default(),
            flags: FlagSet::default(),
            deliveries: Deliveries::new(),
        }
    }

    /// Makes ready for the next unit.
    pub(crate) fn begin_unit(&mut self) {
        self.line = 1;
        self.meter = Meter::new(self.limits);
        self.variables = Variables::default();
    }

    /// The string with its variables filled in; a fault when it grows past [`Limits::string_length`].
    pub(crate) fn expand<'t>(&mut self, text: &'t Text) -> Step<Cow<'t, str>> {
        self.meter.step()?;
        let expanded = text.expand(&self.variables, self.limits.string_length);
        self.meter.work(expanded.len())?;
        if expanded.len() > self.limits.string_length {
            return Err(Halt::Fault(format!(
                "a string with its variables filled in has more than the {} octets allowed",
                self.limits.string_length
            )));
        }
        Ok(expanded)
    }

    /// As [`Machine::expand`], but cut at the limit, which RFC 5229 section 6 asks of `set`.
    pub(crate) fn expand_cut<'t>(&mut self, text: &'t Text) -> Step<Cow<'t, str>> {
        self.meter.step()?;
        let mut expanded = text.expand(&self.variables, self.limits.string_length);
        self.meter.work(expanded.len())?;
        if expanded.len() > self.limits.string_length {
            truncate(expanded.to_mut(), self.limits.string_length);
        }
        Ok(expanded)
    }

    /// As [`Machine::expand`] for each string of a list.
    pub(crate) fn expand_all<'t>(&mut self, texts: &'t [Text]) -> Step<Vec<Cow<'t, str>>> {
        texts.iter().map(|text| self.expand(text)).collect()
    }
}
