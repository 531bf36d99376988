//! Delivery into Maildir++ folders, durable before it answers.

use std::collections::HashSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use fail::fail_point;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use store::Account;

use super::folder;
use super::{Deliver, Delivery, Target, Word};
use crate::clock::Clock;
use crate::intake::Refusal;

/// How many durable folders are remembered; past that all are forgotten and synced once more.
const KNOWN: usize = 1 << 16;

/// The parts of a Maildir folder.
const PARTS: [&str; 3] = ["tmp", "new", "cur"];

/// Maildirs below one folder: `ADDRESS/{new,cur,tmp}` is the inbox, `ADDRESS/.Folder/` a folder.
///
/// Files have LF line ends, as Postfix and Dovecot write them.
pub struct Maildir {
    inner: Arc<Inner>,
}

struct Inner {
    root: PathBuf,
    hostname: String,
    clock: Arc<dyn Clock>,
    counter: AtomicU64,
    /// The folders that this process has made durable.
    durable: Mutex<HashSet<PathBuf>>,
}

impl Maildir {
    /// Maildirs below `root`; `hostname` goes into file names.
    pub fn new(root: impl Into<PathBuf>, hostname: &str, clock: Arc<dyn Clock>) -> Self {
        let hostname = hostname.replace('/', "\\057").replace(':', "\\072");
        Self {
            inner: Arc::new(Inner {
                root: root.into(),
                hostname,
                clock,
                counter: AtomicU64::new(0),
                durable: Mutex::default(),
            }),
        }
    }
}

#[async_trait]
impl Deliver for Maildir {
    async fn deliver(
        &self,
        deliveries: Vec<Option<Delivery>>,
        word: Word,
    ) -> Vec<Result<(), Refusal>> {
        let inner = Arc::clone(&self.inner);
        let count = deliveries.len();
        // All on one thread, which the word finds waiting: every change of thread costs time.
        let verdicts = blocking(move || Ok(inner.deliver(&deliveries, word))).await;
        verdicts.unwrap_or_else(|refusal| vec![Err(refusal); count])
    }

    async fn folder_exists(&self, account: &Account, folder: &str) -> Result<bool, Refusal> {
        let Some(directory) = folder::directory(folder) else {
            return Ok(false);
        };
        let path = self.inner.home(account).join(directory).join("cur");
        let is_inbox = folder.eq_ignore_ascii_case("INBOX");
        blocking(move || Ok(is_inbox || path.is_dir())).await
    }
}

/// Runs file work off the async threads; a panic there or a full disk is [`Refusal::Storage`].
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(storage),
        Err(error) => {
            tracing::error!(%error, "writing mail to the Maildir failed");
            Err(Refusal::Storage)
        }
    }
}

fn storage(error: io::Error) -> Refusal {
    tracing::error!(%error, "mail could not be written to the Maildir");
    Refusal::Storage
}

impl Inner {
    fn home(&self, account: &Account) -> PathBuf {
        self.root.join(&account.address)
    }

    /// Writes the mails, waits for the word, and lets those appear that are taken.
    fn deliver(&self, deliveries: &[Option<Delivery>], word: Word) -> Vec<Result<(), Refusal>> {
        let write = |delivery: &Option<Delivery>| match delivery {
            Some(delivery) => self.write_all(delivery).map_err(storage),
            None => Ok(Files(Vec::new())),
        };
        let files: Vec<_> = deliveries.iter().map(write).collect();
        let refused = |_| vec![Err(Refusal::Unavailable); deliveries.len()];
        let taken = word.blocking_recv().unwrap_or_else(refused);
        let publish = |(files, taken): (Result<Files, Refusal>, Result<(), Refusal>)| {
            taken.and(files)?.publish().map_err(storage)
        };
        files.into_iter().zip(taken).map(publish).collect()
    }

    fn write_all(&self, delivery: &Delivery) -> io::Result<Files> {
        let home = self.home(&delivery.account);
        let mut files = Vec::with_capacity(delivery.targets.len());
        for target in &delivery.targets {
            files.push(self.write(&home, delivery, target)?);
        }
        fail_point!("deliver::written");
        Ok(Files(files))
    }

    /// Writes the mail into `tmp` and makes its content durable.
    fn write(&self, home: &Path, delivery: &Delivery, target: &Target) -> io::Result<Written> {
        // A name that no directory can have was refused by Sieve or is odd: the inbox is safe.
        let folder = home.join(folder::directory(&target.folder).unwrap_or_default());
        self.ensure(home, &folder)?;
        let name = self.unique_name();
        let temporary = folder.join("tmp").join(&name);
        let mut written = Written {
            temporary,
            is_in_tmp: true,
            folder,
            name,
            suffix: suffix(&target.flags),
        };
        let size = written.fill(delivery)?;
        written.name = format!("{},S={size}", written.name);
        Ok(written)
    }

    /// A folder that is there may not be durable yet: what this process has not made durable itself
    /// is made so once.
    fn ensure(&self, home: &Path, folder: &Path) -> io::Result<()> {
        let is_whole = PARTS.iter().all(|part| folder.join(part).is_dir());
        let is_known = is_whole && self.durable().contains(folder);
        if !is_known {
            make_folder(&self.root, home, folder)?;
            let mut durable = self.durable();
            if durable.len() >= KNOWN {
                durable.clear();
            }
            durable.insert(folder.to_owned());
        }
        Ok(())
    }

    fn durable(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        self.durable.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unique_name(&self) -> String {
        let now = self.clock.now();
        let (seconds, millis) = (now.div_euclid(1000), now.rem_euclid(1000));
        let count = self.counter.fetch_add(1, Ordering::Relaxed);
        format!(
            "{seconds}.M{}P{}Q{count}.{}",
            millis * 1000,
            std::process::id(),
            self.hostname
        )
    }
}

/// One mail in the `tmp` of each of its folders.
struct Files(Vec<Written>);

impl Files {
    fn publish(self) -> io::Result<()> {
        for file in self.0 {
            file.publish()?;
        }
        fail_point!("deliver::linked");
        Ok(())
    }
}

/// A mail in `tmp`, durable but not yet delivered; gone from `tmp` when dropped.
struct Written {
    temporary: PathBuf,
    is_in_tmp: bool,
    folder: PathBuf,
    name: String,
    suffix: Option<String>,
}

impl Written {
    fn fill(&self, delivery: &Delivery) -> io::Result<u64> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&self.temporary)?;
        let mut lines = LfWriter {
            inner: BufWriter::with_capacity(64 * 1024, &file),
            octets: 0,
        };
        lines.write(&delivery.fields)?;
        delivery
            .message
            .for_each_chunk(|chunk| lines.write(chunk))?;
        let octets = lines.octets;
        lines.inner.flush()?;
        drop(lines);
        file.sync_all()?;
        Ok(octets)
    }

    /// Makes the mail appear: in `new`, or in `cur` when it has flags.
    fn publish(mut self) -> io::Result<()> {
        let (directory, name) = match &self.suffix {
            None => (self.folder.join("new"), self.name.clone()),
            Some(flags) => (self.folder.join("cur"), format!("{}:2,{flags}", self.name)),
        };
        let is_moved = move_to_new(&self.temporary, &directory.join(name))?;
        self.is_in_tmp = !is_moved;
        File::open(&directory)?.sync_all()
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        if self.is_in_tmp {
            // A leftover does no harm: any Maildir reader removes it.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Gives the file its last name, never in the place of another. `false`: the old name is there too.
fn move_to_new(from: &Path, to: &Path) -> io::Result<bool> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(true),
        // A file system, or a kernel, that can only rename over what is there.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            fs::hard_link(from, to).map(|()| false)
        }
        Err(error) => Err(error.into()),
    }
}

/// Maildir's letters for the flags, `None` when there are none. Keywords have no letter.
fn suffix(flags: &[String]) -> Option<String> {
    const LETTERS: [(&str, char); 5] = [
        ("\\Draft", 'D'),
        ("\\Flagged", 'F'),
        ("\\Answered", 'R'),
        ("\\Seen", 'S'),
        ("\\Deleted", 'T'),
    ];
    let letters: String = LETTERS
        .iter()
        .filter(|(name, _)| flags.iter().any(|flag| flag.eq_ignore_ascii_case(name)))
        .map(|(_, letter)| letter)
        .collect();
    (!letters.is_empty()).then_some(letters)
}

/// Makes what a folder misses and makes it durable, up to the folder of all Maildirs.
fn make_folder(root: &Path, home: &Path, folder: &Path) -> io::Result<()> {
    for name in PARTS {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder.join(name))?;
    }
    if folder != home {
        // Tells Maildir++ readers that quota is counted one level up.
        File::create(folder.join("maildirfolder"))?.sync_all()?;
    }
    for directory in [Some(folder), Some(home), Some(root), root.parent()]
        .into_iter()
        .flatten()
    {
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}

/// Writes CRLF lines as LF lines: what reaches a delivery has no CR without its LF.
struct LfWriter<W> {
    inner: W,
    octets: u64,
}

impl<W: Write> LfWriter<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        let mut start = 0;
        for at in memchr::memchr_iter(b'\r', octets).chain([octets.len()]) {
            self.inner.write_all(&octets[start..at])?;
            self.octets += (at - start) as u64;
            start = at + 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use store::{AccountId, Timestamp};
    use tokio::sync::oneshot;

    use super::*;
    use crate::intake::Incoming;
    use crate::spool::Spool;

    struct Noon;

    impl Clock for Noon {
        fn now(&self) -> Timestamp {
            1_900_000_000_123
        }
    }

    fn account() -> Account {
        Account {
            id: AccountId(1),
            address: "alice@example.org".to_owned(),
            aliases: Vec::new(),
            name: String::new(),
            password: String::new(),
        }
    }

    fn delivery(folder: &Path, targets: &[(&str, &[&str])]) -> Delivery {
        let mut collector = Spool::new(folder, imip::Limits::default()).collect();
        collector
            .write(b"Subject: x\r\n\r\nline\r\n\r\n.dot\r\n")
            .unwrap();
        let target = |(folder, flags): &(&str, &[&str])| Target {
            folder: (*folder).to_owned(),
            flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
        };
        Delivery {
            account: account(),
            recipient: "alice@example.org".to_owned(),
            reverse_path: "bob@example.com".to_owned(),
            fields: b"Return-Path: <bob@example.com>\r\n".to_vec(),
            message: Arc::new(collector.finish().unwrap()),
            targets: targets.iter().map(target).collect(),
        }
    }

    async fn deliver(maildir: &Maildir, delivery: Delivery) -> Result<(), Refusal> {
        let (taker, word) = oneshot::channel();
        taker.send(vec![Ok(())]).unwrap();
        maildir.deliver(vec![Some(delivery)], word).await.remove(0)
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        let mut files: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        files
    }

    #[tokio::test]
    async fn mail_is_in_new_with_lf_lines_and_nothing_is_left_in_tmp() {
        let folder = tempfile::tempdir().unwrap();
        let maildir = Maildir::new(folder.path(), "mail.example.org", Arc::new(Noon));
        for _ in 0..2 {
            deliver(&maildir, delivery(folder.path(), &[("INBOX", &[])]))
                .await
                .unwrap();
        }
        let home = folder.path().join("alice@example.org");
        let mails = files(&home.join("new"));
        assert_eq!(mails.len(), 2);
        let expected = b"Return-Path: <bob@example.com>\nSubject: x\n\nline\n\n.dot\n";
        assert_eq!(fs::read(&mails[0]).unwrap(), expected);
        let name = mails[0].file_name().unwrap().to_str().unwrap();
        let start = format!("1900000000.M123000P{}Q", std::process::id());
        assert!(name.starts_with(&start), "{name}");
        assert!(
            name.ends_with(&format!(".mail.example.org,S={}", expected.len())),
            "{name}"
        );
        assert_eq!(
            fs::metadata(&mails[0]).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(
            fs::metadata(&home).unwrap().permissions().mode() & 0o777,
            0o700
        );
        assert!(files(&home.join("tmp")).is_empty());
        assert!(files(&home.join("cur")).is_empty());
    }

    #[tokio::test]
    async fn flags_are_letters_in_order_and_folders_are_made() {
        let folder = tempfile::tempdir().unwrap();
        let maildir = Maildir::new(folder.path(), "mail.example.org", Arc::new(Noon));
        let targets: &[(&str, &[&str])] = &[
            ("INBOX", &["\\seen", "\\Answered", "$Keyword"]),
            ("Work/Bücher", &["$Keyword"]),
        ];
        assert!(
            !maildir
                .folder_exists(&account(), "Work/Bücher")
                .await
                .unwrap()
        );
        deliver(&maildir, delivery(folder.path(), targets))
            .await
            .unwrap();
        let home = folder.path().join("alice@example.org");
        let flagged = files(&home.join("cur"));
        assert!(
            flagged[0].to_str().unwrap().ends_with(":2,RS"),
            "{flagged:?}"
        );
        let filed = home.join(".Work.B&APw-cher");
        assert_eq!(files(&filed.join("new")).len(), 1);
        assert!(filed.join("maildirfolder").is_file());
        assert!(
            maildir
                .folder_exists(&account(), "Work.Bücher")
                .await
                .unwrap()
        );
        assert!(maildir.folder_exists(&account(), "Inbox").await.unwrap());
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_is_a_refusal() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("alice@example.org"), "a file").unwrap();
        let maildir = Maildir::new(folder.path(), "mail.example.org", Arc::new(Noon));
        let refused = deliver(&maildir, delivery(folder.path(), &[("INBOX", &[])])).await;
        assert_eq!(refused, Err(Refusal::Storage));
    }

    #[tokio::test]
    async fn what_is_not_taken_is_seen_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let maildir = Maildir::new(folder.path(), "mail.example.org", Arc::new(Noon));
        let mail = || Some(delivery(folder.path(), &[("INBOX", &[])]));
        let (taker, word) = oneshot::channel();
        taker.send(vec![Err(Refusal::Database), Ok(())]).unwrap();
        let verdicts = maildir.deliver(vec![mail(), None], word).await;
        assert_eq!(verdicts, [Err(Refusal::Database), Ok(())]);
        let (taker, word) = oneshot::channel();
        drop(taker);
        let verdicts = maildir.deliver(vec![mail()], word).await;
        assert_eq!(verdicts, [Err(Refusal::Unavailable)]);
        let home = folder.path().join("alice@example.org");
        for part in ["new", "tmp"] {
            assert!(files(&home.join(part)).is_empty(), "{part}");
        }
    }
}
