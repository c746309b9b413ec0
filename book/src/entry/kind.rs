//! What an entry is.

use serde::{Deserialize, Serialize};

/// What an entry is.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A person with a mailbox, or one that is not known to have none.
    #[default]
    User,
    /// A mailbox whose account is in another forest.
    Linked,
    /// A mailbox of several people.
    Shared,
    /// A room.
    Room,
    /// Equipment.
    Equipment,
    /// Somebody elsewhere, in the address book only.
    Contact,
    /// An account that has its mailbox elsewhere.
    MailUser,
    /// A group with members.
    Group,
    /// A group whose members a query finds; only its system can expand it.
    DynamicGroup,
    /// A public folder.
    PublicFolder,
    /// A mail-in database of Domino.
    MailInDatabase,
    /// A resource that is neither known as a room nor as equipment.
    Resource,
}

impl Kind {
    /// Whether it has members.
    pub fn is_group(self) -> bool {
        matches!(self, Self::Group | Self::DynamicGroup)
    }

    /// Whether it is a mailbox whose account is disabled as a rule.
    pub(crate) fn is_without_login(self) -> bool {
        matches!(
            self,
            Self::Linked | Self::Shared | Self::Room | Self::Equipment | Self::Resource
        )
    }

    pub(super) fn is_user(&self) -> bool {
        *self == Self::User
    }
}
