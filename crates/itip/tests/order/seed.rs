//! The seed of a run: `ORDER_SEED` plays the same again.

use std::hash::{BuildHasher, RandomState};

use proptest::test_runner::{Config, RngAlgorithm, TestRng};

/// A number given by an environment variable.
pub(crate) fn variable(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {value}")),
    )
}

/// The seed that is asked for, or any.
pub(crate) fn seed(family: &str) -> u64 {
    variable("ORDER_SEED").unwrap_or_else(|| RandomState::new().hash_one(family))
}

/// Plain and fast also where nothing is optimised.
pub(crate) fn rng(seed: u64) -> TestRng {
    let octets = [seed.to_le_bytes(), (!seed).to_le_bytes()].concat();
    TestRng::from_seed(RngAlgorithm::XorShift, &octets)
}

/// How proptest runs: nothing is written to files, the seed is enough.
pub(crate) fn config(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    }
}
