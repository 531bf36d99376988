//! Sieve (RFC 5228 and extensions): compile, run, and the list of effects.
