//! Transcripts as steps: what is asked, what comes by mail, and what must be seen of it.

pub(crate) mod expect;

/// What a client asks, and what the answer must be like.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    pub(crate) line: usize,
    pub(crate) request: String,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Option<Vec<String>>,
    pub(crate) status: u16,
    pub(crate) wanted_fields: Vec<(String, String)>,
    pub(crate) wanted_body: Option<Vec<String>>,
}

/// One step of a transcript.
#[derive(Debug)]
pub(crate) enum Step {
    Exchange(Exchange),
    /// A mail that comes to Alice.
    Arrival(Vec<String>),
    /// To whom a mail goes, and what it must be like; `nobody`: none goes.
    Departure {
        line: usize,
        recipient: String,
        wanted: Vec<String>,
    },
}

/// A line that begins with a mark, and those behind it up to the next one.
struct Block<'a> {
    line: usize,
    mark: &'a str,
    said: &'a str,
    lines: Vec<&'a str>,
}

const MARKS: [&str; 4] = [">>> ", "<<< ", "+++ ", "=== "];

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for (line, read) in (1..).zip(text.lines()) {
        let mark = MARKS.iter().find(|mark| read.starts_with(**mark));
        match (mark, blocks.last_mut()) {
            (Some(mark), _) => blocks.push(Block {
                line,
                mark,
                said: &read[mark.len()..],
                lines: Vec::new(),
            }),
            (None, Some(block)) if !read.starts_with("# ") => block.lines.push(read),
            (None, Some(_)) => {}
            (None, None) => assert!(
                read.is_empty() || read.starts_with('#'),
                "line {line}: {read}"
            ),
        }
    }
    blocks
}

impl Block<'_> {
    /// The lines without the empty ones at the end.
    fn text(&self) -> Vec<String> {
        let end = self.lines.iter().rposition(|line| !line.is_empty());
        let lines = self.lines[..end.map_or(0, |end| end + 1)].iter();
        lines.map(|&line| line.to_owned()).collect()
    }

    /// The lines as header fields and, behind an empty line, a body.
    fn parts(&self) -> (Vec<(String, String)>, Option<Vec<String>>) {
        let text = self.text();
        let mut parts = text.splitn(2, String::is_empty);
        let fields = parts.next().unwrap_or_default().iter();
        let fields = fields.map(|line| {
            let (name, value) = line.split_once(": ").expect(line);
            (name.to_owned(), value.to_owned())
        });
        (fields.collect(), parts.next().map(<[String]>::to_vec))
    }
}

/// Reads a transcript.
pub(crate) fn parse(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut always = Vec::new();
    for block in blocks(text) {
        match (block.mark, block.said, steps.last_mut()) {
            (">>> ", "*", _) => always = block.parts().0,
            (">>> ", _, _) => steps.push(Step::Exchange(asked(&block, &always))),
            ("<<< ", status, Some(Step::Exchange(exchange))) => {
                exchange.status = status.parse().unwrap();
                (exchange.wanted_fields, exchange.wanted_body) = block.parts();
            }
            ("+++ ", ..) => steps.push(Step::Arrival(block.text())),
            ("=== ", recipient, _) => steps.push(Step::Departure {
                line: block.line,
                recipient: recipient.to_owned(),
                wanted: block.text(),
            }),
            _ => panic!("line {}: an answer to nothing", block.line),
        }
    }
    steps
}

/// A request, with the fields that every request has; `none` takes one of them away.
fn asked(block: &Block<'_>, always: &[(String, String)]) -> Exchange {
    let (own, body) = block.parts();
    let is_own = |name: &str| own.iter().any(|(one, _)| one.eq_ignore_ascii_case(name));
    let mut fields = always.to_vec();
    fields.retain(|(name, _)| !is_own(name));
    fields.extend(own);
    Exchange {
        line: block.line,
        request: block.said.to_owned(),
        fields,
        body,
        ..Exchange::default()
    }
}
