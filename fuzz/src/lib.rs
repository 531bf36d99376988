//! What the fuzz targets share: choices that depend on nothing but the input, so that a crash comes back.

/// A stream of choices drawn from octets, the same for the same octets.
#[derive(Debug, Clone)]
pub struct Choices(u64);

impl Choices {
    /// Choices that any changed octet changes.
    #[must_use]
    pub fn of(octets: &[u8]) -> Self {
        // FNV-1a.
        let hash = octets.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &octet| {
            (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3_u64)
        });
        Self(hash | 1)
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        // Xorshift.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % bound
    }

    /// One of these.
    pub fn one_of<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
}

/// Cuts octets into chunks of 1 to `longest` octets.
#[must_use]
pub fn chunks(octets: &[u8], longest: usize) -> Vec<&[u8]> {
    let mut choices = Choices::of(octets);
    let mut chunks = Vec::new();
    let mut rest = octets;
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at((choices.below(longest) + 1).min(rest.len()));
        chunks.push(chunk);
        rest = after;
    }
    chunks
}
