//! What the mail of a scheduling message says (rule F7): who answers, invites or cancels what, when
//! and where, and what changed.

use calendar::{Component, Document, Limits, Method};
use itip::{Difference, Facts, InstanceChange, Moment, OutgoingMessage, PersonChange};

use super::difference::{self, quoted};
use super::letter::{Letter, lines};
use super::list::list;
use super::people;
use super::shown;
use super::when::Reader;

/// A mail's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Subject, one line.
    pub subject: String,
    /// The text.
    pub plain: String,
    /// The same as HTML.
    pub html: String,
}

/// The words of a message; `name` is the account's, who sends it.
#[must_use]
pub fn of(message: &OutgoingMessage, name: &str) -> Words {
    let recipient = [message.recipient.clone()];
    let Some(mail) = Mail::of(message, name, &recipient) else {
        let subject = message.method.as_str().to_owned();
        return Words {
            plain: format!("{subject}\n"),
            html: String::new(),
            subject,
        };
    };
    let letter = mail.letter();
    Words {
        subject: mail.subject(),
        plain: letter.plain(),
        html: letter.html(),
    }
}

/// A message with what is asked of it often.
struct Mail<'a> {
    message: &'a OutgoingMessage,
    document: Document,
    /// Of the message's first component.
    facts: Facts,
    /// Of the version that the recipient has; empty ones when there is none.
    known: Facts,
    /// What the message says as if nothing was known.
    content: Difference,
    reader: Reader<'a>,
    sender: String,
}

impl<'a> Mail<'a> {
    fn of(message: &'a OutgoingMessage, name: &str, recipient: &'a [String]) -> Option<Self> {
        Some(Self {
            message,
            document: Document::parse(message.text.as_slice(), &Limits::default()).ok()?,
            facts: itip::facts(&message.text),
            known: message
                .known
                .as_deref()
                .map(itip::facts)
                .unwrap_or_default(),
            content: itip::difference(None, Some(&message.text)),
            // A mail is read years later too: every date has its year.
            reader: Reader {
                year: 0,
                addresses: recipient,
            },
            sender: people::named(name, &message.sender),
        })
    }

    fn subject(&self) -> String {
        let title = match self.title() {
            "" => "(no title)".to_owned(),
            title => shown(title),
        };
        let dates = match self.dates().as_slice() {
            [] => String::new(),
            dates => format!(" ({})", list(dates)),
        };
        format!("{}: {title}{dates}", self.what())
    }

    fn title(&self) -> &str {
        if self.facts.summary.is_empty() {
            &self.known.summary
        } else {
            &self.facts.summary
        }
    }

    /// The dates that the message is about, where it is about single ones alone.
    fn dates(&self) -> Vec<String> {
        if self.is_of_all() {
            return Vec::new();
        }
        let dates = self.content.instances.iter();
        dates.map(|date| self.reader.day(&date.at)).collect()
    }

    fn is_of_all(&self) -> bool {
        self.content.after.is_some()
    }

    /// Whether what is cancelled takes place for nobody: who is taken off alone reads no STATUS.
    fn is_off(&self) -> bool {
        let dates = self.content.instances.iter();
        let dates = dates.filter_map(|date| match &date.change {
            InstanceChange::Added(facts) => Some(&**facts),
            _ => None,
        });
        let mut parts = self.content.after.iter().chain(dates);
        parts.all(|facts| facts.status.as_deref() == Some("CANCELLED"))
    }

    /// What the mail is, as its subject begins.
    fn what(&self) -> &'static str {
        match self.message.method {
            Method::Request if self.message.known.is_some() => "Updated invitation",
            Method::Request => "Invitation",
            Method::Reply => match self
                .answers()
                .first()
                .map(|(_, partstat)| partstat.as_str())
            {
                Some("ACCEPTED") => "Accepted",
                Some("DECLINED") => "Declined",
                Some("TENTATIVE") => "Tentatively accepted",
                Some("DELEGATED") => "Delegated",
                Some("COMPLETED") => "Completed",
                _ => "Answer",
            },
            Method::Cancel => "Cancelled",
            Method::Refresh => "Update requested",
            Method::Counter => "Change proposed",
            Method::DeclineCounter => "Proposal declined",
            Method::Add => "Dates added",
            Method::Publish => "Event",
        }
    }

    /// The sender's answers: for which date, none for the whole, and PARTSTAT.
    fn answers(&self) -> Vec<(Option<&Moment>, String)> {
        let own = [self.message.sender.clone()];
        let of = |facts: &Facts| facts.partstat_of(&own).map(str::to_owned);
        let whole = self.content.after.as_ref().and_then(of);
        let dates = self.content.instances.iter().filter_map(|date| {
            let partstat = match &date.change {
                InstanceChange::Added(facts) => of(facts),
                InstanceChange::Changed(changes) => {
                    changes.people.iter().find_map(|change| match change {
                        PersonChange::Answered { person, .. } if person.is_one_of(&own) => {
                            Some(person.partstat.clone())
                        }
                        _ => None,
                    })
                }
                _ => None,
            };
            Some((Some(&date.at), partstat?))
        });
        whole
            .into_iter()
            .map(|partstat| (None, partstat))
            .chain(dates)
            .collect()
    }

    fn letter(&self) -> Letter {
        Letter {
            opening: self.opening(),
            changes: self.changes(),
            facts: self.facts(),
            texts: self.texts(),
        }
    }

    fn opening(&self) -> String {
        let (sender, title) = (&self.sender, quoted(self.title()));
        let of = match self.dates().as_slice() {
            [] => String::new(),
            dates => format!(" of {}", list(dates)),
        };
        match self.message.method {
            Method::Request if self.message.known.is_some() => {
                format!("{sender} changed {title}{of}.")
            }
            Method::Request => format!("{sender} invites you to {title}{of}."),
            Method::Reply => self.answer(),
            Method::Cancel if self.is_off() => format!("{sender} cancelled {title}{of}."),
            Method::Cancel => format!("{sender} cancelled {title}{of} for you."),
            Method::Refresh => format!("{sender} asks for the latest version of {title}."),
            Method::Counter => format!("{sender} proposes a change of {title}{of}."),
            Method::DeclineCounter => {
                format!("{sender} declined the change that you proposed of {title}{of}.")
            }
            Method::Add => format!("{sender} added dates to {title}."),
            Method::Publish => format!("{sender} tells of {title}{of}."),
        }
    }

    fn answer(&self) -> String {
        let (sender, title) = (&self.sender, quoted(self.title()));
        let answers = self.answers();
        let Some((date, partstat)) = answers.first() else {
            return format!("{sender} answers to {title}.");
        };
        let is_one = answers.iter().all(|(_, other)| other == partstat);
        let of = match date {
            Some(_) if is_one => format!(" of {}", list(&self.dates())),
            Some(date) => format!(" of {}", self.reader.day(date)),
            None => String::new(),
        };
        format!("{sender} {}: {title}{of}.", people::answered(partstat))
    }

    fn changes(&self) -> Vec<String> {
        let Some(known) = self.message.known.as_deref() else {
            return Vec::new();
        };
        match self.message.method {
            Method::Request => {
                let difference = itip::difference(Some(known), Some(&self.message.text));
                difference::sentences(&difference, &self.reader)
            }
            // A proposal does not repeat what it leaves as it is.
            Method::Counter => {
                let mut difference = itip::difference(Some(known), Some(&self.message.text));
                difference.changes.people.clear();
                difference.changes.details.clear();
                difference::sentences(&difference, &self.reader)
            }
            Method::Reply => self.other_answers(),
            _ => Vec::new(),
        }
    }

    /// Answers for single dates that the opening does not tell.
    fn other_answers(&self) -> Vec<String> {
        let answers = self.answers();
        let Some((_, first)) = answers.first() else {
            return Vec::new();
        };
        let told = |(date, partstat): &&(Option<&Moment>, String)| {
            date.is_some() && (self.is_of_all() || partstat != first)
        };
        let others = answers.iter().filter(told);
        others
            .filter_map(|(date, partstat)| {
                let day = self.reader.day((*date)?);
                Some(format!("{} for {day}", people::answered(partstat)))
            })
            .collect()
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = Vec::new();
        if let Some(when) = self.when() {
            facts.push(("When", when));
        }
        let place = self.facts.location.as_ref();
        if let Some(place) = place.or(self.known.location.as_ref()) {
            facts.push(("Where", shown(place)));
        }
        if self.message.method == Method::Request {
            if let Some(organizer) = &self.facts.organizer {
                let name = people::name_and_address(organizer, &self.reader);
                facts.push(("Organizer", name));
            }
            let people = self.facts.attendees.iter();
            let names: Vec<_> = people
                .map(|person| people::name(person, &self.reader))
                .collect();
            if !names.is_empty() {
                facts.push(("Invited", list(&names)));
            }
        }
        facts
    }

    /// When it is; what a message leaves out of a series is in the version that the recipient has.
    fn when(&self) -> Option<String> {
        let has_time = self.facts.start.is_some();
        let mut facts = if has_time { &self.facts } else { &self.known }.clone();
        let repeats = matches!(self.message.method, Method::Reply | Method::Cancel);
        if repeats && self.is_of_all() && facts.recurrence.is_none() {
            facts.recurrence.clone_from(&self.known.recurrence);
        }
        facts.start.as_ref()?;
        Some(difference::when(&facts, &self.reader))
    }

    fn texts(&self) -> Vec<(&'static str, String)> {
        let name = match self.message.method {
            Method::Request | Method::Publish => ("DESCRIPTION", "Description"),
            _ => ("COMMENT", "Comment"),
        };
        let mut texts: Vec<String> = Vec::new();
        for component in self.document.descendants().filter(is_scheduled) {
            for line in component.properties_named(name.0) {
                let text = lines(&line.text());
                if !text.is_empty() && !texts.contains(&text) {
                    texts.push(text);
                }
            }
        }
        // Of an invitation the first is that of the whole.
        let most = if name.0 == "DESCRIPTION" {
            1
        } else {
            usize::MAX
        };
        let texts = texts.into_iter().take(most);
        texts.map(|text| (name.1, text)).collect()
    }
}

fn is_scheduled(component: &Component<'_>) -> bool {
    component.is("VEVENT") || component.is("VTODO")
}
