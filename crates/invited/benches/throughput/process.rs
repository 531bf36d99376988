//! The program itself in a process of its own, and what the kernel says of its memory.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use store::SqliteStore;
use tokio::runtime::Runtime;

use crate::client::Client;
use crate::mail::{Kind, Mail, address};
use crate::product::{add_account, configuration};

/// `invited serve`, killed when dropped.
pub struct Process {
    pub address: String,
    child: Child,
    _folder: tempfile::TempDir,
}

impl Process {
    /// A server with one account, which has had mail of both kinds.
    pub fn start() -> Self {
        let folder = crate::folder();
        configuration(folder.path());
        fs::create_dir(folder.path().join("data")).unwrap();
        let store = SqliteStore::open(&folder.path().join("data/invited.db")).unwrap();
        Runtime::new()
            .unwrap()
            .block_on(add_account(&store, &address(0)));
        drop(store);
        let mut child = Command::new(env!("CARGO_BIN_EXE_invited"))
            .arg("--config")
            .arg(folder.path().join("invited.toml"))
            .arg("serve")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let mut words = line.split(' ').skip_while(|word| *word != "on").skip(1);
        let process = Self {
            address: words.next().unwrap().to_owned(),
            child,
            _folder: folder,
        };
        let mut client = Client::connect(&process.address);
        for (number, kind) in [Kind::Ordinary, Kind::Invitation].into_iter().enumerate() {
            client.deliver(&address(0), &Mail::new(kind, number).text);
        }
        process
    }

    /// The most that was resident while `work` ran, less what was resident before, in octets.
    pub fn growth(&self, work: impl FnOnce()) -> u64 {
        let status = format!("/proc/{}", self.child.id());
        fs::write(format!("{status}/clear_refs"), "5").unwrap();
        let before = octets(&status, "VmRSS:");
        work();
        octets(&status, "VmHWM:").saturating_sub(before)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn octets(folder: &str, field: &str) -> u64 {
    let status = fs::read_to_string(format!("{folder}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    let kilo: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilo << 10
}

/// What this process has used, in user and system mode; Linux counts it in hundredths of a second.
pub fn processor_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks.map(|field| field.parse::<u64>().unwrap()).sum();
    Duration::from_millis(10 * ticks)
}
