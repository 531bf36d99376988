//! Tables that a person reads: columns as wide as their widest cell.

use pipeline::words::disturbs;

/// Rows of cells below a heading.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings.
    #[must_use]
    pub fn new(headings: &[&str]) -> Self {
        Self {
            rows: vec![
                headings
                    .iter()
                    .map(|heading| (*heading).to_owned())
                    .collect(),
            ],
        }
    }

    /// Adds a row. What came from outside cannot break a line or move the cursor.
    pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(
            cells
                .into_iter()
                .map(|cell| printable(&cell.into()))
                .collect(),
        );
    }

    /// Whether there are no rows below the heading.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.len() < 2
    }

    /// The text, one line per row, two blanks between columns.
    #[must_use]
    pub fn print(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widest = |column: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| width(cell))
                .max()
        };
        let widths: Vec<usize> = (0..columns)
            .map(|column| widest(column).unwrap_or(0))
            .collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (cell, column) in row.iter().zip(&widths) {
                let gap = column.saturating_sub(width(cell)) + 2;
                line.push_str(cell);
                line.extend(std::iter::repeat_n(' ', gap));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// The columns that a text takes on a terminal: East Asian characters and pictures take two.
fn width(text: &str) -> usize {
    let is_wide = |c: &char| {
        matches!(*c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}'
            | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
    };
    text.chars().count() + text.chars().filter(is_wide).count()
}

/// Text without what disturbs a terminal: each such character is shown as a blank.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if disturbs(c) { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_data_cannot_break_lines() {
        let mut table = Table::new(&["name", "what"]);
        table.row(["a\nb\u{1b}[2J", "x"]);
        table.row(["Zoë", "long enough"]);
        assert_eq!(
            table.print(),
            "name     what\na b [2J  x\nZoë      long enough\n"
        );
        let mut table = Table::new(&["name", "what"]);
        table.row(["会議 🗓", "x"]);
        table.row(["meeting", "x"]);
        assert_eq!(table.print(), "name     what\n会議 🗓  x\nmeeting  x\n");
    }
}
