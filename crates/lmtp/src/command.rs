//! One command line read into a value (RFC 5321, section 4.1; RFC 2033; RFC 1870, 6152, 6531).
//!
//! An own parser. `smtp-proto`, tried first, drops a CR anywhere in a line and ends it at a bare
//! LF, undoes quotes so that `"a@b"@c` comes out as `a@b@c`, reads `SIZE=` with 23 digits as 999,
//! gives `<postmaster>` as the null path, refuses address literals, and accepts the parameters of
//! extensions that were not announced. Each of these would have to be checked again here.

use crate::path;
use crate::reply::{EnhancedCode, Reply};

/// A command that this server knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// LHLO with the client's name.
    Lhlo(String),
    /// MAIL FROM.
    Mail(Mail),
    /// RCPT TO with the address, without angle brackets.
    Rcpt(String),
    /// DATA.
    Data,
    /// RSET.
    Rset,
    /// NOOP, whatever its argument.
    Noop,
    /// QUIT.
    Quit,
    /// VRFY, whatever its argument.
    Vrfy,
    /// A request line of HTTP: a browser was sent here to speak for someone else.
    Http,
}

/// MAIL FROM and its parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mail {
    /// The address without angle brackets; empty for the null reverse-path.
    pub reverse_path: String,
    /// SIZE, saturating.
    pub size: Option<u64>,
    /// BODY.
    pub body: Option<Body>,
    /// SMTPUTF8.
    pub utf8: Option<SmtpUtf8>,
}

/// The values of BODY.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// `7BIT`
    SevenBit,
    /// `8BITMIME`
    EightBitMime,
}

/// The parameter SMTPUTF8 was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmtpUtf8;

/// Why a line is no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandError {
    /// Longer than the limit.
    TooLong,
    /// A control character (a bare CR or LF too), or not UTF-8.
    Octets,
    /// No command of ours.
    Unknown,
    /// A command of SMTP that this server does not have.
    NotImplemented,
    /// HELO or EHLO (RFC 2033, section 4.1).
    NotLmtp,
    /// An argument that is missing, malformed or too much.
    Argument,
    /// A malformed reverse-path.
    ReversePath,
    /// A malformed forward-path.
    ForwardPath,
    /// A parameter of an extension that was not announced.
    UnknownParameter,
    /// A known parameter twice or with a bad value.
    Parameter,
    /// An address beyond ASCII without SMTPUTF8.
    NeedsUtf8,
}

impl From<CommandError> for Reply {
    fn from(error: CommandError) -> Self {
        use CommandError as E;
        match error {
            E::TooLong => Self::new(500, EnhancedCode(5, 5, 2), "line too long"),
            E::Octets => Self::new(
                500,
                EnhancedCode(5, 5, 2),
                "line with characters that no command has",
            ),
            E::Unknown => Self::new(500, EnhancedCode(5, 5, 1), "unknown command"),
            E::NotImplemented => Self::new(502, EnhancedCode(5, 5, 1), "command not implemented"),
            E::NotLmtp => Self::new(500, EnhancedCode(5, 5, 1), "this is LMTP, say LHLO"),
            E::Argument => Self::new(501, EnhancedCode(5, 5, 4), "argument missing or malformed"),
            E::ReversePath => Self::new(501, EnhancedCode(5, 1, 7), "malformed reverse-path"),
            E::ForwardPath => Self::new(501, EnhancedCode(5, 1, 3), "malformed forward-path"),
            E::UnknownParameter => {
                Self::new(555, EnhancedCode(5, 5, 4), "parameter not known here")
            }
            E::Parameter => Self::new(
                501,
                EnhancedCode(5, 5, 4),
                "parameter repeated or malformed",
            ),
            E::NeedsUtf8 => Self::new(553, EnhancedCode(5, 6, 7), "this address needs SMTPUTF8"),
        }
    }
}

/// Reads a line without its CRLF.
pub fn parse(line: &[u8]) -> Result<Command, CommandError> {
    let line = std::str::from_utf8(line).map_err(|_| CommandError::Octets)?;
    if line.chars().any(char::is_control) {
        return Err(CommandError::Octets);
    }
    let line = line.trim_end_matches(' ');
    let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
    let argument = argument.trim_start_matches(' ');
    match verb.to_ascii_uppercase().as_str() {
        "LHLO" => lhlo(argument),
        "MAIL" => mail(argument),
        "RCPT" => rcpt(argument),
        "DATA" => alone(Command::Data, argument),
        "RSET" => alone(Command::Rset, argument),
        "QUIT" => alone(Command::Quit, argument),
        "NOOP" => Ok(Command::Noop),
        "VRFY" => Ok(Command::Vrfy),
        "HELO" | "EHLO" => Err(CommandError::NotLmtp),
        "AUTH" | "BDAT" | "BURL" | "ETRN" | "EXPN" | "HELP" | "STARTTLS" => {
            Err(CommandError::NotImplemented)
        }
        "CONNECT" | "DELETE" | "GET" | "HEAD" | "OPTIONS" | "PATCH" | "POST" | "PUT" => {
            Ok(Command::Http)
        }
        _ => Err(CommandError::Unknown),
    }
}

fn alone(command: Command, argument: &str) -> Result<Command, CommandError> {
    match argument {
        "" => Ok(command),
        _ => Err(CommandError::Argument),
    }
}

/// The name goes into the Received field, so it is of the characters of a domain or address literal.
fn lhlo(argument: &str) -> Result<Command, CommandError> {
    let is_name = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.:[]".contains(&octet);
    if (1..=255).contains(&argument.len()) && argument.bytes().all(is_name) {
        Ok(Command::Lhlo(argument.to_owned()))
    } else {
        Err(CommandError::Argument)
    }
}

fn mail(argument: &str) -> Result<Command, CommandError> {
    let path = after_keyword(argument, "FROM:").ok_or(CommandError::Argument)?;
    let (reverse_path, parameters) = path::take(path).ok_or(CommandError::ReversePath)?;
    let mut mail = Mail {
        reverse_path,
        ..Mail::default()
    };
    for parameter in split_parameters(parameters)? {
        mail.set(parameter)?;
    }
    if mail.utf8.is_none() && !mail.reverse_path.is_ascii() {
        return Err(CommandError::NeedsUtf8);
    }
    Ok(Command::Mail(mail))
}

fn rcpt(argument: &str) -> Result<Command, CommandError> {
    let path = after_keyword(argument, "TO:").ok_or(CommandError::Argument)?;
    let (address, parameters) = path::take(path).ok_or(CommandError::ForwardPath)?;
    if address.is_empty() {
        return Err(CommandError::ForwardPath);
    }
    match split_parameters(parameters)?.next() {
        Some(_) => Err(CommandError::UnknownParameter),
        None => Ok(Command::Rcpt(address)),
    }
}

/// What follows `FROM:` or `TO:`; blanks after the colon are common and harmless.
fn after_keyword<'a>(argument: &'a str, keyword: &str) -> Option<&'a str> {
    let (front, rest) = argument.split_at_checked(keyword.len())?;
    front
        .eq_ignore_ascii_case(keyword)
        .then(|| rest.trim_start_matches(' '))
}

/// The parameters after a path, which a blank has to separate from it.
fn split_parameters(text: &str) -> Result<impl Iterator<Item = &str>, CommandError> {
    if text.is_empty() || text.starts_with(' ') {
        Ok(text.split(' ').filter(|parameter| !parameter.is_empty()))
    } else {
        Err(CommandError::Argument)
    }
}

impl Mail {
    fn set(&mut self, parameter: &str) -> Result<(), CommandError> {
        let (keyword, value) = match parameter.split_once('=') {
            Some((keyword, value)) => (keyword, Some(value)),
            None => (parameter, None),
        };
        match keyword.to_ascii_uppercase().as_str() {
            "SIZE" => set_once(&mut self.size, value.and_then(parse_size)),
            "BODY" => set_once(&mut self.body, value.and_then(Body::parse)),
            "SMTPUTF8" => set_once(&mut self.utf8, value.is_none().then_some(SmtpUtf8)),
            // Clients send it to servers without AUTH; it says nothing here (RFC 4954, section 5).
            "AUTH" if value.is_some() => Ok(()),
            _ => Err(CommandError::UnknownParameter),
        }
    }
}

fn set_once<T>(place: &mut Option<T>, value: Option<T>) -> Result<(), CommandError> {
    if place.is_some() || value.is_none() {
        return Err(CommandError::Parameter);
    }
    *place = value;
    Ok(())
}

/// One to twenty digits (RFC 1870); twenty can exceed 64 bits.
fn parse_size(digits: &str) -> Option<u64> {
    let is_number =
        (1..=20).contains(&digits.len()) && digits.bytes().all(|octet| octet.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

impl Body {
    fn parse(value: &str) -> Option<Self> {
        match value.to_ascii_uppercase().as_str() {
            "7BIT" => Some(Self::SevenBit),
            "8BITMIME" => Some(Self::EightBitMime),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CommandError as E;

    #[test]
    fn reads_commands_in_any_case_and_with_blanks() {
        assert_eq!(
            parse(b"lhlo [127.0.0.1]"),
            Ok(Command::Lhlo("[127.0.0.1]".to_owned()))
        );
        assert_eq!(parse(b"Quit  "), Ok(Command::Quit));
        assert_eq!(parse(b"NOOP whatever"), Ok(Command::Noop));
        assert_eq!(
            parse(b"rcpt to: <a@b>"),
            Ok(Command::Rcpt("a@b".to_owned()))
        );
        assert_eq!(parse(b"POST / HTTP/1.1"), Ok(Command::Http));
    }

    #[test]
    fn reads_mail_parameters() {
        let line = "MAIL FROM:<ü@b>  SIZE=99999999999999999999 body=8bitMime SMTPUTF8 AUTH=<>";
        let expected = Mail {
            reverse_path: "ü@b".to_owned(),
            size: Some(u64::MAX),
            body: Some(Body::EightBitMime),
            utf8: Some(SmtpUtf8),
        };
        assert_eq!(parse(line.as_bytes()), Ok(Command::Mail(expected)));
    }

    #[test]
    fn says_what_is_wrong() {
        for (line, error) in [
            ("", E::Unknown),
            ("X", E::Unknown),
            ("DATA\rX", E::Octets),
            ("NOOP\nQUIT", E::Octets),
            ("NOOP \u{0}", E::Octets),
            ("NOOP \u{85}", E::Octets),
            ("EHLO x", E::NotLmtp),
            ("HELO x", E::NotLmtp),
            ("STARTTLS", E::NotImplemented),
            ("LHLO", E::Argument),
            ("LHLO a b", E::Argument),
            ("LHLO a(b", E::Argument),
            ("LHLO ü", E::Argument),
            ("DATA now", E::Argument),
            ("MAIL", E::Argument),
            ("MAIL TO:<a@b>", E::Argument),
            ("MAIL FROM:<a@b>SIZE=1", E::Argument),
            ("MAIL FROM:a@b", E::ReversePath),
            ("MAIL FROM:<ü@b>", E::NeedsUtf8),
            ("MAIL FROM:<> SIZE", E::Parameter),
            ("MAIL FROM:<> SIZE=", E::Parameter),
            ("MAIL FROM:<> SIZE=+1", E::Parameter),
            ("MAIL FROM:<> SIZE=999999999999999999999", E::Parameter),
            ("MAIL FROM:<> SIZE=1 SIZE=1", E::Parameter),
            ("MAIL FROM:<> BODY=BINARYMIME", E::Parameter),
            ("MAIL FROM:<> SMTPUTF8=1", E::Parameter),
            ("MAIL FROM:<> RET=FULL", E::UnknownParameter),
            ("MAIL FROM:<> AUTH", E::UnknownParameter),
            ("RCPT TO:<>", E::ForwardPath),
            ("RCPT TO:a@b", E::ForwardPath),
            ("RCPT TO:<a@b> NOTIFY=NEVER", E::UnknownParameter),
        ] {
            assert_eq!(parse(line.as_bytes()), Err(error), "{line:?}");
        }
        assert_eq!(parse(b"NOOP \xff"), Err(E::Octets));
    }
}
