//! What HTML shows that is not in it: its references to pictures of the same message (RFC 2392, RFC 2557).

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr_iter;

use super::plain::tag::{Attributes, Tag};

/// A reference in HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// Where it stands, `cid:` included.
    pub(crate) range: Range<usize>,
    /// To what.
    pub(crate) target: Target,
}

/// What a reference names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A Content-ID.
    Id(String),
    /// A Content-Location, or something else on the web.
    Location(String),
}

/// All references in `html`, ascending: `cid:` wherever it stands, and what attributes of tags show if `with_locations`.
pub(crate) fn references(html: &str, with_locations: Locations) -> Vec<Reference> {
    let mut found = ids(html);
    if with_locations == Locations::Too {
        found.extend(locations(html));
        found.sort_by_key(|one| one.range.start);
    }
    found
}

/// Whether references by location matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Locations {
    /// Yes.
    Too,
    /// No: nothing has one.
    No,
}

/// `html` with other references in the place of some.
pub(crate) fn replaced(html: &str, changes: &[(Range<usize>, String)]) -> String {
    let mut out = String::with_capacity(html.len() + changes.len() * 32);
    let mut end = 0;
    for (range, text) in changes {
        out.push_str(html.get(end..range.start).unwrap_or_default());
        out.push_str(text);
        end = range.end;
    }
    out.push_str(html.get(end..).unwrap_or_default());
    out
}

fn ids(html: &str) -> Vec<Reference> {
    let octets = html.as_bytes();
    let mut found = Vec::new();
    let colons = memchr_iter(b':', octets);
    for colon in colons {
        let begin = colon.saturating_sub(3);
        let is_id = octets
            .get(begin..colon)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"cid"));
        let is_word = begin.checked_sub(1).and_then(|at| octets.get(at));
        if !is_id || is_word.is_some_and(u8::is_ascii_alphanumeric) {
            continue;
        }
        let value = octets.get(colon + 1..).unwrap_or_default();
        let is_end = |octet: &u8| octet.is_ascii_whitespace() || b"\"'<>)".contains(octet);
        let length = value.iter().take(ID_OCTETS_MAX).position(is_end);
        let length = length.unwrap_or_else(|| html[colon + 1..].floor_char_boundary(ID_OCTETS_MAX));
        let range = begin..colon + 1 + length;
        let id = unescaped(&html[colon + 1..range.end]);
        let id = percent_decoded(&id).into_owned();
        found.push(Reference {
            range,
            target: Target::Id(id),
        });
    }
    found
}

fn locations(html: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        rest = &rest[at..];
        if !rest.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic) {
            rest = &rest[1..];
            continue;
        }
        let Some((tag, after)) = Tag::read(rest) else {
            break;
        };
        for (name, value) in Attributes(tag.attributes) {
            let is_shown = ["src", "background", "poster"]
                .iter()
                .any(|one| name.eq_ignore_ascii_case(one));
            if is_shown && !value.is_empty() && !is_id(value) {
                let begin = value.as_ptr() as usize - html.as_ptr() as usize;
                found.push(Reference {
                    range: begin..begin + value.len(),
                    target: Target::Location(unescaped(value.trim()).into_owned()),
                });
            }
        }
        rest = after;
    }
    found
}

fn is_id(value: &str) -> bool {
    value
        .get(..4)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("cid:"))
}

fn unescaped(value: &str) -> Cow<'_, str> {
    match value.contains("&amp;") {
        true => Cow::Owned(value.replace("&amp;", "&")),
        false => Cow::Borrowed(value),
    }
}

/// RFC 2392 §2: what a URL cannot hold is percent-encoded.
fn percent_decoded(value: &str) -> Cow<'_, str> {
    if !value.contains('%') {
        return Cow::Borrowed(value);
    }
    let mut out = Vec::with_capacity(value.len());
    let mut octets = value.as_bytes();
    while let Some((&octet, rest)) = octets.split_first() {
        let pair = rest.first_chunk::<2>().filter(|_| octet == b'%');
        let decoded = pair.and_then(|pair| {
            let digit = |octet: u8| char::from(octet).to_digit(16);
            u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()
        });
        out.push(decoded.unwrap_or(octet));
        octets = match decoded {
            Some(_) => &rest[2..],
            None => rest,
        };
    }
    match String::from_utf8(out) {
        Ok(text) => Cow::Owned(text),
        Err(_) => Cow::Borrowed(value),
    }
}

/// A longer one is none.
const ID_OCTETS_MAX: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_wherever_they_stand() {
        let check = |html: &str, expected: &[&str]| {
            let found = references(html, Locations::Too);
            let told: Vec<String> = found
                .iter()
                .map(|one| match &one.target {
                    Target::Id(id) => format!("id {id}"),
                    Target::Location(location) => format!("at {location}"),
                })
                .collect();
            assert_eq!(told, expected, "{html}");
        };
        check("<img src=\"cid:a@b\">", &["id a@b"]);
        check(
            "<img src=cid:a@b><IMG SRC='CID:c%40d'>",
            &["id a@b", "id c@d"],
        );
        check("<td style=\"background:url(cid:x.y)\">", &["id x.y"]);
        check(
            "<v:imagedata src=\"cid:a&amp;b\" o:title=\"\"/>",
            &["id a&b"],
        );
        check("<img src=\"chart.png\"><img alt=x>", &["at chart.png"]);
        check("acid:rain 12:30", &[]);
        check("cid:", &["id "]);
        check("<img src=\"cid:é", &["id é"]);
        check("<é src=x><", &[]);
    }

    #[test]
    fn references_are_replaced_in_place() {
        let html = "<img src=\"cid:a\"> and <img src=\"b.png\">";
        let found = references(html, Locations::Too);
        let changes = vec![
            (found[0].range.clone(), "cid:1".to_owned()),
            (found[1].range.clone(), "cid:2".to_owned()),
        ];
        let expected = "<img src=\"cid:1\"> and <img src=\"cid:2\">";
        assert_eq!(replaced(html, &changes), expected);
    }
}
