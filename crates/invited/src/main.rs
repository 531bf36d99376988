//! The `invited` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    invited::run(std::env::args_os())
}
