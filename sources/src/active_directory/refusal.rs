//! Why Active Directory did not let us in.
//!
//! Every failed bind is result 49, and its text is for programmers: `80090308: LdapErr: DSID-0C09042A, comment:
//! AcceptSecurityContext error, data 52e, v3839`. The number behind `data` is the Windows error, in hexadecimal
//! ([MS-ERREF] 2.2), and says what to do.

use crate::SourceError;

/// The same error, in plain words where they are known.
pub(super) fn explain(error: SourceError) -> SourceError {
    match error {
        SourceError::Credentials { server, refusal } => match in_words(&refusal.text) {
            Some(words) => SourceError::Account {
                server,
                words,
                refusal,
            },
            None => SourceError::Credentials { server, refusal },
        },
        other => other,
    }
}

/// What the text of a refused bind means, and what to do.
fn in_words(text: &str) -> Option<&'static str> {
    let code = code(text)?;
    let known = WORDS.iter().find(|(known, _)| *known == code);
    known.map(|(_, words)| *words)
}

fn code(text: &str) -> Option<u32> {
    let (_, behind) = text.split_once("data ")?;
    let digits = behind.bytes().take_while(u8::is_ascii_hexdigit).count();
    u32::from_str_radix(&behind[..digits], 16).ok()
}

const WORDS: &[(u32, &str)] = &[
    (
        0x525,
        "there is no account of this name; check `bind_dn` (a distinguished name, user@domain or DOMAIN\\user)",
    ),
    (
        0x52e,
        "the name or the password is wrong; check `bind_dn` and the password's file",
    ),
    (
        0x52f,
        "a restriction of the account forbids it to sign in; look at its properties and at the group policies",
    ),
    (
        0x530,
        "the account may not sign in at this time; widen its logon hours",
    ),
    (
        0x531,
        "the account may not sign in from this computer; change its list of workstations",
    ),
    (
        0x532,
        "the password of the account has expired; set a new one, and best let it never expire",
    ),
    (0x533, "the account is disabled; enable it"),
    (
        0x568,
        "the account is in too many groups to sign in; take another one",
    ),
    (
        0x701,
        "the account itself has expired; extend it, and best let it never expire",
    ),
    (
        0x773,
        "the account must choose a new password first; set one without \"must change password at next logon\"",
    ),
    (
        0x775,
        "the account is locked after too many wrong passwords; unlock it, and find who else uses its name",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_to_do() {
        let check = |code: &str, expected: &str| {
            let text = format!(
                "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data {code}, v3839"
            );
            assert!(
                in_words(&text).is_some_and(|words| words.contains(expected)),
                "{code}"
            );
        };
        check("525", "no account of this name");
        check("52e", "wrong");
        check("530", "logon hours");
        check("532", "password of the account has expired");
        check("533", "disabled");
        check("701", "account itself has expired");
        check("773", "choose a new password");
        check("775", "locked");
    }

    #[test]
    fn what_is_not_known_is_not_explained() {
        for text in [
            "",
            "data ",
            "data zz",
            "data 1",
            "Invalid Credentials",
            "data ffffffffff,",
        ] {
            assert_eq!(in_words(text), None, "{text}");
        }
    }
}
