//! Names and values as forms and queries have them (application/x-www-form-urlencoded).

use std::collections::BTreeMap;

/// Reads a form. Of a name that comes twice, the last value counts.
pub(super) fn read(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (unescaped(name), unescaped(value))
        })
        .collect()
}

fn unescaped(text: &str) -> String {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let escaped = behind
            .get(..2)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        let escaped = escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let (octet, used) = match (first, escaped) {
            (b'%', Some(octet)) => (octet, 3),
            (b'+', _) => (b' ', 1),
            (other, _) => (*other, 1),
        };
        octets.push(octet);
        rest = &rest[used..];
    }
    String::from_utf8_lossy(&octets).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone() {
        let form = read("a=1%2B1&scope=https%3A%2F%2Fg%2F.default&b=x+y&c&%zz=%");
        assert_eq!(form["a"], "1+1");
        assert_eq!(form["scope"], "https://g/.default");
        assert_eq!(form["b"], "x y");
        assert_eq!(form["c"], "");
        assert_eq!(form["%zz"], "%");
    }
}
