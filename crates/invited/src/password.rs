//! Passwords: read from standard input, kept as argon2id hashes.

use std::io::{BufRead, Read};

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, SaltString};

use crate::failure::Failure;

/// The most octets of a password.
const LONGEST: usize = 1024;

/// Reads the first line of standard input.
pub fn from_standard_input() -> Result<String, Failure> {
    let mut line = String::new();
    let mut input = std::io::stdin().lock().take(LONGEST as u64 + 2);
    input
        .read_line(&mut line)
        .map_err(|error| Failure::new(format_args!("the password cannot be read: {error}")))?;
    let password = line.trim_end_matches(['\n', '\r']);
    match password.len() {
        0 => Err(Failure::new(
            "the password is empty; give it as the first line of standard input",
        )),
        1..=LONGEST => Ok(password.to_owned()),
        _ => Err(Failure::new(format_args!(
            "the password is longer than {LONGEST} octets"
        ))),
    }
}

/// The argon2id hash of a password, as a PHC string.
pub fn hash(password: &str) -> Result<String, Failure> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(Failure::new)?;
    let salt = SaltString::encode_b64(&salt).map_err(Failure::new)?;
    let hash = Argon2::default()
        .hash_password(password.as_bytes(), &salt)
        .map_err(Failure::new)?;
    Ok(hash.to_string())
}
