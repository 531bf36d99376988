//! A short letter as plain text and as HTML, in which everything from outside is shown as text.

use std::fmt::Write;

use super::disturbs;

/// The most characters of a text of several lines.
const SHOWN: usize = 4_000;

/// What a letter says, in this order.
#[derive(Debug, Default)]
pub(super) struct Letter {
    /// What happened.
    pub(super) opening: String,
    /// What changed, a sentence each.
    pub(super) changes: Vec<String>,
    /// Facts with their names.
    pub(super) facts: Vec<(&'static str, String)>,
    /// Texts of several lines with their names.
    pub(super) texts: Vec<(&'static str, String)>,
}

impl Letter {
    /// As plain text.
    pub(super) fn plain(&self) -> String {
        let mut plain = format!("{}\n", self.opening);
        if !self.changes.is_empty() {
            plain.push('\n');
        }
        for change in &self.changes {
            let _ = writeln!(plain, "- {change}");
        }
        if !self.facts.is_empty() {
            plain.push('\n');
        }
        let widest = self.facts.iter().map(|(name, _)| name.len()).max();
        let width = widest.unwrap_or(0) + 1;
        for (name, fact) in &self.facts {
            let name = format!("{name}:");
            let _ = writeln!(plain, "{name:width$} {fact}");
        }
        for (name, text) in &self.texts {
            let _ = writeln!(plain, "\n{name}:\n{text}");
        }
        plain
    }

    /// The same as HTML, without anything to click or to fetch.
    pub(super) fn html(&self) -> String {
        let mut html = String::from(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"></head>\n<body>\n",
        );
        let _ = writeln!(html, "<p>{}</p>", escaped(&self.opening));
        if !self.changes.is_empty() {
            html.push_str("<ul>\n");
            for change in &self.changes {
                let _ = writeln!(html, "<li>{}</li>", escaped(change));
            }
            html.push_str("</ul>\n");
        }
        if !self.facts.is_empty() {
            html.push_str("<table>\n");
            for (name, fact) in &self.facts {
                let fact = escaped(fact);
                let _ = writeln!(
                    html,
                    "<tr><th align=\"left\">{name}</th><td>{fact}</td></tr>"
                );
            }
            html.push_str("</table>\n");
        }
        for (name, text) in &self.texts {
            let text = escaped(text).replace('\n', "<br>\n");
            let _ = writeln!(html, "<p><b>{name}</b><br>\n{text}</p>");
        }
        html.push_str("</body>\n</html>\n");
        html
    }
}

/// Text of several lines from outside, cut, and without what [`disturbs`].
pub(super) fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let start = text.trim().chars().take(SHOWN);
    let mut shown: String = start
        .map(|c| match c {
            '\n' | '\t' => c,
            c if disturbs(c) => '\u{fffd}',
            c => c,
        })
        .collect();
    if text.trim().chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_shows_text_as_text() {
        let letter = Letter {
            opening: "<script>alert(\"1\")</script>".to_owned(),
            changes: vec!["a & b".to_owned()],
            facts: vec![("Where", "<img src='x'>".to_owned())],
            texts: vec![("Comment", "1 < 2\n<b>".to_owned())],
        };
        let html = letter.html();
        for hostile in ["<script", "a & b", "<img", "1 < 2", "\n<b>"] {
            assert!(!html.contains(hostile), "{html}");
        }
        assert!(html.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"));
        assert!(html.contains("1 &lt; 2<br>\n&lt;b&gt;"));
        assert_eq!(
            letter.plain(),
            "<script>alert(\"1\")</script>\n\n- a & b\n\nWhere: <img src='x'>\n\nComment:\n1 < 2\n<b>\n"
        );
    }

    #[test]
    fn long_and_odd_texts_are_mended() {
        assert_eq!(lines(" a\r\nb\u{202e}\0\n"), "a\nb\u{fffd}\u{fffd}");
        assert_eq!(lines(&"x".repeat(4_001)), format!("{}…", "x".repeat(4_000)));
    }
}
