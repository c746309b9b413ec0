//! Percent-encoding (RFC 3986 §2.1), which URIs and parameters of MIME share (RFC 2231 §4).

/// Letters, digits and what is in `plain` stay as they are.
pub(crate) fn percent(text: &str, plain: &[u8]) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for octet in text.bytes() {
        match octet.is_ascii_alphanumeric() || plain.contains(&octet) {
            true => out.push(char::from(octet)),
            false => out.push_str(&format!("%{octet:02X}")),
        }
    }
    out
}
