//! Service extensions: what we offer and what a hop offers (RFC 5321 §2.2).

use crate::hop_reply::HopReply;

/// What we offer in reply to EHLO. PIPELINING, CHUNKING and ENHANCEDSTATUSCODES are always offered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Offer {
    /// The largest message, announced as SIZE (RFC 1870).
    pub size: u64,
    /// 8BITMIME (RFC 6152).
    pub eight_bit_mime: bool,
    /// SMTPUTF8 (RFC 6531).
    pub smtp_utf8: bool,
    /// DSN (RFC 3461).
    pub dsn: bool,
    /// STARTTLS (RFC 3207); never said inside TLS.
    pub start_tls: bool,
}

impl Offer {
    pub(crate) fn keywords(&self) -> Vec<String> {
        let mut keywords: Vec<String> = vec![
            "PIPELINING".into(),
            format!("SIZE {}", self.size),
            "CHUNKING".into(),
            "ENHANCEDSTATUSCODES".into(),
        ];
        let optional = [
            (self.eight_bit_mime, "8BITMIME"),
            (self.smtp_utf8, "SMTPUTF8"),
            (self.dsn, "DSN"),
            (self.start_tls, "STARTTLS"),
        ];
        keywords.extend(
            optional
                .iter()
                .filter(|(on, _)| *on)
                .map(|(_, k)| (*k).into()),
        );
        keywords
    }
}

/// What a hop said of the largest message it takes (RFC 1870 §4).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SizeLimit {
    /// No SIZE: nothing known, and no SIZE parameter may be sent.
    #[default]
    NotOffered,
    /// SIZE without a number, or 0: no fixed limit.
    Unbounded,
    /// SIZE with a number.
    Max(u64),
}

/// What a hop offers, from its reply to EHLO. After HELO it is nothing: the default.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Capabilities {
    /// SIZE.
    pub size: SizeLimit,
    /// 8BITMIME.
    pub eight_bit_mime: bool,
    /// SMTPUTF8.
    pub smtp_utf8: bool,
    /// DSN.
    pub dsn: bool,
    /// PIPELINING.
    pub pipelining: bool,
    /// CHUNKING.
    pub chunking: bool,
    /// STARTTLS.
    pub start_tls: bool,
    /// ENHANCEDSTATUSCODES.
    pub enhanced_status_codes: bool,
}

impl Capabilities {
    /// Reads the lines after the first of a reply to EHLO. Unknown keywords are passed over.
    pub fn from_ehlo(reply: &HopReply) -> Self {
        let mut found = Self::default();
        for line in reply.lines.iter().skip(1) {
            let mut words = line.split_ascii_whitespace();
            let keyword = words.next().unwrap_or_default().to_ascii_uppercase();
            match keyword.as_str() {
                "SIZE" => found.size = size(words.next()),
                "8BITMIME" => found.eight_bit_mime = true,
                "SMTPUTF8" => found.smtp_utf8 = true,
                "DSN" => found.dsn = true,
                "PIPELINING" => found.pipelining = true,
                "CHUNKING" => found.chunking = true,
                "STARTTLS" => found.start_tls = true,
                "ENHANCEDSTATUSCODES" => found.enhanced_status_codes = true,
                _ => {}
            }
        }
        found
    }
}

fn size(word: Option<&str>) -> SizeLimit {
    match word.map(str::parse) {
        Some(Ok(0)) | Some(Err(_)) | None => SizeLimit::Unbounded,
        Some(Ok(max)) => SizeLimit::Max(max),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hops_keywords() {
        let check = |wire: &str, expected: Capabilities| {
            let reply = HopReply::parse(wire).expect(wire);
            assert_eq!(Capabilities::from_ehlo(&reply), expected, "{wire}");
        };
        let none = Capabilities::default();
        check("250 PIPELINING\r\n", none);
        check("250-mx\r\n250 XYZZY 8BITMIME\r\n", none);
        let with = |size| Capabilities { size, ..none };
        check("250-mx\r\n250 SIZE\r\n", with(SizeLimit::Unbounded));
        check("250-mx\r\n250 SIZE 0\r\n", with(SizeLimit::Unbounded));
        check(
            "250-mx\r\n250 size 35882577\r\n",
            with(SizeLimit::Max(35_882_577)),
        );
        check("250-mx\r\n250 SIZE much\r\n", with(SizeLimit::Unbounded));
        let all = Capabilities {
            size: SizeLimit::Max(1),
            eight_bit_mime: true,
            smtp_utf8: true,
            dsn: true,
            pipelining: true,
            chunking: true,
            start_tls: true,
            enhanced_status_codes: true,
        };
        let wire = "250-mx\r\n250-SIZE 1\r\n250-8BITMIME\r\n250-SmtpUtf8\r\n250-DSN\r\n250-PIPELINING\r\n\
                    250-CHUNKING\r\n250-STARTTLS\r\n250 ENHANCEDSTATUSCODES\r\n";
        check(wire, all);
    }

    #[test]
    fn what_we_offer_is_what_a_client_reads() {
        let offer = Offer {
            size: 7,
            eight_bit_mime: true,
            smtp_utf8: true,
            dsn: true,
            start_tls: true,
        };
        let wire = format!(
            "250-mx\r\n250-{}\r\n250 X\r\n",
            offer.keywords().join("\r\n250-")
        );
        let found = Capabilities::from_ehlo(&HopReply::parse(&wire).expect("a reply"));
        assert_eq!(found.size, SizeLimit::Max(7));
        let all = [
            found.eight_bit_mime,
            found.smtp_utf8,
            found.dsn,
            found.start_tls,
            found.pipelining,
            found.chunking,
            found.enhanced_status_codes,
        ];
        assert_eq!(all, [true; 7]);
    }
}
