//! Numbers drawn from a seed, so that what the writers do can be done again.

use std::time::{SystemTime, UNIX_EPOCH};

/// A generator (SplitMix64).
pub(super) struct Draw(u64);

impl Draw {
    /// The seed in `AT_ONCE_SEED`, else one of the clock.
    pub(super) fn seed() -> u64 {
        match std::env::var("AT_ONCE_SEED") {
            Ok(seed) => seed.parse().unwrap(),
            Err(_) => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
                u64::from(now.subsec_nanos())
            }
        }
    }

    /// Writers with the same stream draw the same.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        Self(seed ^ stream << 32)
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) % end as u64) as usize
    }
}
