//! The charset that HTML names for itself.

use std::ops::Range;

use memchr::memchr;

/// Where `<meta>` elements before the body name a charset, ascending.
pub(super) fn charset_labels(html: &str) -> Vec<Range<usize>> {
    let octets = html.as_bytes();
    let mut labels = Vec::new();
    let mut at = 0;
    while let Some(begin) = memchr(b'<', &octets[at..]).map(|found| at + found + 1) {
        at = begin;
        if names(&octets[begin..], b"body") {
            break;
        }
        if names(&octets[begin..], b"meta") {
            let Some(length) = memchr(b'>', &octets[begin..]) else {
                break;
            };
            at = begin + length;
            labels.extend(label(&octets[..at], begin));
        }
    }
    labels
}

fn names(octets: &[u8], element: &[u8]) -> bool {
    octets
        .get(..element.len())
        .is_some_and(|name| name.eq_ignore_ascii_case(element))
}

/// The label after `charset=` in the tag that goes from `begin` to the end.
fn label(octets: &[u8], begin: usize) -> Option<Range<usize>> {
    let tag = octets.get(begin..)?;
    let found = tag
        .windows(KEY.len())
        .position(|window| window.eq_ignore_ascii_case(KEY))?;
    let after = |from: usize, of: fn(&u8) -> bool| {
        let length = octets[from..].iter().take_while(|octet| of(octet)).count();
        from + length
    };
    let equals = after(begin + found + KEY.len(), u8::is_ascii_whitespace);
    if octets.get(equals) != Some(&b'=') {
        return None;
    }
    let start = after(equals + 1, |octet| {
        octet.is_ascii_whitespace() || matches!(octet, b'"' | b'\'')
    });
    let end = after(start, |octet| {
        octet.is_ascii_alphanumeric() || b"-_.:+".contains(octet)
    });
    (start < end).then_some(start..end)
}

const KEY: &[u8] = b"charset";

#[cfg(test)]
mod tests {
    use super::charset_labels;

    #[test]
    fn labels_are_found_before_the_body() {
        let check = |html: &str, expected: &[&str]| {
            let found: Vec<_> = charset_labels(html)
                .into_iter()
                .map(|range| &html[range])
                .collect();
            assert_eq!(found, expected, "{html}");
        };
        check(
            "<META content=\"text/html; charset=us-ascii\">",
            &["us-ascii"],
        );
        check(
            "<meta charset = 'iso-8859-1'><meta charset=\"x\">",
            &["iso-8859-1", "x"],
        );
        check(
            "<meta name=Generator content=\"charset\"><meta charset=a>",
            &["a"],
        );
        check("<p charset=a><body><meta charset=b>", &[]);
        check("<meta charset=", &[]);
        check("<meta charset=>", &[]);
        check("<", &[]);
        check("ä<meta charset=ä>", &[]);
    }
}
