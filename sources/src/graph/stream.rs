//! The three things that are read, each by a delta query of its own.

use book::Preset;
use serde_json::{Map, Value};

use super::GraphError;
use super::link::{Link, Origin};
use super::session::Subject;

/// What is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stream {
    Users,
    Groups,
    Contacts,
}

impl Stream {
    pub(super) const ALL: [Self; 3] = [Self::Users, Self::Groups, Self::Contacts];

    /// Where a full reading begins. Only what is selected is followed for changes.
    pub(super) fn start(self, preset: &Preset, origin: &Origin) -> Result<Link, GraphError> {
        let select = self.selected(preset).join(",");
        origin.link(&format!("/v1.0/{}/delta?$select={select}", self.path()))
    }

    /// The properties to ask for.
    pub(super) fn selected(self, preset: &Preset) -> Vec<String> {
        let mut names: Vec<String> = preset
            .requested()
            .into_iter()
            .filter_map(property)
            .collect();
        names.retain(|name| self.has(name));
        if !names.iter().any(|name| name == "id") {
            names.push("id".to_owned());
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether its objects have such a property. Graph refuses a question for one that they have not.
    fn has(self, name: &str) -> bool {
        match self {
            Self::Users => !NOT_OF_USERS.contains(&name),
            Self::Groups => OF_GROUPS.contains(&name) || name.starts_with("extension_"),
            Self::Contacts => OF_CONTACTS.contains(&name),
        }
    }

    /// Says of an object what it is, which Graph leaves out where all of them are the same.
    pub(super) fn name_class(self, object: &mut Map<String, Value>) {
        object.insert("@odata.type".to_owned(), Value::from(self.class()));
    }

    pub(super) fn subject(self) -> Subject {
        let (what, permission) = match self {
            Self::Users => ("users", "User.Read.All"),
            Self::Groups => ("groups", "Group.Read.All, or GroupMember.Read.All,"),
            Self::Contacts => ("organisational contacts", "OrgContact.Read.All"),
        };
        Subject { what, permission }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Groups => "groups",
            Self::Contacts => "contacts",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Users => "#microsoft.graph.user",
            Self::Groups => "#microsoft.graph.group",
            Self::Contacts => "#microsoft.graph.orgContact",
        }
    }
}

/// The property behind the name of an attribute, in the words of `book::graph_object`.
fn property(attribute: &str) -> Option<String> {
    let plain = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || octet == b'_')
    };
    let name = attribute
        .split(['.', '@'])
        .next()
        .filter(|name| plain(name))?;
    // No part of a user's own properties: it is asked for on its own.
    (name != "mailboxSettings").then(|| name.to_owned())
}

const NOT_OF_USERS: &[&str] = &[
    "groupTypes",
    "mailEnabled",
    "members",
    "securityEnabled",
    "visibility",
];

const OF_GROUPS: &[&str] = &[
    "classification",
    "createdDateTime",
    "deletedDateTime",
    "description",
    "displayName",
    "groupTypes",
    "id",
    "mail",
    "mailEnabled",
    "mailNickname",
    "members",
    "onPremisesDomainName",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "proxyAddresses",
    "securityEnabled",
    "visibility",
];

const OF_CONTACTS: &[&str] = &[
    "companyName",
    "department",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mailNickname",
    "onPremisesSyncEnabled",
    "proxyAddresses",
    "surname",
];

#[cfg(test)]
mod tests {
    use book::PresetKind;

    use super::*;

    #[test]
    fn each_stream_asks_for_what_its_objects_have() {
        let mut preset = Preset::of(PresetKind::MicrosoftGraph);
        let side = ["onPremisesExtensionAttributes.extensionAttribute1"];
        preset.set("attributes.side", &side).unwrap();
        let check = |stream: Stream, expected: &str| {
            assert_eq!(stream.selected(&preset).join(","), expected, "{stream:?}");
        };
        check(
            Stream::Users,
            "accountEnabled,assignedPlans,deletedDateTime,displayName,id,mail,onPremisesExtensionAttributes,onPremisesSyncEnabled,proxyAddresses,showInAddressList,userPrincipalName,userType",
        );
        check(
            Stream::Groups,
            "deletedDateTime,displayName,groupTypes,id,mail,mailEnabled,members,onPremisesSyncEnabled,proxyAddresses",
        );
        check(
            Stream::Contacts,
            "displayName,id,mail,onPremisesSyncEnabled,proxyAddresses",
        );
    }

    #[test]
    fn a_name_that_is_no_property_is_not_asked_for() {
        for name in ["", "@removed", "a&$top=1", "mailboxSettings.userPurpose"] {
            assert_eq!(property(name), None, "{name}");
        }
        assert_eq!(property("members@delta").as_deref(), Some("members"));
    }
}
