//! The log: one line per event on standard error, `RUST_LOG` for other levels.

use tracing_subscriber::EnvFilter;

/// Starts the log. `RUST_LOG` takes directives such as `debug` or
/// `warn,mail=info`.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // A second start, as in tests, keeps the first.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .try_init();
}
