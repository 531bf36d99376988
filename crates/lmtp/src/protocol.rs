//! The order of commands within a session (RFC 5321, section 4.1.4; RFC 2033, section 4), no I/O.

use std::net::IpAddr;

use pipeline::intake::{Envelope, Recipient};

use crate::command::{Command, CommandError, Mail};
use crate::limits::Limits;
use crate::reply::{EnhancedCode, Reply};

/// What the session does next.
#[derive(Debug)]
pub(crate) enum Step {
    /// Answer.
    Reply(Reply),
    /// Look this recipient up and tell [`Protocol::looked_up`].
    LookUp(String),
    /// Take the message of this envelope.
    Collect(Envelope),
    /// Say farewell.
    End(End),
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// QUIT.
    Quit,
    /// The client closed the connection, does not read it, or it broke.
    Closed,
    /// The client was silent for too long.
    Idle,
    /// The session or the message took too long in all.
    Expired,
    /// Too many bad commands.
    Errors,
    /// HTTP came in.
    Http,
    /// The server is stopping.
    Stopped,
}

impl End {
    /// The last reply.
    pub(crate) fn farewell(self) -> Option<Reply> {
        match self {
            Self::Quit => Some(Reply::new(221, EnhancedCode(2, 0, 0), "bye")),
            Self::Closed => None,
            Self::Idle => Some(Reply::new(421, EnhancedCode(4, 4, 2), "idle for too long")),
            Self::Expired => Some(Reply::new(421, EnhancedCode(4, 4, 2), "this took too long")),
            Self::Errors => Some(Reply::new(421, EnhancedCode(4, 7, 0), "too many errors")),
            Self::Http => Some(Reply::new(
                421,
                EnhancedCode(4, 7, 0),
                "this is LMTP, not HTTP",
            )),
            Self::Stopped => Some(Reply::new(421, EnhancedCode(4, 3, 2), "shutting down")),
        }
    }
}

/// What a session knows of its client and of the mail at hand.
#[derive(Debug)]
pub(crate) struct Protocol<'a> {
    hostname: &'a str,
    limits: &'a Limits,
    peer: Option<IpAddr>,
    client: Option<String>,
    transaction: Option<Transaction>,
    errors: u32,
}

#[derive(Debug)]
struct Transaction {
    mail: Mail,
    recipients: Vec<Recipient>,
}

impl<'a> Protocol<'a> {
    pub(crate) fn new(hostname: &'a str, limits: &'a Limits, peer: Option<IpAddr>) -> Self {
        Self {
            hostname,
            limits,
            peer,
            client: None,
            transaction: None,
            errors: 0,
        }
    }

    pub(crate) fn greeting(&self) -> Reply {
        Reply::plain(220, format!("{} LMTP", self.hostname))
    }

    /// Takes the next command.
    pub(crate) fn step(&mut self, command: Result<Command, CommandError>) -> Step {
        match command {
            Ok(Command::Lhlo(client)) => self.lhlo(client),
            Ok(Command::Mail(mail)) => self.mail(mail),
            Ok(Command::Rcpt(address)) => self.rcpt(address),
            Ok(Command::Data) => self.data(),
            Ok(Command::Rset) => self.rset(),
            Ok(Command::Noop) => Step::Reply(OK),
            Ok(Command::Vrfy) => {
                Step::Reply(Reply::new(252, EnhancedCode(2, 0, 0), "send mail and see"))
            }
            Ok(Command::Quit) => Step::End(End::Quit),
            Ok(Command::Http) => Step::End(End::Http),
            Err(error) => self.bad(error.into()),
        }
    }

    /// Takes what the intake said of the address in [`Step::LookUp`].
    pub(crate) fn looked_up(&mut self, found: Result<Recipient, Reply>) -> Reply {
        match (found, &mut self.transaction) {
            (Ok(recipient), Some(transaction)) => {
                transaction.recipients.push(recipient);
                Reply::new(250, EnhancedCode(2, 1, 5), "recipient ok")
            }
            (Ok(_), None) => Reply::INTERNAL,
            (Err(reply), _) => reply,
        }
    }

    fn lhlo(&mut self, client: String) -> Step {
        self.client = Some(client);
        self.transaction = None;
        let keywords = "PIPELINING\n8BITMIME\nSMTPUTF8\nENHANCEDSTATUSCODES";
        let size = self.limits.message_size;
        Step::Reply(Reply::plain(
            250,
            format!("{}\n{keywords}\nSIZE {size}", self.hostname),
        ))
    }

    fn mail(&mut self, mail: Mail) -> Step {
        if self.client.is_none() {
            return self.bad(sequence("say LHLO first"));
        }
        if self.transaction.is_some() {
            return self.bad(sequence("a mail is under way"));
        }
        if mail
            .size
            .is_some_and(|size| size > self.limits.message_size)
        {
            return Step::Reply(TOO_BIG);
        }
        self.transaction = Some(Transaction {
            mail,
            recipients: Vec::new(),
        });
        Step::Reply(Reply::new(250, EnhancedCode(2, 1, 0), "sender ok"))
    }

    fn rcpt(&mut self, address: String) -> Step {
        let Some(transaction) = &self.transaction else {
            return Step::Reply(sequence("say MAIL first"));
        };
        if transaction.mail.utf8.is_none() && !address.is_ascii() {
            return self.bad(CommandError::NeedsUtf8.into());
        }
        if transaction.recipients.len() >= self.limits.recipients {
            return Step::Reply(Reply::new(
                452,
                EnhancedCode(4, 5, 3),
                "too many recipients",
            ));
        }
        Step::LookUp(address)
    }

    fn data(&mut self) -> Step {
        let client = self.client.clone().unwrap_or_default();
        match self
            .transaction
            .take_if(|transaction| !transaction.recipients.is_empty())
        {
            Some(Transaction { mail, recipients }) => {
                self.errors = 0;
                Step::Collect(Envelope {
                    reverse_path: mail.reverse_path,
                    recipients,
                    client,
                    peer: self.peer,
                    utf8: mail.utf8.is_some(),
                    writer: None,
                })
            }
            None if self.transaction.is_some() => Step::Reply(sequence("no valid recipients")),
            None => Step::Reply(sequence("say MAIL and RCPT first")),
        }
    }

    fn rset(&mut self) -> Step {
        self.transaction = None;
        Step::Reply(OK)
    }

    /// Counts a bad command.
    ///
    /// RCPT and DATA out of order are not among them: they come by dozens after a MAIL that was
    /// refused, from a client that had pipelined them.
    fn bad(&mut self, reply: Reply) -> Step {
        self.errors = self.errors.saturating_add(1);
        if self.errors >= self.limits.errors {
            Step::End(End::Errors)
        } else {
            Step::Reply(reply)
        }
    }
}

const OK: Reply = Reply::new(250, EnhancedCode(2, 0, 0), "ok");

/// The message is over the limit (RFC 1870, section 6).
pub(crate) const TOO_BIG: Reply = Reply::new(552, EnhancedCode(5, 3, 4), "message too big");

fn sequence(text: &'static str) -> Reply {
    Reply::new(503, EnhancedCode(5, 5, 1), text)
}
