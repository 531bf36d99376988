//! `invited contacts`: import vCards.

use ::calendar::Limits;
use store::Contact;

use super::Outcome;
use crate::cli::Contacts;
use crate::config::Config;
use crate::failure::Failure;
use crate::wiring;

/// The most octets of a file of contacts.
const LARGEST: usize = 64 << 20;

/// Runs the contacts command.
pub async fn run(command: Contacts, config: &Config) -> Outcome {
    let Contacts::Import { address, file } = command;
    let store = wiring::open_store(config)?;
    let account = wiring::account(&*store, &address).await?;
    let text = wiring::read_file(&file)?;
    let contacts = read(&text)?;
    let (people, addresses) = (
        contacts.len(),
        contacts
            .iter()
            .map(|contact| contact.addresses.len())
            .sum::<usize>(),
    );
    store.contacts_put(account.id, contacts).await?;
    Ok(format!(
        "imported {people} contacts with {addresses} mail addresses for {}",
        account.address
    ))
}

/// The cards of a file, each named by its UID, or by its content when it has none.
pub fn read(text: &[u8]) -> Result<Vec<Contact>, Failure> {
    let limits = Limits {
        bytes: LARGEST,
        lines: LARGEST / 16,
        components: LARGEST / 64,
        ..Limits::default()
    };
    let cards = ::calendar::vcard::contacts(text, &limits)
        .map_err(|error| Failure::new(format_args!("the contacts cannot be imported: {error}")))?;
    let contacts = cards
        .into_iter()
        .map(|card| Contact {
            name: pipeline::name::of_card(card.uid.as_deref(), &card.text),
            uid: card.uid.unwrap_or_default(),
            text: card.text,
            addresses: card.addresses,
        })
        .collect();
    Ok(contacts)
}
