//! Accounts that a program may sign in by, good and bad.

use std::fmt::Write;

use super::{BASE, PEOPLE};
use crate::base64;

/// Everybody's password.
pub const PASSWORD: &str = "Cold-Harbour-17";

/// Accounts that every domain has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// The domain's administrator, who may see what was deleted.
    Administrator,
    /// Somebody with no rights but those that all have.
    Reader,
    /// Disabled.
    Disabled,
    /// Its time is over.
    Expired,
    /// Somebody who must choose another password first.
    MustChange,
    /// Locked, after too many wrong passwords.
    Locked,
}

impl Account {
    /// Its name in LDAP.
    pub fn dn(self) -> String {
        match self {
            Self::Administrator => format!("CN=Administrator,CN=Users,{BASE}"),
            _ => format!("CN={},{PEOPLE}", self.name()),
        }
    }

    /// The name it signs in by.
    pub fn login(self) -> String {
        format!("{}@contoso.test", self.name())
    }

    fn name(self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::Reader => "svc-reader",
            Self::Disabled => "svc-disabled",
            Self::Expired => "svc-expired",
            Self::MustChange => "svc-must-change",
            Self::Locked => "svc-locked",
        }
    }

    /// What makes it other than [`Self::Reader`].
    fn fault(self) -> &'static str {
        match self {
            Self::Administrator | Self::Reader => "userAccountControl: 512\n",
            Self::Disabled => "userAccountControl: 514\n",
            // Times count from 1601 in units of 100 ns.
            Self::Expired => "userAccountControl: 512\naccountExpires: 116444736000000000\n",
            Self::MustChange => "userAccountControl: 512\npwdLastSet: 0\n",
            Self::Locked => "userAccountControl: 512\n",
        }
    }

    /// All but the administrator, whom the provision makes.
    pub(super) fn ldif() -> String {
        let mut text = format!("dn: {PEOPLE}\nobjectClass: organizationalUnit\n\n");
        let password: Vec<u8> = PASSWORD.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let password = base64::encode(&password).replace(['\r', '\n'], "");
        for account in [
            Self::Reader,
            Self::Disabled,
            Self::Expired,
            Self::MustChange,
            Self::Locked,
        ] {
            let (dn, name) = (account.dn(), account.name());
            let (login, fault) = (account.login(), account.fault());
            _ = writeln!(
                text,
                "dn: {dn}\nobjectClass: user\nsAMAccountName: {name}\nuserPrincipalName: {login}\n\
                 clearTextPassword:: {password}\n{fault}"
            );
        }
        text
    }

    /// The lock can only be set on an account that is there.
    pub(super) fn lock_ldif() -> String {
        let dn = Self::Locked.dn();
        // A lock that is never lifted by itself wants a policy, too: lockoutDuration counts backwards, this is the
        // longest.
        format!(
            "dn: {BASE}\nchangetype: modify\nreplace: lockoutDuration\nlockoutDuration: -9223372036854775808\n-\n\
             replace: lockoutThreshold\nlockoutThreshold: 3\n\n\
             dn: {dn}\nchangetype: modify\nreplace: lockoutTime\nlockoutTime: 133000000000000000\n"
        )
    }
}
