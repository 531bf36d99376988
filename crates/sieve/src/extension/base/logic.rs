//! Tests of tests (RFC 5228 sections 5.2, 5.3, 5.6, 5.8 and 5.10).

use crate::instruction::{Check, Condition, Step};
use crate::machine::Machine;
use crate::registry::{Shape, TestCount, TestSpec};

pub(super) const ALLOF: TestSpec = TestSpec {
    name: "allof",
    shape: MANY,
    build: |call| Some(Box::new(AllOf(call.tests()?))),
};

pub(super) const ANYOF: TestSpec = TestSpec {
    name: "anyof",
    shape: MANY,
    build: |call| Some(Box::new(AnyOf(call.tests()?))),
};

pub(super) const NOT: TestSpec = TestSpec {
    name: "not",
    shape: Shape {
        tests: TestCount::One,
        ..Shape::NOTHING
    },
    build: |call| Some(Box::new(Not(call.test()?))),
};

pub(super) const TRUE: TestSpec = TestSpec {
    name: "true",
    shape: Shape::NOTHING,
    build: |_| Some(Box::new(Constant::True)),
};

pub(super) const FALSE: TestSpec = TestSpec {
    name: "false",
    shape: Shape::NOTHING,
    build: |_| Some(Box::new(Constant::False)),
};

const MANY: Shape = Shape {
    tests: TestCount::Many,
    ..Shape::NOTHING
};

#[derive(Debug)]
struct AllOf(Vec<Check>);

impl Condition for AllOf {
    fn holds(&self, machine: &mut Machine<'_>) -> Step<bool> {
        for check in &self.0 {
            if !check.holds(machine)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

#[derive(Debug)]
struct AnyOf(Vec<Check>);

impl Condition for AnyOf {
    fn holds(&self, machine: &mut Machine<'_>) -> Step<bool> {
        for check in &self.0 {
            if check.holds(machine)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[derive(Debug)]
struct Not(Check);

impl Condition for Not {
    fn holds(&self, machine: &mut Machine<'_>) -> Step<bool> {
        Ok(!self.0.holds(machine)?)
    }
}

#[derive(Debug)]
enum Constant {
    True,
    False,
}

impl Condition for Constant {
    fn holds(&self, _: &mut Machine<'_>) -> Step<bool> {
        Ok(matches!(self, Constant::True))
    }
}
