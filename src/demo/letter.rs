//! A message as it is written, and as it must arrive.

use testbed::tnef;

/// A letter: a header with some fields of interest, and a body.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    subject: &'static str,
    /// Fields that must not arrive.
    dropped: Vec<(&'static str, &'static str)>,
    /// Fields that must arrive as they are.
    kept: Vec<(&'static str, &'static str)>,
    body: Vec<u8>,
    winmail: Option<Winmail>,
}

/// A message in TNEF, as Exchange packs it.
#[derive(Debug, Clone)]
struct Winmail {
    /// The whole of it.
    message: Vec<u8>,
    /// What stands in the MIME that it becomes.
    becomes: &'static [&'static str],
}

impl Letter {
    pub(super) fn new(subject: &'static str) -> Self {
        Self {
            subject,
            dropped: Vec::new(),
            kept: Vec::new(),
            body: b"Hello,\r\n\r\n.a line that begins with a dot, and one that is one:\r\n.\r\n\r\nRegards\r\n".to_vec(),
            winmail: None,
        }
    }

    /// The names of what must not arrive.
    pub(super) fn forbidden(&self) -> impl Iterator<Item = &'static str> {
        self.dropped.iter().map(|(name, _)| *name)
    }

    /// This sample of TNEF in its place; it must arrive as MIME in which all of these stand.
    pub(super) fn winmail(mut self, sample: &str, becomes: &'static [&'static str]) -> Self {
        let message = tnef::sample(sample).eml();
        self.winmail = Some(Winmail { message, becomes });
        self
    }

    pub(super) fn subject(mut self, subject: &'static str) -> Self {
        self.subject = subject;
        self
    }

    pub(super) fn dropped(mut self, name: &'static str, value: &'static str) -> Self {
        self.dropped.push((name, value));
        self
    }

    pub(super) fn kept(mut self, name: &'static str, value: &'static str) -> Self {
        self.kept.push((name, value));
        self
    }

    pub(super) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Eight-bit text in this character set.
    pub(super) fn text(self, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        self.kept("MIME-Version", "1.0")
            .kept("Content-Type", content_type)
            .kept("Content-Transfer-Encoding", "8bit")
            .body(body)
    }

    /// Its octets as the sender says them.
    pub(super) fn sent(&self, from: &str, to: &str, number: usize) -> Vec<u8> {
        self.content(&self.dropped, from, to, number)
    }

    /// What must stand in the MIME that it becomes; `None`: it must arrive octet for octet.
    pub(super) fn becomes(&self) -> Option<&'static [&'static str]> {
        self.winmail.as_ref().map(|winmail| winmail.becomes)
    }

    /// Its octets below our trace field.
    pub(super) fn arrives(&self, from: &str, to: &str, number: usize) -> Vec<u8> {
        self.content(&[], from, to, number)
    }

    fn content(&self, dropped: &[(&str, &str)], from: &str, to: &str, number: usize) -> Vec<u8> {
        if let Some(winmail) = &self.winmail {
            let kept = self
                .kept
                .iter()
                .map(|(name, value)| format!("{name}: {value}\r\n"));
            return [kept.collect::<String>().as_bytes(), &winmail.message].concat();
        }
        let mut header = String::new();
        let mut field = |name: &str, value: &str| header.extend([name, ": ", value, "\r\n"]);
        field("Date", "Fri, 21 Nov 2025 13:52:00 +0000");
        field("From", &format!("<{from}>"));
        for (name, value) in dropped {
            field(name, value);
        }
        field("To", &format!("<{to}>"));
        field("Subject", self.subject);
        field("Message-ID", &format!("<{number}.demo@fabrikam.com>"));
        for (name, value) in &self.kept {
            field(name, value);
        }
        [header.as_bytes(), b"\r\n", &self.body].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_not_arrive_is_the_only_difference() {
        let letter = Letter::new("x")
            .dropped("X-Forged", "1")
            .kept("X-Own", "2")
            .body("body");
        let text = |octets: Vec<u8>| String::from_utf8(octets).expect("ASCII");
        let (sent, arrives) = (
            text(letter.sent("a@b", "c@d", 7)),
            text(letter.arrives("a@b", "c@d", 7)),
        );
        assert!(
            sent.contains("X-Forged: 1\r\n") && sent.contains("X-Own: 2\r\n"),
            "{sent}"
        );
        assert_eq!(sent.replace("X-Forged: 1\r\n", ""), arrives);
        assert!(arrives.ends_with("\r\n\r\nbody"), "{arrives}");
    }
}
