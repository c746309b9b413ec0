//! Our trace field: Received (RFC 5321 §4.4) with the loop token, and what is read back from it.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::Path;

use aws_lc_rs::{hmac, rand};
use smtp::{ForwardPath, HeaderBlock, TraceField};

use crate::event::SessionId;
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
    pub(crate) id: Id,
    pub(crate) tokens: &'a [LoopToken],
    /// Only with one recipient: otherwise it would disclose the others.
    pub(crate) recipient: Option<&'a ForwardPath>,
    /// RFC 5322 §3.3.
    pub(crate) date: &'a str,
}

/// By which the log and the field name the same message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Id {
    pub(crate) session: SessionId,
    pub(crate) transaction: u64,
}

impl Received<'_> {
    /// The field. The address literal and the order of the clauses are what skip listing in Exchange Online parses.
    pub(crate) fn field(&self) -> TraceField {
        TraceField::new("Received", &self.value())
            .expect("every insert is printable and every line is short")
    }

    fn value(&self) -> String {
        let mut text = String::with_capacity(320);
        let _ = write!(text, "from {} (", host(self.hello));
        let _ = match self.client {
            // RFC 5321 §4.1.3
            IpAddr::V4(address) => write!(text, "[{address}])"),
            IpAddr::V6(address) => write!(text, "[IPv6:{address}])"),
        };
        if let Some(tls) = self.tls {
            let _ = write!(
                text,
                "\r\n\t(using {} with cipher {})",
                tls.version, tls.cipher
            );
        }
        let _ = write!(
            text,
            "\r\n\tby {} (twinmx) with {} id {}.{}",
            self.hostname, self.protocol, self.id.session, self.id.transaction
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
        let _ = write!(text, "; {}", self.date);
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
    #[error("loop key {}: holds fewer than {} octets", .0.display(), limits::LOOP_KEY_MIN)]
    Short(std::path::PathBuf),
    /// No randomness.
    #[error("no random numbers could be had for a loop key")]
    Random,
}

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
        if (secret.len() as u64) < limits::LOOP_KEY_MIN {
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

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use smtp::BareNewline;
    use smtp::data::{DataDecoder, Decoded};
    use smtp::header_scan::{HeaderScan, Progress, Strictness};

    use super::*;

    const LEAST: usize = limits::LOOP_KEY_MIN as usize;

    fn key(secret: &str) -> Result<LoopKey, LoopKeyError> {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("loop.key");
        std::fs::write(&file, secret).expect("the key");
        LoopKey::load(Some(&file), dir.path())
    }

    /// A header block of these lines.
    fn header(lines: &str) -> HeaderBlock {
        let mut wire = BytesMut::from(format!("{lines}\r\n").as_str());
        let mut decoder = DataDecoder::new(BareNewline::Refuse, 1 << 24);
        let mut scan = HeaderScan::new(1 << 24, Strictness::Lenient);
        loop {
            let Decoded::Body(content) = decoder.decode(&mut wire) else {
                panic!("lines end in CRLF")
            };
            match scan.push(content).expect("a header") {
                Progress::More => {}
                Progress::Complete { header, .. } => return header,
            }
        }
    }

    fn tokens(numbers: std::ops::Range<usize>) -> String {
        let list: Vec<String> = numbers.map(|number| format!("{number:016x}")).collect();
        format!(
            "Received: from a by b\r\n\t(twinmx-loop {})\r\n",
            list.join("\r\n\t ")
        )
    }

    #[test]
    fn a_key_that_can_be_guessed_is_none() {
        assert!(key(&"k".repeat(LEAST)).is_ok());
        let short = "k".repeat(LEAST - 1);
        assert!(matches!(key(&short), Err(LoopKeyError::Short(_))));
        assert!(
            matches!(key(&format!("{short}\n")), Err(LoopKeyError::Short(_))),
            "a line end is no secret"
        );
    }

    #[test]
    fn a_key_is_made_once_and_kept() {
        let dir = tempfile::tempdir().expect("a directory");
        let [first, second] =
            [0, 1].map(|_| LoopKey::load(None, dir.path()).expect("a key is made"));
        let other = key("another key of some length").expect("long enough");
        let token = |key: &LoopKey| key.token("nora@contoso.com", "notes");
        assert_eq!(token(&first), token(&second));
        assert_ne!(token(&first), token(&other));
        assert_ne!(token(&first), first.token("nora@contoso.com", "cloud"));
        assert_ne!(token(&first), first.token("nils@contoso.com", "notes"));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let key = key("a key of some length").expect("long enough");
        let written = ["a@contoso.com", "b@contoso.com"].map(|path| key.token(path, "notes"));
        let field = Received {
            hello: "client.example.net",
            client: "192.0.2.1".parse().expect("an address"),
            tls: None,
            hostname: "mx.contoso.com",
            protocol: "ESMTP",
            id: Id {
                session: SessionId(1),
                transaction: 1,
            },
            tokens: &written,
            recipient: None,
            date: "Thu, 1 Jan 1970 00:00:00 +0000",
        }
        .field();
        let journey = Journey::of(&header(field.as_str()));
        assert_eq!(journey.hops, 1);
        assert!(written.iter().all(|token| journey.has_met(*token)));
        assert!(!journey.has_met(key.token("a@contoso.com", "cloud")));
    }

    #[test]
    fn one_token_past_the_bound_is_not_read() {
        let journey = Journey::of(&header(&tokens(0..limits::LOOP_TOKENS + 1)));
        assert!(journey.has_met(LoopToken(limits::LOOP_TOKENS as u64 - 1)));
        assert!(!journey.has_met(LoopToken(limits::LOOP_TOKENS as u64)));
    }

    #[test]
    fn a_name_that_is_none_is_not_repeated() {
        for (hello, expected) in [
            ("mail.example.net", "mail.example.net"),
            ("[192.0.2.1]", "[192.0.2.1]"),
            ("a(b)", "unknown"),
            ("", "unknown"),
            ("a\r\nBcc:", "unknown"),
        ] {
            assert_eq!(host(hello), expected, "{hello:?}");
        }
    }
}
