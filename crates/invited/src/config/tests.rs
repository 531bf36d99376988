//! The configuration as a whole: the documented file, layers, and refusals.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::file::Source;
use super::{
    CalendarService, Config, ConfigError, DatabaseKind, DeliveryMode, KEYS, Threading, Warning,
};

/// The documented file; but for the host name and the relay it shows the defaults.
const DOCUMENTED: &str = r#"
[server]
hostname = "mail.example.com"
data_dir = "./invited-data"
[database]
url = "sqlite"
[lmtp]
listen = "127.0.0.1:2424"
max_message_size = "50 MiB"
[delivery]
mode = "maildir"
thread = true
downstream = "127.0.0.1:24"
[http]
listen = "127.0.0.1:8480"
public_url = "http://127.0.0.1:8480"
[smtp]
relay = "smtp://127.0.0.1:25"
hold = "60 s"
[limits]
new_per_sender_and_day = 50
unanswered = 1000
[trust]
authserv_ids = []
own_domains = []
spam_header = ""
services = ["google.com", "email.apple.com"]
"#;

fn read(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let source = Source {
        path: PathBuf::from("invited.toml"),
        text: text.to_owned(),
    };
    let owned = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
    Config::layered(Some(&source), variables.iter().map(owned))
}

/// The one line that refuses `text`.
fn refusal(text: &str) -> String {
    read(text, &[]).expect_err(text).to_string()
}

fn refusal_of(name: &str, value: &str) -> String {
    read("", &[(name, value)]).expect_err(name).to_string()
}

#[test]
fn every_documented_key_is_known_and_every_known_key_documented() {
    let table: toml::Table = DOCUMENTED.parse().unwrap();
    let documented: Vec<String> = table
        .iter()
        .flat_map(|(section, body)| {
            let names = body.as_table().unwrap().keys();
            names.map(move |name| format!("{section}.{name}"))
        })
        .collect();
    assert_eq!(documented.len(), KEYS.len());
    for key in KEYS {
        assert!(documented.contains(&key.to_string()), "{key}");
    }
}

#[test]
fn the_documented_values_are_the_defaults() {
    let mut documented = read(DOCUMENTED, &[]).unwrap();
    let defaults = read("", &[]).unwrap();
    assert_eq!(documented.server.hostname.as_str(), "mail.example.com");
    assert_eq!(
        documented.smtp.relay.take().unwrap().to_string(),
        "smtp://127.0.0.1:25"
    );
    documented.server.hostname = defaults.server.hostname.clone();
    assert_eq!(documented, defaults);
}

#[test]
fn the_defaults_are_checked_values() {
    let config = read("", &[]).unwrap();
    assert_eq!(config.server.data_dir, Path::new("./invited-data"));
    assert_eq!(config.database.kind, DatabaseKind::Sqlite);
    assert_eq!(config.lmtp.max_message_size, 50 << 20);
    assert_eq!(config.delivery.mode, DeliveryMode::Maildir);
    assert_eq!(config.delivery.threading, Threading::ByEvent);
    assert_eq!(config.smtp.relay, None);
    assert_eq!(config.smtp.hold, Duration::from_secs(60));
    assert_eq!(config.limits.new_per_sender_and_day, 50);
    assert_eq!(config.trust.spam_header, None);
    assert_eq!(config.trust.services, CalendarService::ALL);
}

#[test]
fn the_environment_stands_above_the_file() {
    let file = "[trust]\nown_domains = [\"File.Example\"]\n[smtp]\nhold = \"5 s\"\n";
    let variables = [
        ("HOME", "/root"),
        (
            "INVITED_TRUST_OWN_DOMAINS",
            "A.example, b.example ,,a.example",
        ),
        ("INVITED_DELIVERY_THREAD", "false"),
        ("INVITED_LIMITS_UNANSWERED", "7"),
        ("INVITED_TRUST_SERVICES", ""),
        ("INVITED_SMTP_RELAY", ""),
    ];
    let config = read(file, &variables).unwrap();
    let own: Vec<&str> = config
        .trust
        .own_domains
        .iter()
        .map(|name| name.as_str())
        .collect();
    assert_eq!(own, ["a.example", "b.example"]);
    assert_eq!(config.delivery.threading, Threading::AsSent);
    assert_eq!(config.limits.unanswered, 7);
    assert_eq!(config.trust.services, []);
    assert_eq!(config.smtp.relay, None);
    assert_eq!(config.smtp.hold, Duration::from_secs(5));
}

#[test]
fn every_key_has_a_variable() {
    for key in KEYS {
        let refused = refusal_of(&format!("{}X", key.variable()), "1");
        assert!(
            refused.ends_with(&format!("did you mean {}?", key.variable())),
            "{refused}"
        );
    }
}

#[test]
fn what_is_unknown_is_refused_with_the_nearest_name() {
    assert_eq!(
        refusal("[server]\nhostname = \"a.example\"\n[lmtp]\nlisen = \"x\"\n"),
        "invited.toml:4: unknown key \"lisen\" in [lmtp]; did you mean \"listen\"?"
    );
    assert_eq!(
        refusal("\n[lmpt]\n"),
        "invited.toml:2: unknown section \"lmpt\"; did you mean [lmtp]?"
    );
    assert_eq!(
        refusal("[server]\nhold = \"1 s\"\n"),
        "invited.toml:2: unknown key \"hold\" in [server]; move it to [smtp]"
    );
    assert_eq!(
        refusal("hostname = \"a.example\"\n"),
        "invited.toml:1: \"hostname\" stands outside its section; move it below [server]"
    );
    assert_eq!(
        refusal("smtp = 1\n"),
        "invited.toml:1: \"smtp\" is a section; write it as [smtp]"
    );
    assert_eq!(
        refusal_of("INVITED_LMTP_LISTN", "x"),
        "environment INVITED_LMTP_LISTN: no setting has this name; did you mean \
         INVITED_LMTP_LISTEN?"
    );
}

#[test]
fn what_this_version_lacks_is_refused_clearly() {
    assert_eq!(
        refusal("[delivery]\nmode = \"lmtp\"\n"),
        "invited.toml:2: delivery.mode: \"lmtp\" is not available in this \
         version; use \"maildir\""
    );
    let postgres = refusal("[database]\nurl = \"postgres://u:hunter2@db/invited\"\n");
    assert!(
        postgres.contains("is not available in this version; use \"sqlite\""),
        "{postgres}"
    );
    assert!(!postgres.contains("hunter2"));
}

#[test]
fn each_bad_value_is_refused_in_one_line_that_names_its_place() {
    for (section, line) in [
        ("server", "hostname = \"no name\""),
        ("server", "hostname = \"a\\nb\""),
        ("server", "data_dir = \"\""),
        ("server", "data_dir = 1979-05-27"),
        ("database", "url = \"mysql://x\""),
        ("lmtp", "listen = \"2424\""),
        ("lmtp", "listen = 2424"),
        ("lmtp", "max_message_size = 50"),
        ("lmtp", "max_message_size = \"50\""),
        ("delivery", "mode = \"mbox\""),
        ("delivery", "thread = \"yes\""),
        ("delivery", "downstream = \"x\""),
        ("http", "listen = \"[::1\""),
        ("http", "public_url = \"ftp://x\""),
        ("smtp", "relay = \"mx.example\""),
        ("smtp", "hold = \"soon\""),
        ("limits", "unanswered = -1"),
        ("limits", "unanswered = 4294967296"),
        ("limits", "unanswered = 99999999999999999999"),
        ("limits", "unanswered = 1.5"),
        ("trust", "authserv_ids = \"mx.example\""),
        ("trust", "own_domains = [1]"),
        ("trust", "own_domains = [\"\"]"),
        ("trust", "spam_header = \"X-Spam\""),
        ("trust", "services = [\"example.com\"]"),
    ] {
        let refused = refusal(&format!("[{section}]\n{line}\n"));
        let name = line.split(' ').next().unwrap();
        assert!(
            refused.starts_with(&format!("invited.toml:2: {section}.{name}: ")),
            "{refused}"
        );
        assert!(
            refused.contains("; ") && refused.lines().count() == 1,
            "{refused}"
        );
    }
}

#[test]
fn broken_toml_is_refused_with_its_line() {
    for broken in [
        "[server]\nhostname = \n",
        "[server]\n= 1\n",
        "[server]\n[server\n",
    ] {
        let refused = refusal(broken);
        assert!(
            refused.starts_with("invited.toml:2: not valid TOML: "),
            "{refused}"
        );
        assert_eq!(refused.lines().count(), 1, "{refused}");
    }
    let unquoted = refusal("[smtp]\nrelay = smtp://alice:hunter2@mx.example\n");
    assert!(!unquoted.contains("hunter2"), "{unquoted}");
    let twice = refusal("[smtp]\nhold = \"1 s\"\nhold = \"2 s\"\n");
    assert!(twice.starts_with("invited.toml:3: "), "{twice}");
}

#[test]
fn variables_are_checked_as_the_file_is() {
    assert_eq!(
        refusal_of("INVITED_LIMITS_UNANSWERED", "many"),
        "environment INVITED_LIMITS_UNANSWERED: limits.unanswered: \"many\" is not a count; \
         write a whole number from 0 to 4294967295"
    );
    assert!(refusal_of("INVITED_SERVER_DATA_DIR", "/srv/\u{FFFD}").contains("UTF-8"));
    assert!(refusal_of("INVITED_LMTP_LISTEN", "").contains("not an address"));
}

#[test]
fn a_named_file_must_exist_and_be_readable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my.toml");
    let load = || Config::load(Some(&path), std::iter::empty()).map_err(|error| error.to_string());
    assert!(
        load()
            .unwrap_err()
            .contains("cannot read the configuration")
    );
    std::fs::write(&path, "[smtp]\nhold = \"0 s\"\n").unwrap();
    assert_eq!(load().unwrap().smtp.hold, Duration::ZERO);
    std::fs::write(&path, [0xFF, 0xFE]).unwrap();
    assert!(load().unwrap_err().contains("write it in UTF-8"));
    std::fs::write(&path, "#".repeat((1 << 20) + 1)).unwrap();
    assert!(load().unwrap_err().contains("longer than 1 MiB"));
}

#[test]
fn the_owner_is_warned_of_forged_senders_and_bare_passwords() {
    let file = "[smtp]\nrelay = \"smtp://alice:hunter2@mx.example\"\n";
    let warnings = read(file, &[]).unwrap().warnings();
    assert_eq!(warnings[0], Warning::SendersNotVerified);
    let texts: Vec<String> = warnings.iter().map(Warning::to_string).collect();
    assert!(texts[0].contains("anyone can forge a contact"));
    assert!(texts[1].contains("mx.example:25") && !texts[1].contains("hunter2"));
    let trusted = read("[trust]\nauthserv_ids = [\"mx.example\"]\n", &[]).unwrap();
    assert_eq!(trusted.warnings(), []);
}

#[test]
fn no_secret_is_in_the_debug_text() {
    let config = read(
        "[smtp]\nrelay = \"smtps://alice:hunter2@mx.example\"\n",
        &[],
    )
    .unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
}
