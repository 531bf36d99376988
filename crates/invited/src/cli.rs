//! The command line: names and arguments of all commands.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Automatic invitation processing for any mail server.
#[derive(Debug, Parser)]
#[command(name = "invited", version, disable_help_subcommand = true)]
pub struct Cli {
    /// The configuration file [default: ./invited.toml, else /etc/invited/invited.toml, else none]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server until it is told to stop
    Serve,
    /// Show what invited does, on a server and accounts of its own
    Demo(Demo),
    /// Add, list and remove accounts, and set their passwords
    #[command(subcommand)]
    Account(Account),
    /// Import contacts
    #[command(subcommand)]
    Contacts(Contacts),
    /// Show, set, export and import calendars
    #[command(subcommand)]
    Calendar(Calendar),
    /// Show and set what happens to an account's invitations
    #[command(subcommand)]
    Preferences(Preferences),
    /// Show, check, try and set an account's Sieve scripts
    #[command(subcommand)]
    Sieve(Sieve),
    /// Say what would happen to a mail; changes nothing
    Check(Check),
    /// List what was decided about an account's invitations, and why
    Decisions(Decisions),
    /// Apply a message that a decision kept
    Apply(Apply),
    /// Put back what a decision changed
    Undo(Undo),
    /// Answer an invitation; the answer is mailed to the organizer
    Respond(Respond),
    /// Look after waiting and parked jobs and mail
    #[command(subcommand)]
    Queue(Queue),
    /// Check the configuration
    #[command(subcommand)]
    Config(Config),
}

/// `invited demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// Exit after the table; status 1 if a line of it is not as it should be
    #[arg(long)]
    pub once: bool,
    /// The folder for its data; must not exist or be empty [default: a temporary one]
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}

/// `invited account …`
#[derive(Debug, Subcommand)]
pub enum Account {
    /// Make an account with its default calendar
    Add {
        /// Its mail address
        address: String,
        /// What people call it
        #[arg(long, default_value = "")]
        name: String,
        /// Another address of it; may be given again
        #[arg(long = "alias", value_name = "ADDRESS")]
        aliases: Vec<String>,
        /// Read the password from the first line of standard input
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// List the accounts
    List,
    /// Remove an account with its calendars, contacts and history; its mail stays
    Remove {
        /// One of its addresses
        address: String,
    },
    /// Add, list and revoke passwords of single devices
    #[command(subcommand)]
    AppPassword(AppPassword),
    /// Replace an account's password
    Password {
        /// One of its addresses
        address: String,
        /// Read the password from the first line of standard input
        #[arg(long, required = true)]
        password_stdin: bool,
    },
}

/// `invited account app-password …`
#[derive(Debug, Subcommand)]
pub enum AppPassword {
    /// Make a password for one device and print it; it is not shown again
    Add {
        /// One of the account's addresses
        address: String,
        /// What its owner calls the device
        #[arg(long, default_value = "")]
        label: String,
    },
    /// List an account's app passwords, without the passwords themselves
    List {
        /// One of the account's addresses
        address: String,
    },
    /// Take an app password away
    Revoke {
        /// One of the account's addresses
        address: String,
        /// The first four letters, as the list shows them
        id: String,
    },
}

/// `invited contacts …`
#[derive(Debug, Subcommand)]
pub enum Contacts {
    /// Import a file of vCards; cards with the same UID are replaced
    Import {
        /// One of the account's addresses
        address: String,
        /// The file
        file: PathBuf,
    },
}

/// `invited calendar …`
#[derive(Debug, Subcommand)]
pub enum Calendar {
    /// List the events of an account's calendars
    Show {
        /// One of the account's addresses
        address: String,
        /// Show the events' UIDs too, as `invited respond` wants them
        #[arg(long)]
        uids: bool,
    },
    /// Change a calendar's settings
    Set {
        /// One of the account's addresses
        address: String,
        /// The calendar's id or name, as `invited calendar show` tells them
        calendar: String,
        /// Whether invitations, changes and cancellations of own meetings in it are mailed
        #[arg(long, value_enum, value_name = "WHETHER")]
        send_invitations: Switch,
    },
    /// Print all events of an account as iCalendar
    Export {
        /// One of the account's addresses
        address: String,
    },
    /// Import a file of events into the default calendar; sends nothing
    Import {
        /// One of the account's addresses
        address: String,
        /// The file
        file: PathBuf,
    },
}

/// Whether something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// It is
    On,
    /// It is not
    Off,
}

/// `invited preferences …`
#[derive(Debug, Subcommand)]
pub enum Preferences {
    /// Show the preferences
    Show {
        /// One of the account's addresses
        address: String,
    },
    /// Set one preference
    Set {
        /// One of the account's addresses
        address: String,
        /// The preference
        name: String,
        /// Its new value
        value: String,
    },
}

/// `invited sieve …`
#[derive(Debug, Subcommand)]
pub enum Sieve {
    /// Print a script that runs on the account's mail
    Show {
        /// One of the account's addresses
        address: String,
        /// Which one
        #[arg(long, value_enum, default_value_t = Unit::Generated)]
        unit: Unit,
    },
    /// Say whether a script is right
    Check {
        /// The script
        file: PathBuf,
    },
    /// Say what a script does with a mail, in place of the account's own one; changes nothing
    Run {
        /// The script
        script: PathBuf,
        /// The mail
        mail: PathBuf,
        /// Whose mail it would be: one of the account's addresses
        #[arg(long, value_name = "ADDRESS")]
        account: String,
    },
    /// Make a script the account's own one; an empty file removes it
    Set {
        /// One of the account's addresses
        address: String,
        /// The script
        file: PathBuf,
    },
}

/// One of the two Sieve units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Unit {
    /// Made from the calendar preferences; runs first
    Generated,
    /// The user's own
    Own,
}

/// `invited check`
#[derive(Debug, Args)]
pub struct Check {
    /// The mail
    pub file: PathBuf,
    /// Whose mail it would be: one of the account's addresses
    #[arg(long, value_name = "ADDRESS")]
    pub account: String,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `invited decisions`
#[derive(Debug, Args)]
pub struct Decisions {
    /// One of the account's addresses
    pub address: String,
    /// How many, newest first
    #[arg(long, default_value_t = 50, value_name = "NUMBER")]
    pub limit: u32,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `invited apply`
#[derive(Debug, Args)]
pub struct Apply {
    /// One of the account's addresses
    pub address: String,
    /// The decision, as `invited decisions` numbers it
    pub id: i64,
}

/// `invited respond`
#[derive(Debug, Args)]
pub struct Respond {
    /// One of the account's addresses
    pub address: String,
    /// The event's UID, as `invited calendar show --uids` shows it
    pub uid: String,
    /// The answer
    #[arg(ignore_case = true)]
    pub answer: Reply,
    /// A comment for the organizer
    #[arg(long, value_name = "TEXT")]
    pub comment: Option<String>,
    /// One date of a series alone: 2026-12-08, 20261208T090000Z or 20261208T100000[Europe/Berlin]
    #[arg(long, value_name = "DATE")]
    pub instance: Option<String>,
}

/// What may be answered.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Reply {
    /// Yes
    Accepted,
    /// Perhaps
    Tentative,
    /// No
    Declined,
}

/// `invited undo`
#[derive(Debug, Args)]
pub struct Undo {
    /// One of the account's addresses
    pub address: String,
    /// The decision, as `invited decisions` numbers it
    pub id: i64,
}

/// `invited queue …`
#[derive(Debug, Subcommand)]
pub enum Queue {
    /// List what waits or is parked
    List,
    /// Show one entry
    Show {
        /// Its id, or enough of its beginning
        id: String,
    },
    /// Try an entry now
    Retry {
        /// Its id, or enough of its beginning
        id: String,
    },
    /// Give an entry up
    Drop {
        /// Its id, or enough of its beginning
        id: String,
    },
    /// Send the invitations to new meetings that wait for a word because they are so many
    Release {
        /// One of the account's addresses
        address: String,
    },
}

/// `invited config …`
#[derive(Debug, Subcommand)]
pub enum Config {
    /// Say whether the configuration is right, and what it warns of
    Check,
}
