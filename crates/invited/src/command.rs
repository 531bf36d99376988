//! The commands: each takes its arguments and the configuration, and gives the text to print.

pub mod account;
pub mod app_password;
pub mod apply;
pub mod calendar;
pub mod check;
pub mod config;
pub mod contacts;
pub mod decisions;
pub mod demo;
mod dry_run;
pub mod preferences;
pub mod queue;
pub mod respond;
pub mod serve;
pub mod sieve;
pub mod undo;

use crate::cli::{Cli, Command};
use crate::config::{Config, environment};
use crate::failure::Failure;

/// What a command gives.
pub type Outcome = Result<String, Failure>;

/// Runs one command.
pub async fn run(cli: Cli) -> Outcome {
    if let Command::Demo(arguments) = cli.command {
        return demo::run(arguments).await;
    }
    let config = Config::load(cli.config.as_deref(), environment())?;
    match cli.command {
        Command::Serve => serve::run(config).await,
        Command::Demo(arguments) => demo::run(arguments).await,
        Command::Account(command) => account::run(command, &config).await,
        Command::Contacts(command) => contacts::run(command, &config).await,
        Command::Calendar(command) => calendar::run(command, &config).await,
        Command::Preferences(command) => preferences::run(command, &config).await,
        Command::Sieve(command) => sieve::run(command, &config).await,
        Command::Check(arguments) => check::run(arguments, &config).await,
        Command::Decisions(arguments) => decisions::run(arguments, &config).await,
        Command::Apply(arguments) => apply::run(arguments, &config).await,
        Command::Respond(arguments) => respond::run(arguments, &config).await,
        Command::Undo(arguments) => undo::run(arguments, &config).await,
        Command::Queue(command) => queue::run(command, &config).await,
        Command::Config(command) => config::run(command, &config),
    }
}
