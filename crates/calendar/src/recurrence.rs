//! Recurring components: which instances they have (RFC 5545 section 3.8.5, rules A3 and E2).
//!
//! Everything is compared as instants. Work is counted in steps and ends at a budget.

mod bad_series;
mod candidates;
mod clock;
mod dates;
mod ground;
mod instance;
mod instances;
mod length;
mod limits;
mod overriding;
mod rule;
mod series;
mod walk;

pub use bad_series::BadSeries;
pub use clock::shifted;
pub use ground::Ground;
pub use instance::{Instance, InstanceSource, RecurrenceId};
pub use instances::Instances;
pub use limits::{RecurrenceLimits, TooManySteps};
pub use rule::BadRule;
pub(crate) use rule::{Grain, Rule, YearlyDay};
pub use series::{NoAnswer, Series, SeriesSpan};
