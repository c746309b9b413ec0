//! What mends a conflict: a line of PowerShell, a change in LDIF, or words.
//!
//! Names come from directories and land in an administrator's shell. Nothing in them may end a quotation or a line: a
//! text that holds a control character gives no command at all.

use std::fmt::{self, Write as _};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use routing::Address;

use crate::limits::FIX_OCTETS_MAX;

/// What mends a conflict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fix {
    /// A line for the Exchange Management Shell, or for PowerShell with the Active Directory module.
    PowerShell(String),
    /// A change for ldapmodify (RFC 2849).
    Ldif(String),
    /// What to do by hand.
    ByHand(String),
}

impl Fix {
    /// `Cmdlet -Parameter 'value' ...`; `None` if a value holds a control character or it is longer than
    /// [`FIX_OCTETS_MAX`].
    pub(crate) fn power_shell(cmdlet: &str, parameters: &[(&str, &str)]) -> Option<Self> {
        let mut line = cmdlet.to_owned();
        for (name, value) in parameters {
            write!(line, " -{name} {}", quoted(value)?).ok()?;
        }
        (line.len() <= FIX_OCTETS_MAX).then_some(Self::PowerShell(line))
    }

    /// Replaces the target address of an object of Active Directory.
    pub(crate) fn target_address(dn: &str, target: &Address) -> Option<Self> {
        let dn = quoted(dn).filter(|_| !dn.is_empty())?;
        let value = quoted(&format!("SMTP:{target}"))?;
        Self::line(format!(
            "Set-ADObject -Identity {dn} -Replace @{{targetAddress={value}}}"
        ))
    }

    /// A text as a PowerShell literal; `None` if no literal can hold it.
    pub(crate) fn literal(value: &str) -> Option<String> {
        quoted(value)
    }

    /// A line made of literals.
    pub(crate) fn line(line: String) -> Option<Self> {
        (line.len() <= FIX_OCTETS_MAX).then_some(Self::PowerShell(line))
    }

    /// Replaces attributes of one object.
    pub(crate) fn ldif(dn: &str, replace: &[(&str, &str)]) -> Option<Self> {
        let mut text = format!("{}\nchangetype: modify\n", ldif_line("dn", dn));
        for (name, value) in replace {
            let line = ldif_line(name, value);
            write!(text, "replace: {name}\n{line}\n-\n").ok()?;
        }
        (text.len() <= FIX_OCTETS_MAX).then_some(Self::Ldif(text))
    }
}

/// A PowerShell literal in single quotes. PowerShell takes the typographic ones for the same (about_Quoting_Rules).
fn quoted(value: &str) -> Option<String> {
    let mut literal = String::from("'");
    for c in value.chars() {
        match c {
            _ if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => return None,
            '\'' | '\u{2018}'..='\u{201b}' => literal.extend([c, c]),
            _ => literal.push(c),
        }
    }
    literal.push('\'');
    Some(literal)
}

/// RFC 2849: what is no SAFE-STRING is written in Base64.
pub(crate) fn ldif_line(name: &str, value: &str) -> String {
    let is_safe = value.bytes().all(|octet| (b' '..=b'~').contains(&octet));
    let is_safe = is_safe && !value.starts_with([' ', ':', '<']) && !value.ends_with(' ');
    match is_safe {
        true => format!("{name}: {value}"),
        false => format!("{name}:: {}", STANDARD.encode(value)),
    }
}

impl fmt::Display for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PowerShell(text) | Self::Ldif(text) | Self::ByHand(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_quotation() {
        let check = |value: &str, expected: Option<&str>| {
            assert_eq!(quoted(value).as_deref(), expected, "{value}")
        };
        check("anna@contoso.com", Some("'anna@contoso.com'"));
        check("O'Brien; $(rm)", Some("'O''Brien; $(rm)'"));
        check(
            "a\u{2019}b\u{2018}\u{201a}\u{201b}",
            Some("'a\u{2019}\u{2019}b\u{2018}\u{2018}\u{201a}\u{201a}\u{201b}\u{201b}'"),
        );
        check("a\nb", None);
        check("a\u{2028}b", None);
        check("a\u{85}b", None);
    }

    #[test]
    fn a_change_is_one_object_of_ldif() {
        let fix = Fix::ldif(
            "CN=A,O=Contoso",
            &[
                ("mailsystem", "5"),
                ("mailaddress", "a@x\nchangetype: delete"),
            ],
        );
        let expected = "dn: CN=A,O=Contoso\nchangetype: modify\nreplace: mailsystem\nmailsystem: 5\n-\n\
                        replace: mailaddress\nmailaddress:: YUB4CmNoYW5nZXR5cGU6IGRlbGV0ZQ==\n-\n";
        assert_eq!(fix.unwrap().to_string(), expected);
        for value in [" a", "a ", ":a", "<a", "\u{fc}"] {
            assert!(ldif_line("n", value).starts_with("n:: "), "{value}");
        }
    }

    #[test]
    fn a_fix_is_bounded() {
        let value = |length: usize| "v".repeat(length);
        let overhead = "C -P ''".len();
        let fits = FIX_OCTETS_MAX - overhead;
        assert!(Fix::power_shell("C", &[("P", &value(fits))]).is_some());
        assert_eq!(Fix::power_shell("C", &[("P", &value(fits + 1))]), None);
        let overhead = "dn: \nchangetype: modify\n".len();
        assert!(Fix::ldif(&value(FIX_OCTETS_MAX - overhead), &[]).is_some());
        assert_eq!(Fix::ldif(&value(FIX_OCTETS_MAX - overhead + 1), &[]), None);
    }
}
