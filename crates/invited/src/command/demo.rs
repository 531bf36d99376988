//! `invited demo`: a server of its own, the mails of common senders, and what came of them.

mod story;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lmtp::client::{Charset, Client, ClientLimits, Outgoing};
use pipeline::clock::Clock;
use pipeline::words::{self, when::Reader};
use store::{Account, AccountId, Decision, NewAccount, Store, Work};

use self::story::{Expected, MAILS, Mail, UNDONE};
use super::calendar::Uids;
use super::serve::Running;
use super::{Outcome, calendar, contacts};
use crate::cli::Demo;
use crate::config::Config;
use crate::failure::Failure;
use crate::table::Table;
use crate::wiring::SystemClock;
use crate::{output, password, wiring};

/// How long one mail's outcome is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs the demo.
pub async fn run(arguments: Demo) -> Outcome {
    let folder = Folder::make(arguments.folder)?;
    let config = configuration(folder.path(), "127.0.0.1:0", "127.0.0.1:0")?;
    let server = Running::start(&config).await?;
    let address = server.lmtp.clone();
    configuration(folder.path(), &address, &server.http)?;
    output::print(&format!(
        "A server with two accounts listens on {address} (LMTP) and {} (HTTP). Its mail:\n",
        server.http
    ));
    let accounts = accounts(&*server.store).await?;
    let Told {
        table,
        mut wrong,
        to_undo,
    } = deliver(&server, &address, &accounts).await?;
    output::print(&table);
    let alice = &accounts[0];
    output::print(&format!("\nThe calendar of {}:\n", alice.address));
    output::print(&calendar::show(&*server.store, alice, Uids::Hidden).await?);
    wrong += usize::from(!undo(&*server.store, alice, to_undo).await?);
    if arguments.once {
        server.stop().await;
        return match wrong {
            0 => Ok("\nEvery line is as it should be.".to_owned()),
            _ => Err(Failure::Shown(format!(
                "\n{wrong} lines are not as they should be."
            ))),
        };
    }
    output::print(&further(folder.path()));
    super::serve::stop_signal().await?;
    server.stop().await;
    Ok(String::new())
}

/// The folder of the demo's data; a temporary one goes at the end.
enum Folder {
    Given(PathBuf),
    Temporary(tempfile::TempDir),
}

impl Folder {
    fn make(given: Option<PathBuf>) -> Result<Self, Failure> {
        let Some(given) = given else {
            return tempfile::tempdir().map(Self::Temporary).map_err(|error| {
                Failure::new(format_args!(
                    "no temporary folder can be made: {error}; give one with --folder"
                ))
            });
        };
        wiring::make_folder(&given)?;
        let mut entries = std::fs::read_dir(&given).map_err(Failure::new)?;
        if entries.next().is_some() {
            return Err(Failure::Misuse(format!(
                "{} is not empty; give another --folder",
                given.display()
            )));
        }
        Ok(Self::Given(given))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Given(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }
}

/// Writes the demo's configuration file and reads it as any command would.
fn configuration(folder: &Path, lmtp: &str, http: &str) -> Result<Config, Failure> {
    let path = folder.join("invited.toml");
    let text = format!(
        "# The configuration of the demo.\n[server]\nhostname = \"mail.example.org\"\ndata_dir = {:?}\n\n\
         [lmtp]\nlisten = {lmtp:?}\n\n[http]\nlisten = {http:?}\n\n[trust]\nauthserv_ids = [\"mx.example.org\"]\n",
        folder.join("data").display().to_string()
    );
    std::fs::write(&path, text).map_err(Failure::new)?;
    Ok(Config::load(Some(&path), std::iter::empty())?)
}

/// Makes Alice, with contacts and a calendar, and Carol, with neither.
async fn accounts(store: &dyn Store) -> Result<Vec<Account>, Failure> {
    let mut accounts = Vec::new();
    for (address, name) in [
        ("alice@example.org", "Alice"),
        ("carol@example.org", "Carol"),
    ] {
        let account = NewAccount {
            address: address.to_owned(),
            aliases: Vec::new(),
            name: name.to_owned(),
            password: password::hash("demo")?,
        };
        accounts.push(store.account_add(account).await?);
    }
    store
        .contacts_put(accounts[0].id, contacts::read(story::CONTACTS)?)
        .await?;
    calendar::import(store, &accounts[0], story::CALENDAR).await?;
    Ok(accounts)
}

/// Undoes a decision as Alice would, and shows her calendar after it; `false` when it is not as it
/// should be.
async fn undo(
    store: &dyn Store,
    alice: &Account,
    to_undo: Option<Decision>,
) -> Result<bool, Failure> {
    let Some(decision) = to_undo else {
        return Ok(false);
    };
    pipeline::undo::undo(store, &SystemClock, alice, decision.id)
        .await
        .map_err(Failure::new)?;
    let newest = store.decisions(alice.id, 1).await?;
    let record = newest.first().map(|decision| &decision.record);
    let addresses = addresses(alice);
    let reader = Reader::at(SystemClock.now(), &addresses);
    let change = record.map(words::difference::of);
    let change = change.map(|change| words::difference::line(&change, &reader));
    output::print(&format!(
        "\nAlice undoes decision {} about “{}”: {}\n\nThe calendar after it:\n",
        decision.id.0,
        decision.record.summary,
        change.unwrap_or_default()
    ));
    output::print(&calendar::show(store, alice, Uids::Hidden).await?);
    let is_back = |record: &store::NewDecision| {
        record.reason == "undone" && record.after == decision.record.before
    };
    Ok(record.is_some_and(is_back))
}

fn addresses(account: &Account) -> Vec<String> {
    account.addresses().map(str::to_owned).collect()
}

/// What became of the story.
struct Told {
    table: String,
    /// How many lines are not as they should be.
    wrong: usize,
    /// The decision that Alice undoes at the end.
    to_undo: Option<Decision>,
}

/// Delivers the story, one mail after the other.
async fn deliver(server: &Running, address: &str, accounts: &[Account]) -> Result<Told, Failure> {
    let address: SocketAddr = address.parse().map_err(Failure::new)?;
    let mut table = Table::new(&["mail", "for", "detected", "outcome", "event", "what", ""]);
    let mut wrong = 0;
    let mut to_undo = None;
    let mut known: HashMap<AccountId, usize> = HashMap::new();
    for mail in &MAILS {
        send(address, mail).await?;
        for (recipient, expected) in mail.recipients {
            let account = accounts
                .iter()
                .find(|account| account.address == *recipient);
            let Some(account) = account else { continue };
            let known = known.entry(account.id).or_default();
            let record = outcome(&*server.store, account, *known).await?;
            *known += usize::from(record.is_some());
            wrong += usize::from(!is_expected(*expected, record.as_ref()));
            table.row(cells(mail, account, *expected, record.as_ref()));
            if mail.file == UNDONE {
                to_undo = record;
            }
        }
    }
    Ok(Told {
        table: table.print(),
        wrong,
        to_undo,
    })
}

/// Delivers one mail over LMTP.
async fn send(server: SocketAddr, mail: &Mail) -> Result<(), Failure> {
    let failed = |error| {
        Failure::new(format_args!(
            "{} could not be delivered: {error}",
            mail.file
        ))
    };
    let recipients: Vec<&str> = mail
        .recipients
        .iter()
        .map(|(address, _)| *address)
        .collect();
    let text = wiring::crlf(mail.text);
    let server = lmtp::Listen::Tcp(server);
    let mut client = Client::connect(&server, "mx.example.org", ClientLimits::default())
        .await
        .map_err(failed)?;
    let outgoing = Outgoing {
        reverse_path: "sender@example.com",
        recipients: &recipients,
        size: Some(text.len() as u64),
        charset: Charset::Utf8,
    };
    let replies = client
        .send(&outgoing, &mut text.as_slice())
        .await
        .map_err(failed)?;
    if let Some(refused) = replies.iter().find(|reply| !reply.is_positive()) {
        return Err(Failure::new(format_args!(
            "{} was refused: {refused}",
            mail.file
        )));
    }
    client.quit().await.map_err(failed)
}

/// Waits until no job is left, and gives the account's newest record if it is new.
async fn outcome(
    store: &dyn Store,
    account: &Account,
    known: usize,
) -> Result<Option<Decision>, Failure> {
    let idle = async {
        while !store.queue().await?.is_empty() {
            store
                .wait_for_work(Work::Jobs, Duration::from_millis(100))
                .await;
        }
        Ok::<(), store::Error>(())
    };
    tokio::time::timeout(PATIENCE, idle).await.map_err(|_| {
        Failure::new("a mail's outcome did not come; `invited queue list` shows why")
    })??;
    let decisions = store.decisions(account.id, u32::MAX).await?;
    Ok(if decisions.len() > known {
        decisions.into_iter().next()
    } else {
        None
    })
}

fn is_expected(expected: Expected, record: Option<&Decision>) -> bool {
    match (expected, record) {
        (Expected::Nothing, None) => true,
        (Expected::Record(outcome, reason), Some(Decision { record, .. })) => {
            record.outcome == outcome && (reason.is_empty() || record.reason == reason)
        }
        _ => false,
    }
}

/// Mail, account, METHOD, outcome, event, what changed or why not, verdict.
fn cells(
    mail: &Mail,
    account: &Account,
    expected: Expected,
    record: Option<&Decision>,
) -> Vec<String> {
    let name = mail.file.trim_end_matches(".eml").to_owned();
    let verdict = if is_expected(expected, record) {
        "ok"
    } else {
        "WRONG"
    };
    let mut cells = vec![name, account.name.clone()];
    match record.map(|decision| &decision.record) {
        None => cells.extend(["no event", "-", "-", "-"].map(str::to_owned)),
        Some(record) => {
            let detected = if record.method.is_empty() {
                "not stamped"
            } else {
                &record.method
            };
            cells.extend([
                detected.to_owned(),
                record.outcome.clone(),
                record.summary.clone(),
                what(record, account),
            ]);
        }
    }
    cells.push(verdict.to_owned());
    cells
}

/// What changed, or why nothing did.
fn what(record: &store::NewDecision, account: &Account) -> String {
    let addresses = addresses(account);
    let reader = Reader::at(SystemClock.now(), &addresses);
    match words::difference::line(&words::difference::of(record), &reader) {
        said if said.is_empty() => words::reason(&record.reason),
        said => said,
    }
}

/// How to look further while the demo runs.
fn further(folder: &Path) -> String {
    let program = std::env::args()
        .next()
        .unwrap_or_else(|| "invited".to_owned());
    let with = format!(
        "{program} --config {}",
        folder.join("invited.toml").display()
    );
    let mail = folder.join("data/mail/alice@example.org/new");
    format!(
        "\nThe server runs until Ctrl-C. In another terminal:\n\n  \
         {with} decisions alice@example.org\n  \
         {with} apply alice@example.org 12\n  \
         {with} calendar show alice@example.org\n  \
         {with} sieve show alice@example.org\n  \
         {with} preferences set alice@example.org invitations everyone\n  \
         {with} check samples/13-forged-update.eml --account alice@example.org\n  \
         ls {}\n",
        mail.display()
    )
}
