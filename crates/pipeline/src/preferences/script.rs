//! The Sieve unit that is made from the preferences.

use sieve::ast::{Block, Command, Test};
use store::Account;

use super::{Inviters, Preferences, Published, Switch};

const METHOD: &str = "X-ME-Cal-Method";
const SENDER: &str = "X-ME-Cal-Sender";
const EXISTS: &str = "X-ME-Cal-Exists";

/// The unit as text. `own_domains` are the site's; when there are none, the account's own counts.
#[must_use]
pub fn script(preferences: &Preferences, account: &Account, own_domains: &[String]) -> String {
    let address = &account.address;
    let about = format!(
        "Made from the calendar preferences of {address}. Change those, not this text:\n\
         invited preferences set {address} NAME VALUE"
    );
    let unit = match preferences.processing {
        Switch::Off => Block::new()
            .comment(&about)
            .comment("Invitations in mail are left alone."),
        Switch::On => on(preferences, account, own_domains, &about),
    };
    sieve::print::print(&unit)
}

fn on(preferences: &Preferences, account: &Account, own_domains: &[String], about: &str) -> Block {
    let update = Command::new("notify")
        .string("updatecal")
        .comment("An event that is in a calendar follows its organizer.");
    let commands = adding(preferences, account, own_domains)
        .into_iter()
        .chain(filing(preferences));
    let body = commands.fold(Block::new().command(update), Block::command);
    Block::new()
        .command(Command::require(capabilities(preferences)).comment(about))
        .command(Command::when(Test::exists([METHOD]), body))
}

fn capabilities(preferences: &Preferences) -> Vec<&'static str> {
    let mut capabilities = vec!["enotify"];
    if matches!(
        preferences.invitations,
        Inviters::Contacts | Inviters::ContactsAndOwnDomain
    ) {
        capabilities.push("extlists");
    }
    if preferences.invitation_folder.is_some() || preferences.update_folder.is_some() {
        capabilities.extend(["fileinto", "mailbox"]);
    }
    capabilities
}

/// The command that adds new events; none when nobody's are added.
fn adding(preferences: &Preferences, account: &Account, own_domains: &[String]) -> Option<Command> {
    let (comment, inviters) = inviters(preferences.invitations, account, own_domains)?;
    let method = Test::new("header").tag("is").string(METHOD);
    let method = match preferences.published {
        Published::Ignore => method.string("request"),
        Published::Add => method.strings(["request", "publish"]),
    };
    let test = match inviters {
        None => method,
        Some(inviters) => Test::allof(vec![method, inviters]),
    };
    let mut notify = Command::new("notify");
    if let Some(calendar) = &preferences.calendar {
        notify = notify
            .tag("options")
            .string(format!("calendarId={calendar}"));
    }
    Some(Command::when(test, Block::new().command(notify.string("addcal"))).comment(comment))
}

/// Whose new events are added: in words, and as a test (none: everyone's).
fn inviters(
    inviters: Inviters,
    account: &Account,
    own_domains: &[String],
) -> Option<(&'static str, Option<Test>)> {
    let contacts = Test::new("header")
        .tag("list")
        .string(SENDER)
        .string(":addrbook:default");
    match inviters {
        Inviters::Never => None,
        Inviters::Contacts => Some(("New events of contacts are added.", Some(contacts))),
        Inviters::ContactsAndOwnDomain => {
            let domains = patterns(account, own_domains);
            let own = Test::new("header")
                .tag("matches")
                .string(SENDER)
                .strings(domains);
            let comment = "New events of contacts and of people of the own domain are added.";
            Some((comment, Some(Test::anyof(vec![contacts, own]))))
        }
        Inviters::Everyone => Some(("New events of anyone are added.", None)),
    }
}

fn patterns(account: &Account, own_domains: &[String]) -> Vec<String> {
    let own = account
        .address
        .rsplit_once('@')
        .map(|(_, domain)| domain.to_owned());
    let domains = if own_domains.is_empty() {
        own.into_iter().collect()
    } else {
        own_domains.to_vec()
    };
    domains
        .iter()
        .map(|domain| format!("*@{}", domain.replace(['\\', '*', '?'], "")))
        .collect()
}

/// The commands that file mail; none when all of it goes to the inbox.
fn filing(preferences: &Preferences) -> Vec<Command> {
    let is_new = Test::allof(vec![
        Test::new("header")
            .tag("is")
            .string(METHOD)
            .strings(["request", "publish"]),
        Test::negated(Test::exists([EXISTS])),
    ]);
    let invitations = "Mail with a new invitation has a folder.";
    let updates = "Other mail about events has a folder.";
    match (&preferences.invitation_folder, &preferences.update_folder) {
        (None, None) => Vec::new(),
        (Some(folder), None) => {
            vec![Command::when(is_new, file_into(folder)).comment(invitations)]
        }
        (None, Some(folder)) => {
            vec![Command::when(Test::negated(is_new), file_into(folder)).comment(updates)]
        }
        (Some(new), Some(other)) => vec![
            Command::when(is_new, file_into(new)).comment(
                "Mail with a new invitation has a folder, other mail about events another.",
            ),
            Command::otherwise(file_into(other)),
        ],
    }
}

/// Files the mail there and nowhere else: what the person chose here counts before the own script.
fn file_into(folder: &str) -> Block {
    Block::new()
        .command(Command::new("fileinto").tag("create").string(folder))
        .command(Command::new("stop"))
}

#[cfg(test)]
mod tests {
    use store::{AccountId, CalendarId};

    use super::*;
    use crate::preferences::Preferences;

    fn printed(preferences: &Preferences, own_domains: &[&str]) -> String {
        let account = Account {
            id: AccountId(1),
            address: "alice@example.org".to_owned(),
            aliases: Vec::new(),
            name: String::new(),
            password: String::new(),
        };
        let own_domains: Vec<String> = own_domains.iter().map(|name| (*name).to_owned()).collect();
        script(preferences, &account, &own_domains)
    }

    #[test]
    fn every_combination_compiles() {
        for processing in [Switch::On, Switch::Off] {
            for invitations in [
                Inviters::Never,
                Inviters::Contacts,
                Inviters::ContactsAndOwnDomain,
                Inviters::Everyone,
            ] {
                for published in [Published::Ignore, Published::Add] {
                    for folders in 0..4 {
                        let preferences = Preferences {
                            processing,
                            invitations,
                            published,
                            calendar: (folders > 1).then(|| CalendarId("a-1".to_owned())),
                            invitation_folder: (folders & 1 > 0).then(|| "A \"b\"\\".to_owned()),
                            update_folder: (folders & 2 > 0).then(|| "Änderungen".to_owned()),
                            ..Preferences::default()
                        };
                        let text = printed(&preferences, &["example.org", "corp.example"]);
                        let compiled = sieve::compile(&text, &sieve::Limits::default());
                        assert!(compiled.is_ok(), "{text}\n{:?}", compiled.err());
                    }
                }
            }
        }
    }

    #[test]
    fn the_default_script_reads_well() {
        assert_eq!(
            printed(&Preferences::default(), &[]),
            "# Made from the calendar preferences of alice@example.org. Change those, not this text:\n\
             # invited preferences set alice@example.org NAME VALUE\n\
             require [\"enotify\", \"extlists\"];\n\
             \n\
             if exists \"X-ME-Cal-Method\" {\n    \
                 # An event that is in a calendar follows its organizer.\n    \
                 notify \"updatecal\";\n\
             \n    \
                 # New events of contacts are added.\n    \
                 if allof(\n        \
                     header :is \"X-ME-Cal-Method\" \"request\",\n        \
                     header :list \"X-ME-Cal-Sender\" \":addrbook:default\") {\n        \
                     notify \"addcal\";\n    \
                 }\n\
             }\n"
        );
    }

    #[test]
    fn the_own_domain_is_the_sites_or_else_the_accounts() {
        let preferences = Preferences {
            invitations: Inviters::ContactsAndOwnDomain,
            ..Preferences::default()
        };
        assert!(printed(&preferences, &[]).contains("\"*@example.org\""));
        let sites = printed(&preferences, &["a.example", "b.example"]);
        assert!(
            sites.contains("[\"*@a.example\", \"*@b.example\"]"),
            "{sites}"
        );
    }
}
