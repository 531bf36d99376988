//! Whether what came is like what a transcript wants.

use std::collections::HashMap;

/// What `$name` and `{name}` stand for.
#[derive(Default)]
pub(crate) struct Names(pub(crate) HashMap<String, String>);

impl Names {
    pub(crate) fn put_in(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in &self.0 {
            text = text.replace(name, value);
        }
        text
    }

    /// Whether a line is like the wanted one; a new `$name` is learned.
    pub(crate) fn matches(&mut self, wanted: &str, line: &str) -> bool {
        let wanted = self.put_in(wanted);
        let Some(at) = wanted.find('$') else {
            return is_like(&wanted, line);
        };
        let end = wanted[at + 1..].find(|c: char| !c.is_ascii_alphanumeric());
        let end = end.map_or(wanted.len(), |end| at + 1 + end);
        let (before, after) = (&wanted[..at], &wanted[end..]);
        let is_framed = line.starts_with(before)
            && line.ends_with(after)
            && line.len() >= before.len() + after.len();
        if is_framed {
            let value = line[before.len()..line.len() - after.len()].to_owned();
            self.0.insert(wanted[at..end].to_owned(), value);
        }
        is_framed
    }

    /// Whether lines are like the wanted ones, of which `...` is any number of lines.
    pub(crate) fn body_matches(&mut self, wanted: &[String], lines: &[String]) -> bool {
        match (wanted.split_first(), lines.split_first()) {
            (None, None) => true,
            (None, Some(_)) => false,
            (Some((any, wanted)), _) if any == "..." => {
                (0..=lines.len()).any(|skipped| self.body_matches(wanted, &lines[skipped..]))
            }
            (Some(_), None) => false,
            (Some((first, wanted)), Some((line, lines))) => {
                self.matches(first, line) && self.body_matches(wanted, lines)
            }
        }
    }
}

/// Whether a text is like a pattern in which `*` is any text.
fn is_like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, rest)) => text.strip_prefix(before).is_some_and(|text| {
            let ends = (0..=text.len()).filter(|at| text.is_char_boundary(*at));
            ends.into_iter().any(|at| is_like(rest, &text[at..]))
        }),
    }
}

/// A body line by line, with a line break between any two tags.
pub(crate) fn lines(body: &str) -> Vec<String> {
    let body = body.replace("><", ">\n<").replace("&#13;", "");
    let mut lines: Vec<String> = body.lines().map(str::to_owned).collect();
    lines.retain(|line| !line.is_empty());
    lines
}
