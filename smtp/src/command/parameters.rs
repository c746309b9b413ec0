//! The arguments of MAIL and RCPT (RFC 5321 §4.1.1.2, §4.1.1.3) and their parameters.

use super::CommandError;
use crate::envelope::{BodyKind, MailFrom, Notify, OriginalRecipient, RcptTo, Ret, envid};
use crate::limits::SIZE_DIGITS_MAX;
use crate::path::{ForwardPath, ReversePath};

pub(super) fn mail(argument: &str) -> Result<MailFrom, CommandError> {
    let (path, parameters) = split(argument, "FROM:").ok_or(CommandError::Mail)?;
    let path = ReversePath::parse(path).map_err(CommandError::Sender)?;
    let mut mail = MailFrom::new(path);
    let mut seen = Seen::default();
    for parameter in parameters.split_ascii_whitespace() {
        let (keyword, value) = seen.next(parameter)?;
        match keyword.as_str() {
            "SIZE" => mail.size = Some(size(value)?),
            "BODY" => mail.body = body(value)?,
            "SMTPUTF8" if value.is_none() => mail.smtp_utf8 = true,
            "SMTPUTF8" => return Err(CommandError::Parameter),
            "RET" => mail.ret = Some(ret(value)?),
            "ENVID" => mail.envid = Some(required(value.and_then(envid))?),
            _ => return Err(CommandError::UnknownParameter),
        }
    }
    match mail.smtp_utf8 || mail.path.is_ascii() {
        true => Ok(mail),
        false => Err(CommandError::NeedsSmtpUtf8),
    }
}

pub(super) fn rcpt(argument: &str) -> Result<RcptTo, CommandError> {
    let (path, parameters) = split(argument, "TO:").ok_or(CommandError::Rcpt)?;
    let path = ForwardPath::parse(path).map_err(CommandError::Recipient)?;
    let mut rcpt = RcptTo::new(path);
    let mut seen = Seen::default();
    for parameter in parameters.split_ascii_whitespace() {
        let (keyword, value) = seen.next(parameter)?;
        match keyword.as_str() {
            "NOTIFY" => rcpt.notify = Some(required(value.and_then(Notify::parse))?),
            "ORCPT" => rcpt.orcpt = Some(required(value.and_then(OriginalRecipient::parse))?),
            _ => return Err(CommandError::UnknownParameter),
        }
    }
    Ok(rcpt)
}

/// What stands between the angle brackets, and what follows them. Blanks after the colon are common and harmless.
fn split<'a>(argument: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let (found, rest) = argument.split_at_checked(word.len())?;
    let rest = rest.trim_start_matches(' ').strip_prefix('<')?;
    if !found.eq_ignore_ascii_case(word) {
        return None;
    }
    let end = closing_bracket(rest)?;
    let (path, rest) = (&rest[..end], &rest[end + 1..]);
    (rest.is_empty() || rest.starts_with(' ')).then_some((path, rest))
}

/// The first `>` outside of a quoted local part.
fn closing_bracket(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    text.bytes().position(|octet| {
        let bracket = octet == b'>' && !quoted;
        match octet {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
        bracket
    })
}

/// The keywords so far: each may come once (RFC 5321 §4.1.1.11).
#[derive(Default)]
struct Seen(Vec<String>);

impl Seen {
    fn next<'a>(&mut self, parameter: &'a str) -> Result<(String, Option<&'a str>), CommandError> {
        let (keyword, value) = match parameter.split_once('=') {
            Some((keyword, value)) => (keyword, Some(value)),
            None => (parameter, None),
        };
        let keyword = keyword.to_ascii_uppercase();
        if self.0.contains(&keyword) {
            return Err(CommandError::Parameter);
        }
        self.0.push(keyword.clone());
        Ok((keyword, value))
    }
}

fn required<T>(value: Option<T>) -> Result<T, CommandError> {
    value.ok_or(CommandError::Parameter)
}

/// A number too large for us is a size too large for us.
fn size(value: Option<&str>) -> Result<u64, CommandError> {
    let digits = required(value)?;
    let is_number =
        (1..=SIZE_DIGITS_MAX).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    match is_number {
        true => Ok(digits.parse().unwrap_or(u64::MAX)),
        false => Err(CommandError::Parameter),
    }
}

fn body(value: Option<&str>) -> Result<BodyKind, CommandError> {
    match required(value)?.to_ascii_uppercase().as_str() {
        "7BIT" => Ok(BodyKind::SevenBit),
        "8BITMIME" => Ok(BodyKind::EightBit),
        "BINARYMIME" => Err(CommandError::UnknownParameter), // RFC 3030 §3, not offered
        _ => Err(CommandError::Parameter),
    }
}

fn ret(value: Option<&str>) -> Result<Ret, CommandError> {
    match required(value)?.to_ascii_uppercase().as_str() {
        "FULL" => Ok(Ret::Full),
        "HDRS" => Ok(Ret::Headers),
        _ => Err(CommandError::Parameter),
    }
}
