//! Who is in the tenant, and when each last changed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// What there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    User,
    Group,
    Contact,
}

/// Why something is no longer there (`@removed`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It can be restored.
    Changed,
    /// It cannot.
    Deleted,
}

/// All of them. Each change has a number, and so a delta token needs no more than one.
#[derive(Debug, Default)]
pub(super) struct People {
    changes: u64,
    /// By id.
    things: BTreeMap<String, Thing>,
    purposes: BTreeMap<String, String>,
}

#[derive(Debug)]
struct Thing {
    kind: Kind,
    state: State,
    changed: u64,
    /// When each member came or went.
    members: BTreeMap<String, (bool, u64)>,
}

#[derive(Debug)]
enum State {
    There(Map<String, Value>),
    Removed(Reason),
}

impl Kind {
    /// The name of its delta query's collection.
    pub(super) fn collection(self) -> &'static str {
        match self {
            Self::User => "users",
            Self::Group => "groups",
            Self::Contact => "contacts",
        }
    }

    pub(super) fn of_collection(name: &str) -> Option<Self> {
        let all = [Self::User, Self::Group, Self::Contact];
        all.into_iter().find(|kind| kind.collection() == name)
    }

    /// The permissions of which one suffices.
    pub(super) fn permissions(self) -> &'static [&'static str] {
        match self {
            Self::User => &["User.Read.All"],
            Self::Group => &["Group.Read.All"],
            Self::Contact => &["OrgContact.Read.All"],
        }
    }

    /// What can be selected: properties in Microsoft's reference of each resource, as far as mail has to do with them.
    pub(super) fn properties(self) -> &'static [&'static str] {
        match self {
            Self::User => USER,
            Self::Group => GROUP,
            Self::Contact => CONTACT,
        }
    }
}

impl People {
    pub(super) fn put(&mut self, kind: Kind, value: Value) {
        let Value::Object(properties) = value else {
            return;
        };
        let Some(id) = properties.get("id").and_then(Value::as_str) else {
            return;
        };
        let id = id.to_owned();
        self.changes += 1;
        let members = self.things.remove(&id).map(|thing| thing.members);
        self.things.insert(
            id,
            Thing {
                kind,
                state: State::There(properties),
                changed: self.changes,
                members: members.unwrap_or_default(),
            },
        );
    }

    pub(super) fn remove(&mut self, id: &str, reason: Reason) {
        self.changes += 1;
        if let Some(thing) = self.things.get_mut(id) {
            thing.state = State::Removed(reason);
            thing.changed = self.changes;
        }
    }

    pub(super) fn join(&mut self, group: &str, member: &str) {
        self.set_member(group, member, true);
    }

    pub(super) fn leave(&mut self, group: &str, member: &str) {
        self.set_member(group, member, false);
    }

    fn set_member(&mut self, group: &str, member: &str, is_in: bool) {
        self.changes += 1;
        if let Some(thing) = self.things.get_mut(group) {
            thing.changed = self.changes;
            let change = (is_in, self.changes);
            thing.members.insert(member.to_owned(), change);
        }
    }

    pub(super) fn set_purpose(&mut self, user: &str, purpose: Option<&str>) {
        match purpose {
            Some(purpose) => self.purposes.insert(user.to_owned(), purpose.to_owned()),
            None => self.purposes.remove(user),
        };
    }

    pub(super) fn purpose(&self, user: &str) -> Option<&str> {
        self.purposes.get(user).map(String::as_str)
    }

    /// The number of the last change.
    pub(super) fn now(&self) -> u64 {
        self.changes
    }

    pub(super) fn object(&self, kind: Kind, id: &str, select: &BTreeSet<String>) -> Option<Value> {
        let thing = self.things.get(id).filter(|thing| thing.kind == kind)?;
        match &thing.state {
            State::There(properties) => Some(Value::Object(selected(id, properties, select))),
            State::Removed(_) => None,
        }
    }

    pub(super) fn members(&self, group: &str) -> Vec<&str> {
        let thing = self.things.get(group);
        let members = thing.into_iter().flat_map(|thing| &thing.members);
        members
            .filter(|(_, (is_in, _))| *is_in)
            .map(|(id, _)| id.as_str())
            .collect()
    }

    /// What there is (`since` is `None`), or what changed since. The members of a group come in parts, each with the
    /// group around it.
    pub(super) fn list(
        &self,
        kind: Kind,
        since: Option<u64>,
        select: &BTreeSet<String>,
    ) -> Vec<Value> {
        let mut list = Vec::new();
        let mut rest = Vec::new();
        for (id, thing) in &self.things {
            let is_new = since.is_none_or(|since| thing.changed > since);
            if thing.kind != kind || !is_new {
                continue;
            }
            match &thing.state {
                State::There(properties) => {
                    let own = selected(id, properties, select);
                    let mut parts = with_members(own, thing, since, select).into_iter();
                    list.extend(parts.next());
                    rest.extend(parts);
                }
                State::Removed(_) if since.is_none() => {}
                State::Removed(reason) => {
                    list.push(json!({"id": id, "@removed": {"reason": reason.word()}}));
                }
            }
        }
        list.extend(rest);
        list
    }
}

fn selected(
    id: &str,
    properties: &Map<String, Value>,
    select: &BTreeSet<String>,
) -> Map<String, Value> {
    let chosen = properties.iter();
    let chosen = chosen.filter(|(name, _)| select.contains(*name));
    let mut own: Map<String, Value> = chosen
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    own.insert("id".to_owned(), Value::from(id));
    own
}

fn with_members(
    own: Map<String, Value>,
    thing: &Thing,
    since: Option<u64>,
    select: &BTreeSet<String>,
) -> Vec<Value> {
    if thing.kind != Kind::Group || !select.contains("members") {
        return vec![Value::Object(own)];
    }
    let since_ever = since.unwrap_or(0);
    let changes = thing.members.iter().filter(|(_, (is_in, changed))| {
        let is_new = *changed > since_ever;
        is_new && (*is_in || since.is_some())
    });
    let changes: Vec<Value> = changes.map(|(id, (is_in, _))| member(id, *is_in)).collect();
    if changes.is_empty() {
        return vec![Value::Object(own)];
    }
    let parts = changes.chunks(MEMBERS_TOGETHER).map(|part| {
        let mut own = own.clone();
        own.insert("members@delta".to_owned(), Value::from(part.to_vec()));
        Value::Object(own)
    });
    parts.collect()
}

fn member(id: &str, is_in: bool) -> Value {
    match is_in {
        true => json!({"@odata.type": "#microsoft.graph.user", "id": id}),
        false => json!({
            "@odata.type": "#microsoft.graph.user", "id": id, "@removed": {"reason": "deleted"},
        }),
    }
}

impl Reason {
    fn word(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Deleted => "deleted",
        }
    }
}

/// Members of a group in one answer.
const MEMBERS_TOGETHER: usize = 20;

const USER: &[&str] = &[
    "accountEnabled",
    "assignedPlans",
    "companyName",
    "createdDateTime",
    "deletedDateTime",
    "department",
    "displayName",
    "employeeId",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mailNickname",
    "onPremisesDistinguishedName",
    "onPremisesDomainName",
    "onPremisesExtensionAttributes",
    "onPremisesImmutableId",
    "onPremisesSamAccountName",
    "onPremisesSyncEnabled",
    "otherMails",
    "proxyAddresses",
    "showInAddressList",
    "surname",
    "usageLocation",
    "userPrincipalName",
    "userType",
];

const GROUP: &[&str] = &[
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

const CONTACT: &[&str] = &[
    "addresses",
    "companyName",
    "department",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mailNickname",
    "onPremisesLastSyncDateTime",
    "onPremisesSyncEnabled",
    "phones",
    "proxyAddresses",
    "surname",
];
