//! Exchange's types of recipients: msExchRecipientTypeDetails as Active Directory stores it, RecipientTypeDetails as
//! PowerShell writes it.

use crate::Kind;

/// One type of recipient.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct RecipientType {
    /// In Active Directory.
    number: u64,
    /// In PowerShell.
    name: &'static str,
    pub(super) kind: Kind,
    pub(super) role: Role,
}

/// What a type says of where the mail goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    /// A mailbox, or a folder, of this organisation.
    Mailbox,
    /// A mailbox in Exchange Online, as the organisation on the company's own servers sees it.
    Remote,
    /// Its target address says.
    Target,
    /// A group.
    Group,
    /// It is not enabled for mail by this type.
    Plain,
    /// A guest of another organisation.
    Guest,
    /// The mail system's own.
    System,
}

impl RecipientType {
    /// From a number of msExchRecipientTypeDetails.
    pub(super) fn of_number(number: u64) -> Option<&'static Self> {
        TYPES.iter().find(|known| known.number == number)
    }

    /// From a name of RecipientTypeDetails, or of RecipientType.
    pub(super) fn of_name(name: &str) -> Option<&'static Self> {
        TYPES
            .iter()
            .find(|known| known.name.eq_ignore_ascii_case(name))
    }
}

const fn of(number: u64, name: &'static str, kind: Kind, role: Role) -> RecipientType {
    RecipientType {
        number,
        name,
        kind,
        role,
    }
}

/// The second one of a number or a name is only known by the other.
const TYPES: &[RecipientType] = &[
    of(1 << 0, "UserMailbox", Kind::User, Role::Mailbox),
    of(1 << 1, "LinkedMailbox", Kind::Linked, Role::Mailbox),
    of(1 << 2, "SharedMailbox", Kind::Shared, Role::Mailbox),
    of(1 << 3, "LegacyMailbox", Kind::User, Role::Mailbox),
    of(1 << 4, "RoomMailbox", Kind::Room, Role::Mailbox),
    of(1 << 5, "EquipmentMailbox", Kind::Equipment, Role::Mailbox),
    of(1 << 6, "MailContact", Kind::Contact, Role::Target),
    of(1 << 7, "MailUser", Kind::MailUser, Role::Target),
    of(
        1 << 8,
        "MailUniversalDistributionGroup",
        Kind::Group,
        Role::Group,
    ),
    of(1 << 9, "MailNonUniversalGroup", Kind::Group, Role::Group),
    of(
        1 << 10,
        "MailUniversalSecurityGroup",
        Kind::Group,
        Role::Group,
    ),
    of(
        1 << 11,
        "DynamicDistributionGroup",
        Kind::DynamicGroup,
        Role::Group,
    ),
    of(1 << 12, "PublicFolder", Kind::PublicFolder, Role::Mailbox),
    of(1 << 13, "SystemAttendantMailbox", Kind::User, Role::System),
    of(1 << 14, "SystemMailbox", Kind::User, Role::System),
    of(1 << 15, "MailForestContact", Kind::Contact, Role::Target),
    of(1 << 16, "User", Kind::User, Role::Plain),
    of(1 << 17, "Contact", Kind::Contact, Role::Plain),
    of(
        1 << 18,
        "UniversalDistributionGroup",
        Kind::Group,
        Role::Group,
    ),
    of(1 << 19, "UniversalSecurityGroup", Kind::Group, Role::Group),
    of(1 << 20, "NonUniversalGroup", Kind::Group, Role::Group),
    of(1 << 21, "DisabledUser", Kind::User, Role::Plain),
    of(1 << 22, "MicrosoftExchange", Kind::User, Role::System),
    of(1 << 23, "ArbitrationMailbox", Kind::Shared, Role::Mailbox),
    of(1 << 24, "MailboxPlan", Kind::User, Role::System),
    of(1 << 25, "LinkedUser", Kind::User, Role::Plain),
    of(1 << 28, "RoomList", Kind::Group, Role::Group),
    of(1 << 29, "DiscoveryMailbox", Kind::Shared, Role::Mailbox),
    of(1 << 30, "RoleGroup", Kind::Group, Role::Group),
    of(1 << 31, "RemoteUserMailbox", Kind::User, Role::Remote),
    of(1 << 32, "Computer", Kind::User, Role::Plain),
    of(1 << 33, "RemoteRoomMailbox", Kind::Room, Role::Remote),
    of(
        1 << 34,
        "RemoteEquipmentMailbox",
        Kind::Equipment,
        Role::Remote,
    ),
    of(1 << 35, "RemoteSharedMailbox", Kind::Shared, Role::Remote),
    of(
        1 << 36,
        "PublicFolderMailbox",
        Kind::PublicFolder,
        Role::Mailbox,
    ),
    of(1 << 37, "TeamMailbox", Kind::Shared, Role::Mailbox),
    of(1 << 38, "RemoteTeamMailbox", Kind::Shared, Role::Remote),
    of(1 << 39, "MonitoringMailbox", Kind::User, Role::System),
    of(1 << 40, "GroupMailbox", Kind::Group, Role::Group),
    of(1 << 41, "LinkedRoomMailbox", Kind::Room, Role::Mailbox),
    of(1 << 42, "AuditLogMailbox", Kind::User, Role::System),
    of(1 << 43, "RemoteGroupMailbox", Kind::Group, Role::Remote),
    of(1 << 44, "SchedulingMailbox", Kind::Shared, Role::Mailbox),
    of(1 << 45, "GuestMailUser", Kind::MailUser, Role::Guest),
    of(1 << 46, "AuxAuditLogMailbox", Kind::User, Role::System),
    of(
        1 << 47,
        "SupervisoryReviewPolicyMailbox",
        Kind::User,
        Role::System,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_known_by_number_and_by_name() {
        let check = |number: u64, name: &str, kind: Kind, role: Role| {
            let expected = of(number, TYPES[0].name, kind, role);
            for found in [
                RecipientType::of_number(number),
                RecipientType::of_name(name),
            ] {
                let found = found.unwrap();
                assert_eq!(
                    (found.number, found.kind, found.role),
                    (expected.number, kind, role),
                    "{name}"
                );
            }
        };
        check(1, "UserMailbox", Kind::User, Role::Mailbox);
        check(128, "mailuser", Kind::MailUser, Role::Target);
        check(
            2048,
            "DynamicDistributionGroup",
            Kind::DynamicGroup,
            Role::Group,
        );
        check(8_388_608, "ArbitrationMailbox", Kind::Shared, Role::Mailbox);
        check(268_435_456, "RoomList", Kind::Group, Role::Group);
        check(2_147_483_648, "RemoteUserMailbox", Kind::User, Role::Remote);
        check(8_589_934_592, "RemoteRoomMailbox", Kind::Room, Role::Remote);
        check(
            17_179_869_184,
            "RemoteEquipmentMailbox",
            Kind::Equipment,
            Role::Remote,
        );
        check(
            34_359_738_368,
            "RemoteSharedMailbox",
            Kind::Shared,
            Role::Remote,
        );
        assert_eq!(RecipientType::of_number(3), None);
        assert_eq!(RecipientType::of_name(""), None);
    }
}
