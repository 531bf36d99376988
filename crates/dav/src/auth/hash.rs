//! Hashes of passwords, and the passwords that are made for devices.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordVerifier};

/// The letters of app passwords: none looks like another.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Letters of an app password's id.
const ID: usize = 4;
/// Letters of an app password: 80 bits behind the id.
const LENGTH: usize = 20;

/// A hash of a password that nobody has, with the costs of all others.
pub(super) const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGF0IGFsbCEh$\
                                 9lKq0Yw0m7YyH1yqkKpB0mSg8n5b4s8w4mGm0mC1xX0";

/// Whether a hash, a PHC string, is of the password. It takes tens of milliseconds of a processor.
#[must_use]
pub fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

/// A fresh app password from random octets: its id, and the whole in groups of four letters.
#[must_use]
pub fn app_password(random: [u8; LENGTH]) -> (String, String) {
    let letters: String = random
        .iter()
        .filter_map(|octet| LETTERS.get(usize::from(octet % 32)).copied())
        .map(char::from)
        .collect();
    let groups: Vec<&str> = (0..LENGTH / ID)
        .filter_map(|at| letters.get(at * ID..(at + 1) * ID))
        .collect();
    let id = groups.first().copied().unwrap_or_default().to_owned();
    (id, groups.join("-"))
}

/// The id that a password begins with, if it has the form of an app password.
pub(super) fn app_password_id(password: &str) -> Option<&str> {
    let groups: Vec<&str> = password.split('-').collect();
    let is_group = |group: &&str| group.len() == ID && group.bytes().all(|b| LETTERS.contains(&b));
    let has_form = groups.len() == LENGTH / ID && groups.iter().all(is_group);
    groups.first().copied().filter(|_| has_form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_password_begins_with_its_id() {
        let (id, password) = app_password([7; 20]);
        assert_eq!(
            (id.as_str(), password.as_str()),
            ("hhhh", "hhhh-hhhh-hhhh-hhhh-hhhh")
        );
        assert_eq!(app_password_id(&password), Some("hhhh"));
        for other in [
            "",
            "hhhh-hhhh",
            "hhhh-hhhh-hhhh-hhhh-hhh1",
            "hhhhh-hhhh-hhhh-hhhh-hhhh",
        ] {
            assert_eq!(app_password_id(other), None);
        }
    }

    #[test]
    fn the_hash_of_nobody_costs_what_others_cost() {
        let hash = PasswordHash::new(NOBODY).unwrap();
        let own = argon2::Params::try_from(&hash).unwrap();
        let default = argon2::Params::default();
        assert_eq!(
            (own.m_cost(), own.t_cost()),
            (default.m_cost(), default.t_cost())
        );
        assert!(!verify("", NOBODY));
    }
}
