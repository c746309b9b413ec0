//! What the end of an operation says (RFC 4511 §4.1.9 and appendix A).

use std::fmt;

use ldap3::LdapResult;

use super::Server;
use crate::SourceError;

/// A result code that is not success.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// The result code.
    pub code: u32,
    /// The server's own words, on one line of bounded length.
    pub text: String,
}

impl Refusal {
    /// From what the server says.
    pub fn new(code: u32, text: &str) -> Self {
        let printable = |c: char| if c.is_control() { ' ' } else { c };
        let text: String = text.chars().map(printable).take(TEXT_CHARS_MAX).collect();
        let text = text.trim().to_owned();
        Self { code, text }
    }

    /// The name of its code.
    pub fn name(&self) -> &'static str {
        let known = NAMES.iter().find(|(code, _)| *code == self.code);
        known.map_or("an unknown result", |(_, name)| name)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.code)?;
        match self.text.as_str() {
            "" => Ok(()),
            text => write!(f, ": {text}"),
        }
    }
}

/// What a result means for a source.
pub(super) fn judge(server: &Server, result: &LdapResult, base: &str) -> Result<(), SourceError> {
    let refusal = Refusal::new(result.rc, &result.text);
    let server = server.to_string();
    match result.rc {
        0 => Ok(()),
        3 | 4 | 11 => Err(SourceError::Partial { server, refusal }),
        8 | 13 => Err(SourceError::Unprotected { server, refusal }),
        10 => Err(SourceError::Referred {
            server,
            to: result.refs.first().cloned().unwrap_or_default(),
        }),
        32 => Err(SourceError::NoBase {
            server,
            base: base.to_owned(),
        }),
        48 | 49 => Err(SourceError::Credentials { server, refusal }),
        51 | 52 => Err(SourceError::Busy { server, refusal }),
        E_SYNC_REFRESH_REQUIRED => Err(SourceError::RefreshRequired { server }),
        _ => Err(SourceError::Refused { server, refusal }),
    }
}

/// RFC 4533 §2.5.
const E_SYNC_REFRESH_REQUIRED: u32 = 4096;
const TEXT_CHARS_MAX: usize = 300;

const NAMES: &[(u32, &str)] = &[
    (1, "operationsError"),
    (2, "protocolError"),
    (3, "timeLimitExceeded"),
    (4, "sizeLimitExceeded"),
    (7, "authMethodNotSupported"),
    (8, "strongerAuthRequired"),
    (10, "referral"),
    (11, "adminLimitExceeded"),
    (12, "unavailableCriticalExtension"),
    (13, "confidentialityRequired"),
    (17, "undefinedAttributeType"),
    (18, "inappropriateMatching"),
    (32, "noSuchObject"),
    (34, "invalidDNSyntax"),
    (48, "inappropriateAuthentication"),
    (49, "invalidCredentials"),
    (50, "insufficientAccessRights"),
    (51, "busy"),
    (52, "unavailable"),
    (53, "unwillingToPerform"),
    (80, "other"),
    (E_SYNC_REFRESH_REQUIRED, "e-syncRefreshRequired"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_result_is_judged() {
        let server = Server::parse("ldap://a").unwrap();
        let check = |rc: u32, expected: &str| {
            let result = LdapResult {
                rc,
                matched: String::new(),
                text: "so\nit is".to_owned(),
                refs: vec!["ldap://b".to_owned()],
                ctrls: Vec::new(),
            };
            let judged = judge(&server, &result, "dc=x").unwrap_err().to_string();
            assert!(judged.contains(expected), "{rc}: {judged}");
        };
        check(4, "sizeLimitExceeded (4): so it is");
        check(10, "ldap://b");
        check(32, "dc=x");
        check(49, "invalidCredentials (49)");
        check(52, "unavailable (52)");
        check(4096, "refresh");
        check(53, "unwillingToPerform (53)");
        check(77, "an unknown result (77)");
    }
}
