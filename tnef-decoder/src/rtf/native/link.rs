//! Where a field links to.

/// The address in a field's instruction, when it is a link that a mail may have. Everything else, `javascript:` above all,
/// remains text.
pub(super) fn target(instruction: &str) -> Option<String> {
    let rest = instruction.trim_start();
    let (command, rest) = rest.split_at_checked(KEYWORD.len())?;
    if !command.eq_ignore_ascii_case(KEYWORD) {
        return None;
    }
    let address = match argument(rest.trim_start()) {
        // `\l` names a place in the document.
        Some(address) if !address.starts_with("\\l") => address,
        _ => return None,
    };
    address_of(address.trim())
}

/// The first argument, quoted or not.
fn argument(text: &str) -> Option<&str> {
    match text.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => text.split_whitespace().next(),
    }
}

fn address_of(address: &str) -> Option<String> {
    if address.chars().any(char::is_control) {
        return None;
    }
    // A backslash in an instruction may be written once or twice.
    if address.starts_with("\\\\") {
        let path = address.trim_start_matches('\\').replace("\\\\", "\\");
        return Some(format!(
            "file://{}",
            path.replace('\\', "/").replace(' ', "%20")
        ));
    }
    if address
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("www."))
    {
        return Some(format!("http://{address}"));
    }
    let (scheme, _) = address.split_once(':')?;
    SCHEMES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(scheme))
        .then(|| address.to_owned())
}

const KEYWORD: &str = "HYPERLINK";

/// What a mail client opens without harm.
const SCHEMES: &[&str] = &[
    "http", "https", "mailto", "ftp", "ftps", "file", "tel", "sip", "news", "nntp", "notes", "cid",
];

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn only_addresses_that_a_mail_may_have_are_links() {
        let check = |instruction: &str, expected: Option<&str>| {
            assert_eq!(target(instruction).as_deref(), expected, "{instruction}");
        };
        check(
            " HYPERLINK \"http://a.example/?b=1&c\" ",
            Some("http://a.example/?b=1&c"),
        );
        check(
            "hyperlink mailto:a@b.example \\o \"x\"",
            Some("mailto:a@b.example"),
        );
        check("HYPERLINK \"www.a.example\"", Some("http://www.a.example"));
        check(
            "HYPERLINK \"\\\\\\\\server\\\\a b\\\\c.doc\"",
            Some("file://server/a%20b/c.doc"),
        );
        check("HYPERLINK \"\\\\server\\a\"", Some("file://server/a"));
        check("HYPERLINK \\l \"place\"", None);
        check("HYPERLINK \"javascript:alert(1)\"", None);
        check("HYPERLINK \"java\nscript:alert(1)\"", None);
        check("HYPERLINK \"data:text/html,x\"", None);
        check("HYPERLINK \"folder/file.html\"", None);
        check("HYPERLINK", None);
        check("PAGE", None);
        check("ÄÖÜ", None);
    }
}
