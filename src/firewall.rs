//! The header firewall: which fields an origin may not say and which may not leave.
//!
//! Exchange believes what stands in its own fields ("this is internal", "this was scanned"). They pass only from an
//! Exchange system proven by certificate, and never to the internet. Signed evidence (AntiSpam reports, ARC sets)
//! is left alone, and nothing is ever promoted here.

mod dropped;

use std::borrow::Cow;

pub(crate) use dropped::Dropped;

use smtp::header_scan::{Field, HeaderBlock};

use crate::config::{Config, SideKind};
use crate::origin::{Proof, Proven, Standing};
use crate::upstream;

/// Whether an origin's Exchange fields are believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// An Exchange or Exchange Online side, proven by certificate and tenant.
    Exchange,
    /// Everybody else.
    None,
}

impl Trust {
    /// `standing` must be settled; a provisional one is not trusted.
    pub(crate) fn of(standing: &Standing) -> Self {
        match standing {
            Standing::Side(Proven {
                kind: SideKind::Exchange | SideKind::ExchangeOnline,
                proof: Proof::Certificate,
                ..
            }) => Self::Exchange,
            Standing::Side(_)
            | Standing::Internet
            | Standing::Upstream(_)
            | Standing::Provisional(_) => Self::None,
        }
    }
}

/// Where a message is going, as far as its header is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Towards {
    /// One of our sides.
    Side,
    /// Anywhere else.
    Internet,
}

/// Under whose names a message of this origin can hold no results (RFC 8601 §5): under ours, whoever sends it, and under
/// that of a mail filter of ours unless it comes from there.
pub(crate) fn forged_names<'c>(standing: &Standing, config: &'c Config) -> Vec<&'c str> {
    let own = upstream::filter(standing, config).and_then(|one| one.authserv_id.as_deref());
    let filters = config.upstreams.iter();
    let filters = filters.filter_map(|one| one.authserv_id.as_deref());
    let filters = filters.filter(|name| Some(*name) != own);
    std::iter::once(&*config.hostname).chain(filters).collect()
}

/// The header block as it may go on, without results under any of `names` (authserv-ids, RFC 8601 §2.5), and what it lost.
pub(crate) fn pass(
    header: HeaderBlock,
    trust: Trust,
    towards: Towards,
    names: &[&str],
) -> (HeaderBlock, Dropped) {
    let forbidden = |field: &Field<'_>| {
        let exchange_may = trust == Trust::Exchange && towards == Towards::Side;
        (!exchange_may && is_exchange_internal(field.name())) || is_verdict_of(field, names)
    };
    let mut dropped = Dropped::default();
    for field in header.fields().filter(forbidden) {
        dropped.note(&bare(field.name()));
    }
    match dropped.is_empty() {
        true => (header, dropped),
        false => (header.without(forbidden), dropped),
    }
}

/// A field's name as the most forgiving reader behind us may take it: without folds, blanks and octets that no name has
/// (RFC 5322 §3.6.8). From strangers such a field is refused; a side's old system may have its habits.
pub(crate) fn bare(name: &[u8]) -> Cow<'_, [u8]> {
    match name.iter().all(u8::is_ascii_graphic) {
        true => Cow::Borrowed(name),
        false => name.iter().copied().filter(u8::is_ascii_graphic).collect(),
    }
}

/// The fields by which Exchange systems speak to each other.
fn is_exchange_internal(name: &[u8]) -> bool {
    readings(name).any(|name| is_internal_name(&name))
}

/// All that some reader may take for the name: the whole of it, or what follows a line that is no field.
fn readings(name: &[u8]) -> impl Iterator<Item = Cow<'_, [u8]>> {
    let breaks = memchr::memchr_iter(b'\n', name).map(|at| &name[at + 1..]);
    std::iter::once(name).chain(breaks).map(bare)
}

fn is_internal_name(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"X-OriginatorOrg")
        || INTERNAL_PREFIXES.iter().any(|prefix| {
            name.get(..prefix.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        })
}

const INTERNAL_PREFIXES: [&[u8]; 4] = [
    b"X-MS-Exchange-Organization-",
    b"X-MS-Exchange-CrossPremises-",
    b"X-MS-Exchange-CrossTenant-",
    b"X-MS-Exchange-Forest-",
];

/// An Authentication-Results field in one of these names.
fn is_verdict_of(field: &Field<'_>, names: &[&str]) -> bool {
    let is_results = |name: Cow<'_, [u8]>| name.eq_ignore_ascii_case(b"Authentication-Results");
    if !readings(field.name()).any(is_results) {
        return false;
    }
    let is_one = |id: &[u8]| {
        let mut names = names.iter();
        names.any(|name| id.eq_ignore_ascii_case(name.as_bytes()))
    };
    authserv_id(field.value()).is_none_or(|id| is_one(&id)) || is_one(&forgiving_id(field.value()))
}

/// The same as a reader takes it who drops comments, quotes and escapes wherever they stand, and ends the name at the first
/// octet that no token has (RFC 2045 §5.1).
fn forgiving_id(value: &[u8]) -> Vec<u8> {
    let (mut id, mut depth) = (Vec::new(), 0_usize);
    for octet in value {
        match octet {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            b'"' | b'\\' | b'\r' | b'\n' => {}
            b' ' | b'\t' if id.is_empty() => {}
            other if other.is_ascii_control() || !other.is_ascii() => {}
            b' ' | b'\t' | b'<' | b'>' | b'@' | b',' | b';' | b':' | b'/' | b'[' | b']' | b'?'
            | b'=' => {
                break;
            }
            other => id.push(*other),
        }
    }
    id.strip_suffix(b".").map(<[u8]>::to_vec).unwrap_or(id)
}

/// The first token of the value, comments and folding aside (RFC 8601 §2.2). `None`: not to be made out, so that a
/// lenient reader behind us might take it for ours.
fn authserv_id(value: &[u8]) -> Option<Vec<u8>> {
    let rest = skip_comments_and_blanks(value)?;
    if let Some(quoted) = rest.strip_prefix(b"\"") {
        return quoted_string(quoted);
    }
    let end = rest
        .iter()
        .position(|octet| b"; \t\r\n(".contains(octet))
        .unwrap_or(rest.len());
    let id = &rest[..end];
    let id = id.strip_suffix(b".").unwrap_or(id); // the root dot names the same host
    (!id.is_empty()).then(|| id.to_vec())
}

fn quoted_string(rest: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    let mut octets = rest.iter();
    loop {
        match octets.next()? {
            b'"' => return Some(content),
            b'\\' => content.push(*octets.next()?),
            b'\r' | b'\n' => {}
            other => content.push(*other),
        }
    }
}

fn skip_comments_and_blanks(value: &[u8]) -> Option<&[u8]> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(octet) = value.get(at) {
        match octet {
            b'(' => depth += 1,
            b')' if depth > 0 => depth -= 1,
            b'\\' if depth > 0 => at += 1,
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ if depth > 0 => {}
            _ => return Some(&value[at..]),
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exchange_fields_are_known_by_any_spelling() {
        for (name, expected) in [
            ("X-MS-Exchange-Organization-AuthAs", true),
            ("x-ms-exchange-organization-scl", true),
            ("X-MS-EXCHANGE-CROSSPREMISES-AUTHSOURCE", true),
            ("X-MS-Exchange-CrossTenant-Id", true),
            ("X-MS-Exchange-Forest-RulesExecuted", true),
            ("X-OriginatorOrg", true),
            ("X-OriginatorOrg\u{a0}", true),
            ("\u{b}X-MS-Exchange-\r\n Organization-AuthAs", true),
            ("no field\r\n X-OriginatorOrg", true),
            ("no field\r\n\tX-MS-Exchange-\r\n Organization-AuthAs", true),
            ("X-MS-Exchange-AntiSpam-MessageData", false),
            ("X-MS-Exchange-Transport-Rules-Loop", false),
            ("X-MS-Exchange-Organizational", false),
            ("ARC-Seal", false),
            ("Subject", false),
        ] {
            assert_eq!(is_exchange_internal(name.as_bytes()), expected, "{name}");
        }
    }

    #[test]
    fn a_verdict_in_our_name_is_known_in_any_disguise() {
        use bytes::BytesMut;
        use smtp::BareNewline;
        use smtp::data::{DataDecoder, Decoded};
        use smtp::header_scan::{HeaderScan, Progress, Strictness};

        for (value, expected) in [
            ("mx.contoso.com; spf=pass", true),
            ("MX.Contoso.COM; spf=pass", true),
            ("mx.contoso.com 1; spf=pass", true),
            ("mx.contoso.com (x) 1; spf=pass", true),
            ("mx.contoso.com/1; spf=pass", true),
            ("mx.(x)contoso.com; spf=pass", true),
            ("mx.\"contoso\".com; spf=pass", true),
            ("(a(b)\\)) mx.contoso.com; spf=pass", true),
            ("mx.contoso.com.; spf=pass", true),
            ("mx.contoso.com=x; spf=pass", true),
            ("\u{a0}mx.contoso.com; spf=pass", true),
            ("mx.contoso.com.example.org; spf=pass", false),
            ("mx.contoso.com1; spf=pass", false),
            ("example.org; spf=pass smtp.helo=mx.contoso.com", false),
            ("example.org (mx.contoso.com); spf=pass", false),
        ] {
            let text = format!("Authentication-Results: {value}\r\n\r\n");
            let mut decoder = DataDecoder::new(BareNewline::Refuse, 1 << 20);
            let Decoded::Body(content) = decoder.decode(&mut BytesMut::from(&*text)) else {
                unreachable!("lines of text")
            };
            let mut scan = HeaderScan::new(1 << 20, Strictness::Lenient);
            let Ok(Progress::Complete { header, .. }) = scan.push(content) else {
                unreachable!("a header block")
            };
            let ours = header
                .fields()
                .any(|field| is_verdict_of(&field, &["mx.contoso.com"]));
            assert_eq!(ours, expected, "{value}");
        }
    }

    #[test]
    fn the_authserv_id_is_found_behind_comments_and_folding() {
        for (value, expected) in [
            (" mx.contoso.com; spf=pass", Some("mx.contoso.com")),
            ("mx.contoso.com 1; none", Some("mx.contoso.com")),
            (
                " (a (nested) comment) mx.contoso.com;",
                Some("mx.contoso.com"),
            ),
            (
                "\r\n\tmx.contoso.com(comment); dkim=pass",
                Some("mx.contoso.com"),
            ),
            (" \"mx.contoso.com\"; dkim=pass", Some("mx.contoso.com")),
            (" \"mx\\.contoso.com\"; dkim=pass", Some("mx.contoso.com")),
            ("mx.contoso.com.; dkim=pass", Some("mx.contoso.com")),
            (" (never closed mx.contoso.com", None),
            ("", None),
            (" \"never closed", None),
        ] {
            let found = authserv_id(value.as_bytes());
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{value:?}");
        }
    }
}
