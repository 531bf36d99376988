//! "relational": the match types `:count` and `:value` (RFC 5231).

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::check::Call;
use crate::instruction::Step;
use crate::machine::Machine;
use crate::matching::{Comparison, MatchType, Needs, Subject};
use crate::registry::{Extension, Family, Kind, On, Role, TagSpec};

/// `:count` and `:value`.
pub(crate) static EXTENSION: Extension = Extension {
    capabilities: &["relational"],
    tags: &[
        TagSpec {
            name: "count",
            operand: Some(Kind::String),
            on: On::Family(Family::Match),
            role: Role::MatchType(|call| Some(Box::new(Count(relation(call)?)))),
        },
        TagSpec {
            name: "value",
            operand: Some(Kind::String),
            on: On::Family(Family::Match),
            role: Role::MatchType(|call| Some(Box::new(Value(relation(call)?)))),
        },
    ],
    ..Extension::EMPTY
};

/// Whether an order of value and key is the one that is asked for.
type Relation = fn(Ordering) -> bool;

fn relation(call: &mut Call<'_, '_>) -> Option<Relation> {
    let name = call.operand_strings()?.pop()?;
    let relation: Relation = match name.constant().unwrap_or_default() {
        "gt" => Ordering::is_gt,
        "ge" => Ordering::is_ge,
        "lt" => Ordering::is_lt,
        "le" => Ordering::is_le,
        "eq" => Ordering::is_eq,
        "ne" => Ordering::is_ne,
        _ => {
            return call.report(
                "after :count and :value stands one of \"gt\", \"ge\", \"lt\", \"le\", \"eq\", \"ne\"",
            );
        }
    };
    Some(relation)
}

#[derive(Debug)]
struct Value(Relation);

impl MatchType for Value {
    fn needs(&self) -> Needs {
        Needs::Any
    }

    fn matches(&self, machine: &mut Machine<'_>, comparison: &Comparison<'_>) -> Step<bool> {
        let comparator = comparison.comparator;
        comparison.any_pair(machine, |machine, pair| {
            machine
                .meter
                .work(pair.key.len().min(pair.canonical.len()))?;
            Ok((self.0)(comparator.order(pair.canonical, pair.key)))
        })
    }
}

#[derive(Debug)]
struct Count(Relation);

impl MatchType for Count {
    fn needs(&self) -> Needs {
        Needs::Any
    }

    fn matches(&self, machine: &mut Machine<'_>, comparison: &Comparison<'_>) -> Step<bool> {
        let count = comparison.subject.count.to_string();
        let counted = Comparison {
            comparator: comparison.comparator,
            subject: &Subject::from(vec![Cow::Owned(count)]),
            keys: comparison.keys,
        };
        Value(self.0).matches(machine, &counted)
    }
}
