//! The form of a scenario: verbs at the left margin, their bodies indented by two blanks.

/// A scenario, line by line as it is written.
pub(crate) struct Script {
    pub(crate) steps: Vec<Step>,
}

/// A verb with its words and body, or a line that says nothing (empty, or a comment).
#[derive(Clone)]
pub(crate) struct Step {
    /// Line number, from 1.
    pub(crate) line: usize,
    pub(crate) text: String,
    pub(crate) body: Vec<String>,
}

impl Script {
    pub(crate) fn read(text: &str) -> Self {
        let mut steps: Vec<Step> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            match (line.strip_prefix("  "), steps.last_mut()) {
                (Some(body), Some(step)) if step.is_verb() => step.body.push(body.to_owned()),
                _ => steps.push(Step {
                    line: index + 1,
                    text: line.trim_end().to_owned(),
                    body: Vec::new(),
                }),
            }
        }
        Self { steps }
    }

    pub(crate) fn to_text(&self) -> String {
        let mut out = String::new();
        for step in &self.steps {
            out += &step.text;
            out.push('\n');
            for line in &step.body {
                out += format!("  {line}").trim_end();
                out.push('\n');
            }
        }
        out
    }
}

impl Step {
    pub(crate) fn is_verb(&self) -> bool {
        !self.text.is_empty() && !self.text.starts_with('#')
    }

    /// The body as a calendar; what is left out around it is added.
    ///
    /// Without `BEGIN:VCALENDAR` the body is components; without any `BEGIN` it is the lines of one
    /// component, or of several between lines `--`. A missing UID is `event-1`.
    pub(crate) fn calendar(&self, method: Option<&str>) -> String {
        let body = &self.body;
        if body.iter().any(|line| line == "BEGIN:VCALENDAR") {
            return crlf(body);
        }
        let mut lines = vec![
            "BEGIN:VCALENDAR".into(),
            "VERSION:2.0".into(),
            "PRODID:-//Sender//Calendar//EN".into(),
        ];
        lines.extend(method.map(|method| format!("METHOD:{method}")));
        if body
            .iter()
            .any(|line| line.starts_with("BEGIN:V") && line != "BEGIN:VALARM")
        {
            lines.extend(body.iter().cloned());
        } else {
            for component in body.split(|line| line == "--") {
                lines.extend(wrapped(component));
            }
        }
        lines.push("END:VCALENDAR".into());
        crlf(&lines)
    }
}

fn wrapped(component: &[String]) -> Vec<String> {
    let mut lines = vec!["BEGIN:VEVENT".to_owned()];
    if !component.iter().any(|line| line.starts_with("UID:")) {
        lines.push("UID:event-1".into());
    }
    lines.extend(component.iter().cloned());
    lines.push("END:VEVENT".into());
    lines
}

fn crlf(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\r\n")).collect()
}
