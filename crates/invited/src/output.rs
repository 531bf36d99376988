//! What a command says: results on standard output, errors in one line on standard error.

use std::io::Write;

/// Prints a result. A reader that has gone is no error of ours.
pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    if !text.is_empty() && !text.ends_with('\n') {
        let _ = out.write_all(b"\n");
    }
    let _ = out.flush();
}

/// Prints an error in one line.
pub fn print_error(error: &str) {
    let line = error.split_whitespace().collect::<Vec<_>>().join(" ");
    let _ = writeln!(std::io::stderr().lock(), "invited: {line}");
}

/// The command line parser's error in one line that ends with where help is.
#[must_use]
pub fn one_line(error: &str) -> String {
    let lines: Vec<&str> = error.lines().map(str::trim).collect();
    let end = lines
        .iter()
        .position(|line| line.starts_with("Usage:") || line.starts_with("For more"));
    let said = lines[..end.unwrap_or(lines.len())].join(" ");
    let said = said.strip_prefix("error: ").unwrap_or(&said).trim();
    format!("{said}; `invited --help` shows what there is")
}
