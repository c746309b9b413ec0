//! Commands and their syntax (RFC 5321 §4.1.1, §4.1.2). What is allowed when, the server knows.

use crate::chunk::Chunk;
use crate::envelope::{MailFrom, RcptTo};
use crate::limits::{
    COMMAND_LINE_OCTETS_MAX, HELLO_NAME_OCTETS_MAX, MAIL_PARAMETERS_OCTETS_MAX,
    RCPT_PARAMETERS_OCTETS_MAX, SIZE_DIGITS_MAX,
};
use crate::path::PathError;
use crate::reply::Reply;

mod parameters;
pub(crate) mod reader;

/// A command line that could be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// EHLO or HELO.
    Hello(Hello),
    /// MAIL.
    Mail(MailFrom),
    /// RCPT.
    Rcpt(RcptTo),
    /// DATA.
    Data,
    /// BDAT.
    Bdat(Chunk),
    /// RSET.
    Rset,
    /// NOOP.
    Noop,
    /// QUIT.
    Quit,
    /// STARTTLS.
    StartTls,
    /// VRFY.
    Vrfy,
    /// HELP.
    Help,
    /// A known command that is not offered: EXPN, AUTH, TURN ...
    NotOffered,
}

/// What the client said of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hello {
    /// The argument: printable ASCII, bounded, whatever could end a comment or a path replaced by `?`.
    pub name: String,
    /// EHLO, not HELO.
    pub extended: bool,
}

/// Why a command line could not be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CommandError {
    /// No command we know, or octets that no command has.
    #[error("not a command")]
    Unknown,
    /// Longer than this command may be.
    #[error("the command line is too long")]
    TooLong,
    /// An argument where there is none.
    #[error("an argument where there is none")]
    Argument,
    /// EHLO or HELO without a name.
    #[error("no host name")]
    Hello,
    /// Not `MAIL FROM:<...>`.
    #[error("not MAIL FROM:<address>")]
    Mail,
    /// Not `RCPT TO:<...>`.
    #[error("not RCPT TO:<address>")]
    Rcpt,
    /// Not a chunk size. What follows on the wire cannot be told from commands.
    #[error("not BDAT with a size")]
    Bdat,
    /// The reverse path.
    #[error("the sender is {0}")]
    Sender(PathError),
    /// The forward path.
    #[error("the recipient is {0}")]
    Recipient(PathError),
    /// A parameter with a bad value or given twice.
    #[error("a parameter is malformed")]
    Parameter,
    /// A parameter of no extension of ours.
    #[error("a parameter is not known")]
    UnknownParameter,
    /// An address beyond ASCII in a MAIL without SMTPUTF8.
    #[error("an address beyond ASCII without SMTPUTF8")]
    NeedsSmtpUtf8,
}

impl CommandError {
    /// What the client is told.
    pub fn reply(self) -> Reply {
        match self {
            Self::Unknown => Reply::UNKNOWN_COMMAND,
            Self::TooLong => Reply::LINE_TOO_LONG,
            Self::Argument => Reply::NO_ARGUMENT_WANTED,
            Self::Hello => Reply::HELLO_SYNTAX,
            Self::Mail => Reply::MAIL_SYNTAX,
            Self::Rcpt => Reply::RCPT_SYNTAX,
            Self::Bdat => Reply::BDAT_SYNTAX,
            Self::Sender(_) => Reply::BAD_SENDER,
            Self::Recipient(PathError::Route) => Reply::ROUTE_REFUSED,
            Self::Recipient(PathError::Syntax | PathError::TooLong) => Reply::BAD_RECIPIENT,
            Self::Parameter => Reply::PARAMETER_SYNTAX,
            Self::UnknownParameter => Reply::PARAMETER_UNKNOWN,
            Self::NeedsSmtpUtf8 => Reply::SMTPUTF8_NEEDED,
        }
    }
}

/// Reads one line, given without its CRLF. Held by `fuzz_targets/smtp_command.rs`.
pub fn parse(line: &[u8]) -> Result<Command, CommandError> {
    let verb_end = line.iter().position(|b| matches!(b, b' ' | b'\t'));
    let (verb, argument) = line.split_at(verb_end.unwrap_or(line.len()));
    let verb = verb.to_ascii_uppercase();
    let too_long = line.len() + "\r\n".len() > octets_max(&verb);
    // Before all other doubts: octets that follow a BDAT must never be taken for commands.
    if verb == b"BDAT" {
        let chunk = chunk(argument).filter(|_| !too_long);
        return chunk.map(Command::Bdat).ok_or(CommandError::Bdat);
    }
    if too_long {
        return Err(CommandError::TooLong);
    }
    let argument = std::str::from_utf8(argument).map_err(|_| CommandError::Unknown)?;
    if argument.contains(|c: char| c.is_control() && c != '\t') {
        return Err(CommandError::Unknown);
    }
    let argument = argument.trim_matches([' ', '\t']);
    match verb.as_slice() {
        b"EHLO" => hello(argument, true),
        b"HELO" => hello(argument, false),
        b"MAIL" => parameters::mail(argument).map(Command::Mail),
        b"RCPT" => parameters::rcpt(argument).map(Command::Rcpt),
        b"DATA" => bare(Command::Data, argument),
        b"RSET" => bare(Command::Rset, argument),
        b"QUIT" => bare(Command::Quit, argument),
        b"STARTTLS" => bare(Command::StartTls, argument),
        b"NOOP" => Ok(Command::Noop),
        b"VRFY" => Ok(Command::Vrfy),
        b"HELP" => Ok(Command::Help),
        b"EXPN" | b"AUTH" | b"TURN" | b"ETRN" | b"SEND" | b"SOML" | b"SAML" | b"BURL" => {
            Ok(Command::NotOffered)
        }
        _ => Err(CommandError::Unknown),
    }
}

fn octets_max(verb: &[u8]) -> usize {
    COMMAND_LINE_OCTETS_MAX
        + match verb {
            b"MAIL" => MAIL_PARAMETERS_OCTETS_MAX,
            b"RCPT" => RCPT_PARAMETERS_OCTETS_MAX,
            _ => 0,
        }
}

fn bare(command: Command, argument: &str) -> Result<Command, CommandError> {
    match argument {
        "" => Ok(command),
        _ => Err(CommandError::Argument),
    }
}

/// Many clients have no proper name to say (RFC 5321 §4.1.4): anything is taken, nothing is believed.
fn hello(argument: &str, extended: bool) -> Result<Command, CommandError> {
    let tame = |c: char| match c {
        '(' | ')' | '<' | '>' | ';' | ',' | '"' | '\\' => '?',
        '!'..='~' => c,
        _ => '?',
    };
    let name: String = argument
        .chars()
        .map(tame)
        .take(HELLO_NAME_OCTETS_MAX)
        .collect();
    match name.is_empty() {
        true => Err(CommandError::Hello),
        false => Ok(Command::Hello(Hello { name, extended })),
    }
}

/// `SP size [SP "LAST"]`, and nothing beside it.
fn chunk(argument: &[u8]) -> Option<Chunk> {
    let text = std::str::from_utf8(argument).ok()?;
    let mut words = text.split_ascii_whitespace();
    let size = size(words.next()?)?;
    let last = match words.next() {
        None => false,
        Some(word) if word.eq_ignore_ascii_case("LAST") => true,
        Some(_) => return None,
    };
    words.next().is_none().then_some(Chunk { size, last })
}

fn size(digits: &str) -> Option<u64> {
    let is_number = digits.bytes().all(|b| b.is_ascii_digit()) && digits.len() <= SIZE_DIGITS_MAX;
    is_number.then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests;
