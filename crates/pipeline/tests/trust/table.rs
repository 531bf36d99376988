//! `table.txt`: each sender with each authentication, each message, spam or not.

use std::collections::BTreeMap;

use store::Account;

use crate::mail::{Kind, OWNER, PINNED, authentic};
use crate::place::{Place, Setup, said};
use crate::roles::{Proof, Sender};

const TABLE: &str = include_str!("table.txt");
const KINDS: [Kind; 4] = [Kind::New, Kind::Update, Kind::Cancel, Kind::Reply];

/// One line of the table.
struct Row {
    line: usize,
    sender: Sender,
    proof: Proof,
    /// The authentication that each record shall name.
    known: &'static str,
    /// Outcome and reason of each message, as it is and as spam.
    cells: Vec<&'static str>,
}

impl Row {
    fn read((index, text): (usize, &'static str)) -> Option<Self> {
        if text.starts_with('#') || text.is_empty() {
            return None;
        }
        let words: Vec<&str> = text
            .split_whitespace()
            .filter(|word| *word != "|")
            .collect();
        let [sender, proof, known, cells @ ..] = &words[..] else {
            panic!("line {}: too short", index + 1);
        };
        assert_eq!(cells.len(), 2 * KINDS.len(), "line {}", index + 1);
        Some(Self {
            line: index + 1,
            sender: Sender::named(sender),
            proof: Proof::named(proof),
            known,
            cells: cells.to_vec(),
        })
    }

    fn uid(&self, column: usize) -> String {
        format!("{}-{column}@uid.example", self.line)
    }

    /// The note about the sender that a record should have and has not (B1, B2).
    fn lacks(&self, notes: &[String]) -> Option<&'static str> {
        let is_service = matches!(self.sender, Sender::Google | Sender::Apple);
        let expected: &[&str] = match self.known {
            "unverified" if is_service => &["unverified", "via-service"],
            "unverified" => &["unverified"],
            "via-service" => &["via-service"],
            _ => &[],
        };
        let lacks = |note: &&&str| !notes.iter().any(|noted| noted == *note);
        expected.iter().find(lacks).copied()
    }

    /// The expected cell; `"` is that to the left.
    fn expected(&self, column: usize) -> &'static str {
        match self.cells[column] {
            "\"" => self.cells[column - 1],
            cell => cell,
        }
    }
}

fn rows() -> Vec<Row> {
    TABLE.lines().enumerate().filter_map(Row::read).collect()
}

/// A site with an account for each way of permitting new events.
struct Table {
    place: Place,
    accounts: BTreeMap<&'static str, Account>,
}

impl Table {
    async fn new(setup: Setup) -> Self {
        let place = Place::new(setup);
        let mut accounts = BTreeMap::new();
        for address in [OWNER, "own-domain@own.example", "addcal@own.example"] {
            let account = place.account(address).await;
            // The pinned sender may bring the events that the table is about.
            place.inviters(&account, "everyone").await;
            accounts.insert(address, account);
        }
        Self { place, accounts }
    }

    /// Brings the events that the row's messages are about.
    async fn prepare(&self, row: &Row) {
        let account = &self.accounts[row.sender.account()];
        for column in 0..row.cells.len() {
            let uid = row.uid(column);
            match KINDS[column / 2] {
                Kind::New | Kind::Publish => {}
                Kind::Update | Kind::Cancel => {
                    let mail = row.sender.stored(&uid).mail(&authentic(PINNED));
                    let record = self.place.send(account, &mail).await;
                    assert_eq!(said(&record), "+new");
                }
                Kind::Reply => {
                    let own = row.sender.own(&uid).stored();
                    self.place.put(account, &uid, own).await;
                }
            }
        }
    }

    /// Sets what the accounts' owners want from now on.
    async fn permit(&self) {
        let (place, accounts) = (&self.place, &self.accounts);
        place.inviters(&accounts[OWNER], "contacts").await;
        let own_domain = &accounts["own-domain@own.example"];
        place.inviters(own_domain, "contacts-and-own-domain").await;
        let with_script = &accounts["addcal@own.example"];
        place.inviters(with_script, "never").await;
        let script = Some("require \"enotify\";\nnotify \"addcal\";\n");
        place
            .store
            .script_set(with_script.id, script)
            .await
            .unwrap();
    }

    /// What is wrong with a cell, if anything.
    async fn check(&self, row: &Row, column: usize) -> Option<String> {
        let account = &self.accounts[row.sender.account()];
        let (kind, spam) = (KINDS[column / 2], ["No", "Yes"][column % 2]);
        let uid = row.uid(column);
        let fields = row.proof.fields(row.sender, kind);
        let mail = row.sender.message(kind, &uid);
        let mail = mail.mail(&format!("X-Spam: {spam}\r\n{fields}"));
        let before = self.place.text(account, &uid).await;
        let writer = row.proof.writer(row.sender, kind);
        let record = self.place.send_of(writer, account, &mail).await;
        let after = self.place.text(account, &uid).await;
        let found = (said(&record), record.authentication.as_str());
        let expected = (row.expected(column).to_owned(), row.known);
        let stays = expected.0.starts_with('-') == (before == after);
        let is_right = found == expected && stays && row.lacks(&record.notes).is_none();
        (!is_right).then(|| {
            let text = TABLE.lines().nth(row.line - 1).unwrap_or_default();
            format!(
                "table.txt:{}: {kind:?}, X-Spam: {spam}: expected {expected:?}, found {found:?} \
                 (calendar changed: {}, notes: {:?})\n    {text}",
                row.line,
                before != after,
                record.notes
            )
        })
    }
}

#[tokio::test]
async fn every_cell_is_decided_as_the_table_says() {
    let rows = rows();
    let mut wrong = Vec::new();
    for setup in [Setup::Trusting, Setup::WithoutAuthservId] {
        let table = Table::new(setup).await;
        let of_setup = || rows.iter().filter(|row| row.proof.setup() == setup);
        for row in of_setup() {
            table.prepare(row).await;
        }
        table.permit().await;
        for row in of_setup() {
            for column in 0..row.cells.len() {
                wrong.extend(table.check(row, column).await);
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} cells:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Every sender of the table meets every authentication once.
#[test]
fn the_table_is_whole() {
    let rows = rows();
    let proofs = [
        "dmarc",
        "dkim",
        "fail",
        "none",
        "forged-id",
        "forged-below",
        "untrusted",
        "writer",
    ];
    let senders = [
        "contact",
        "own-domain",
        "stranger",
        "pinned",
        "organizer",
        "attendee",
        "google",
        "apple",
        "addcal",
        "nobody-addcal",
    ];
    for sender in senders.map(Sender::named) {
        for proof in proofs.map(Proof::named) {
            let count = rows
                .iter()
                .filter(|row| row.sender == sender && row.proof == proof)
                .count();
            assert_eq!(count, 1, "{sender:?} {proof:?}");
        }
    }
    assert_eq!(rows.len(), senders.len() * proofs.len() + 2);
}
