//! The keys of a preset.

/// A part of an entry, filled from one or several attributes: the first that has a value, or all of them together where
/// there may be several values.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Field {
    /// What objects are told apart by; stable when they are renamed.
    Key,
    /// The name by which other objects refer to it.
    Name,
    /// What it is (objectClass).
    Class,
    /// The primary address where `addresses` marks none.
    Mail,
    /// All addresses, with their kinds.
    Addresses,
    /// Its former X.500 name.
    LegacyName,
    /// The name to show.
    Display,
    /// The name it signs in by.
    Login,
    /// The side, by name: where it is given it decides alone.
    Side,
    /// The address its mail is sent on to.
    Target,
    /// The type of recipient.
    RecipientType,
    /// What is known of a remote mailbox.
    RemoteType,
    /// The store or server of its mailbox.
    Mailbox,
    /// The mail system it is set up for.
    MailSystem,
    /// The mail domain it is in (Domino, GroupWise).
    MailDomain,
    /// The host that takes its mail.
    MailHost,
    /// The type of a group.
    GroupType,
    /// Its plans (Microsoft Graph).
    Plans,
    /// What its mailbox is for (Microsoft Graph, mailboxSettings).
    Purpose,
    /// Whether it is a copy of another directory's object.
    Synchronised,
    /// Where it forwards, as an object.
    ForwardObject,
    /// Where it forwards, as an address.
    ForwardAddress,
    /// Whether it keeps a copy of what it forwards.
    KeepsCopy,
    /// A group's members.
    Member,
    /// Its short names, or user ids.
    UserId,
    /// Its full names.
    FullName,
    /// Its first name.
    GivenName,
    /// Its last name.
    Surname,
    /// Its post office.
    PostOffice,
    /// The local part it prefers.
    PreferredId,
    /// The number of the address format it prefers.
    PreferredFormat,
    /// The sum of the address formats that are not taken.
    DisallowedFormats,
    /// Its own Internet domain.
    InternetDomain,
    /// Whether no other Internet domain is taken.
    ExclusiveDomain,
    /// Not shown in address books.
    Hidden,
    /// Shown in address books: the contrary.
    Shown,
    /// Takes mail only from inside.
    InternalOnly,
    /// The bits of its account (userAccountControl).
    AccountControl,
    /// Whether its account is in use.
    Enabled,
    /// Whether it was deleted.
    Deleted,
    /// What the source calls this state of it.
    Version,
}

impl Field {
    /// All of them, with the names they have below `attributes`.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::Key, "key"),
        (Self::Name, "name"),
        (Self::Class, "class"),
        (Self::Mail, "mail"),
        (Self::Addresses, "addresses"),
        (Self::LegacyName, "legacy_name"),
        (Self::Display, "display"),
        (Self::Login, "login"),
        (Self::Side, "side"),
        (Self::Target, "target"),
        (Self::RecipientType, "recipient_type"),
        (Self::RemoteType, "remote_type"),
        (Self::Mailbox, "mailbox"),
        (Self::MailSystem, "mail_system"),
        (Self::MailDomain, "mail_domain"),
        (Self::MailHost, "mail_host"),
        (Self::GroupType, "group_type"),
        (Self::Plans, "plans"),
        (Self::Purpose, "purpose"),
        (Self::Synchronised, "synchronised"),
        (Self::ForwardObject, "forward_object"),
        (Self::ForwardAddress, "forward_address"),
        (Self::KeepsCopy, "keeps_copy"),
        (Self::Member, "member"),
        (Self::UserId, "user_id"),
        (Self::FullName, "full_name"),
        (Self::GivenName, "given_name"),
        (Self::Surname, "surname"),
        (Self::PostOffice, "post_office"),
        (Self::PreferredId, "preferred_id"),
        (Self::PreferredFormat, "preferred_format"),
        (Self::DisallowedFormats, "disallowed_formats"),
        (Self::InternetDomain, "internet_domain"),
        (Self::ExclusiveDomain, "exclusive_domain"),
        (Self::Hidden, "hidden"),
        (Self::Shown, "shown"),
        (Self::InternalOnly, "internal_only"),
        (Self::AccountControl, "account_control"),
        (Self::Enabled, "enabled"),
        (Self::Deleted, "deleted"),
        (Self::Version, "version"),
    ];

    /// Its name below `attributes`.
    pub fn name(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(field, _)| *field == self)
            .map_or("", |(_, name)| name)
    }
}

/// A word or a list of words that a preset's rules turn on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Rule {
    /// The system whose mailboxes this source has.
    Home,
    /// The system that owns this source's groups; without it, `home`.
    Groups,
    /// The system of mail users with a target address in a shared domain.
    ThirdParty,
    /// The system of those that have an address and no sign of a mailbox; without it they are left open.
    WithoutMailbox,
    /// The system of those that moved away without a word where to; without it they are left open.
    MovedAway,
    /// Domains of target addresses that lead to Exchange Online, `*.x` for all under x. Where the configuration names
    /// the cloud's own routing domains, these here are another tenant's.
    CloudDomains,
    /// Mail domains of Domino or GroupWise that stand for another system, as `DOMAIN` or `DOMAIN=system`.
    ForeignDomains,
    /// The names that Domino also takes as local parts: `short-name`, `first-last`.
    NameForms,
    /// Mail hosts and their systems, as `host=system`.
    Hosts,
    /// GroupWise's preferred address format, 0 to 6.
    PreferredFormat,
    /// GroupWise's disallowed address formats, as a sum of 2, 4, 8, 16, 32.
    DisallowedFormats,
    /// What a licence proves: `nothing`, or `mailbox` for accounts that were created in the cloud.
    Licence,
}

impl Rule {
    /// All of them, with their names as keys.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::Home, "home"),
        (Self::Groups, "groups"),
        (Self::ThirdParty, "third_party"),
        (Self::WithoutMailbox, "without_mailbox"),
        (Self::MovedAway, "moved_away"),
        (Self::CloudDomains, "cloud_domains"),
        (Self::ForeignDomains, "foreign_domains"),
        (Self::NameForms, "name_forms"),
        (Self::Hosts, "hosts"),
        (Self::PreferredFormat, "preferred_format"),
        (Self::DisallowedFormats, "disallowed_formats"),
        (Self::Licence, "licence"),
    ];

    /// Its name as a key.
    pub fn name(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(rule, _)| *rule == self)
            .map_or("", |(_, name)| name)
    }
}
