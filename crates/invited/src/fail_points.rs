//! Fail points for tests (feature `failpoints`): `FAILPOINTS` as the `fail` crate reads it, and
//! `FAILPOINTS_KILL`, the name of one point at which the process is killed as `kill -9` does.

use std::process::Command;
use std::time::Duration;

use fail::FailScenario;

/// Arms the points; they are disarmed when the value is dropped.
#[must_use]
pub fn arm() -> FailScenario<'static> {
    let scenario = FailScenario::setup();
    if let Ok(point) = std::env::var("FAILPOINTS_KILL")
        && let Err(error) = fail::cfg_callback(point, kill)
    {
        crate::output::print_error(&error);
    }
    scenario
}

/// Ends the process without any of its own code running after.
fn kill() {
    let process = std::process::id().to_string();
    // Whether it works shows at once: then there is nobody to look at the result.
    let _ = Command::new("kill").args(["-9", &process]).status();
    loop {
        std::thread::sleep(Duration::from_secs(1));
    }
}
