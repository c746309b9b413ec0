//! Our trace field: Received (RFC 5321 §4.4) with the loop token, and what is read back from it.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::Path;

use aws_lc_rs::{hmac, rand};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use smtp::{HeaderBlock, TraceField};

use crate::limits;
use crate::tls::Negotiated;

/// What one Received field says.
#[derive(Debug)]
pub(crate) struct Received<'a> {
    pub(crate) hello: &'a str,
    pub(crate) client: IpAddr,
    pub(crate) tls: Option<&'a Negotiated>,
    pub(crate) hostname: &'a str,
    pub(crate) protocol: &'static str,
    pub(crate) id: String,
    pub(crate) tokens: &'a [LoopToken],
    /// Only with one recipient: otherwise it would disclose the others.
    pub(crate) recipient: Option<String>,
    pub(crate) now: Timestamp,
}

impl Received<'_> {
    /// The field. The address literal and the order of the clauses are what skip listing in Exchange Online parses.
    pub(crate) fn field(&self) -> TraceField {
        TraceField::new("Received", &self.value())
            .expect("every insert is printable and every line is short")
    }

    fn value(&self) -> String {
        let mut text = String::with_capacity(320);
        let _ = write!(text, "from {} ({})", host(self.hello), literal(self.client));
        if let Some(tls) = self.tls {
            let _ = write!(
                text,
                "\r\n\t(using {} with cipher {})",
                tls.version, tls.cipher
            );
        }
        let _ = write!(
            text,
            "\r\n\tby {} (twinmx) with {} id {}",
            self.hostname, self.protocol, self.id
        );
        for (index, token) in self.tokens.iter().enumerate() {
            let _ = write!(
                text,
                "{}{:016x}",
                if index == 0 {
                    "\r\n\t(twinmx-loop "
                } else {
                    "\r\n\t "
                },
                token.0
            );
        }
        if !self.tokens.is_empty() {
            text.push(')');
        }
        if let Some(recipient) = &self.recipient {
            let _ = write!(text, "\r\n\tfor <{recipient}>");
        }
        let date = jiff::fmt::rfc2822::to_string(&self.now.to_zoned(TimeZone::UTC));
        let _ = write!(
            text,
            "; {}",
            date.unwrap_or_else(|_| "Thu, 01 Jan 1970 00:00:00 +0000".to_owned())
        );
        text
    }
}

/// The client's own name as far as it can stand in a header.
fn host(hello: &str) -> &str {
    let plausible = |octet: u8| octet.is_ascii_alphanumeric() || b".-_:[]".contains(&octet);
    if !hello.is_empty() && hello.len() <= 255 && hello.bytes().all(plausible) {
        hello
    } else {
        "unknown"
    }
}

/// RFC 5321 §4.1.3
fn literal(client: IpAddr) -> String {
    match client {
        IpAddr::V4(address) => format!("[{address}]"),
        IpAddr::V6(address) => format!("[IPv6:{address}]"),
    }
}

/// One decision (a forward path and where it goes), unforgeable without the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct LoopToken(u64);

/// The secret behind the tokens; several gateways of one company share it.
pub(crate) struct LoopKey(hmac::Key);

impl std::fmt::Debug for LoopKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LoopKey(..)")
    }
}

/// Why there is no loop key.
#[derive(Debug, thiserror::Error)]
pub enum LoopKeyError {
    /// The file cannot be read or made.
    #[error("loop key {}: {error}", .path.display())]
    File {
        /// Which file.
        path: std::path::PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A key that can be guessed is none.
    #[error("loop key {}: holds fewer than {LOOP_KEY_MIN} octets", .0.display())]
    Short(std::path::PathBuf),
    /// No randomness.
    #[error("no random numbers could be had for a loop key")]
    Random,
}

const LOOP_KEY_MIN: usize = 16;

impl LoopKey {
    /// The key in `file`, or the one in `state_dir`, which is made when it is not there.
    pub(crate) fn load(file: Option<&Path>, state_dir: &Path) -> Result<Self, LoopKeyError> {
        match file {
            Some(path) => Self::read(path),
            None => {
                let path = state_dir.join("loop.key");
                if !path.exists() {
                    make(&path)?;
                }
                Self::read(&path)
            }
        }
    }

    fn read(path: &Path) -> Result<Self, LoopKeyError> {
        let bytes = std::fs::read(path).map_err(|error| LoopKeyError::File {
            path: path.to_owned(),
            error,
        })?;
        let secret = bytes.trim_ascii();
        if secret.len() < LOOP_KEY_MIN {
            return Err(LoopKeyError::Short(path.to_owned()));
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, secret)))
    }

    /// `path` in canonical form, `destination` as the decision names it.
    pub(crate) fn token(&self, path: &str, destination: &str) -> LoopToken {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(path.as_bytes());
        context.update(&[0]);
        context.update(destination.as_bytes());
        let tag = context.sign();
        let mut first = [0; 8];
        first.copy_from_slice(&tag.as_ref()[..8]);
        LoopToken(u64::from_be_bytes(first))
    }
}

fn make(path: &Path) -> Result<(), LoopKeyError> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;

    let mut secret = [0_u8; 32];
    rand::fill(&mut secret).map_err(|_| LoopKeyError::Random)?;
    let text: String = secret.iter().map(|octet| format!("{octet:02x}")).collect();
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .map_err(|error| LoopKeyError::File {
            path: path.to_owned(),
            error,
        })
}

/// What the Received fields of a message tell.
#[derive(Debug, Default)]
pub(crate) struct Journey {
    /// How many there are.
    pub(crate) hops: usize,
    tokens: HashSet<LoopToken>,
}

impl Journey {
    /// Reads the fields; at most [`limits::LOOP_TOKENS`] tokens.
    pub(crate) fn of(header: &HeaderBlock) -> Self {
        let mut journey = Self::default();
        for field in header
            .fields()
            .filter(|field| field.name().eq_ignore_ascii_case(b"Received"))
        {
            journey.hops += 1;
            journey.read_tokens(field.value());
        }
        journey
    }

    /// Whether this decision has been taken for this message before.
    pub(crate) fn has_met(&self, token: LoopToken) -> bool {
        self.tokens.contains(&token)
    }

    fn read_tokens(&mut self, value: &[u8]) {
        let Some(start) = memchr::memmem::find(value, TOKEN_MARK) else {
            return;
        };
        let list = &value[start + TOKEN_MARK.len()..];
        let list = &list[..memchr::memchr(b')', list).unwrap_or(list.len())];
        for word in list
            .split(u8::is_ascii_whitespace)
            .filter(|word| word.len() == 16)
        {
            if self.tokens.len() >= limits::LOOP_TOKENS {
                return;
            }
            let token = std::str::from_utf8(word)
                .ok()
                .and_then(|word| u64::from_str_radix(word, 16).ok());
            self.tokens.extend(token.map(LoopToken));
        }
    }
}

const TOKEN_MARK: &[u8] = b"(twinmx-loop ";
