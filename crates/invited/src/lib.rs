//! The parts of the `invited` program: configuration, wiring and commands.

pub mod change_json;
pub mod cli;
pub mod command;
pub mod config;
pub mod event_text;
#[cfg(feature = "failpoints")]
pub mod fail_points;
pub mod failure;
pub mod http;
pub mod logging;
pub mod output;
pub mod password;
pub mod table;
pub mod wiring;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::cli::Cli;
use crate::failure::Failure;

/// Runs one command; its result is on standard output, its error in one line on standard error.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    #[cfg(feature = "failpoints")]
    let _armed = fail_points::arm();
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) if !error.use_stderr() => {
            output::print(&error.to_string());
            return ExitCode::SUCCESS;
        }
        Err(error) => return end(Err(Failure::Misuse(misuse(&error)))),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            return end(Err(Failure::new(format_args!(
                "no threads can be started: {error}"
            ))));
        }
    };
    end(runtime.block_on(command::run(cli)))
}

/// The command line parser's error in one line.
fn misuse(error: &clap::Error) -> String {
    match error.kind() {
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "a command is missing; `invited --help` shows what there is".to_owned()
        }
        _ => output::one_line(&error.to_string()),
    }
}

fn end(result: Result<String, Failure>) -> ExitCode {
    match result {
        Ok(text) => {
            output::print(&text);
            ExitCode::SUCCESS
        }
        Err(failure) => {
            match &failure {
                Failure::Misuse(error) | Failure::Failed(error) => output::print_error(error),
                Failure::Shown(text) => output::print(text),
            }
            ExitCode::from(failure.status())
        }
    }
}
