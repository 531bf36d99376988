//! `invited config`: check the configuration.

use super::Outcome;
use crate::cli;
use crate::config::Config;

/// Runs the configuration command; the configuration was read, so it is right.
pub fn run(command: cli::Config, config: &Config) -> Outcome {
    let cli::Config::Check = command;
    let warnings = config.warnings();
    let mut text = String::from("the configuration is right\n");
    for warning in warnings {
        text.push_str(&format!("warning: {warning}\n"));
    }
    Ok(text)
}
