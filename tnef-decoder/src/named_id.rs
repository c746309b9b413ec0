//! Names of the named properties that matter to mail (MS-OXPROPS §2).

use crate::guid::Guid;

macro_rules! names {
    ($($constant:ident = $set:ident $lid:literal $name:literal;)+) => {
        $(#[doc = $name] pub const $constant: (Guid, u32) = (Guid::$set, $lid);)+

        /// The name in MS-OXPROPS of a number in a property set; `None`: not among these.
        pub const fn name(guid: Guid, lid: u32) -> Option<&'static str> {
            $(if lid == $lid && same(guid, Guid::$set) {
                return Some($name);
            })+
            None
        }
    };
}

names! {
    APPOINTMENT_SEQUENCE = APPOINTMENT 0x8201 "PidLidAppointmentSequence";
    BUSY_STATUS = APPOINTMENT 0x8205 "PidLidBusyStatus";
    APPOINTMENT_AUXILIARY_FLAGS = APPOINTMENT 0x8207 "PidLidAppointmentAuxiliaryFlags";
    LOCATION = APPOINTMENT 0x8208 "PidLidLocation";
    FORWARD_INSTANCE = APPOINTMENT 0x820A "PidLidForwardInstance";
    APPOINTMENT_START_WHOLE = APPOINTMENT 0x820D "PidLidAppointmentStartWhole";
    APPOINTMENT_END_WHOLE = APPOINTMENT 0x820E "PidLidAppointmentEndWhole";
    APPOINTMENT_DURATION = APPOINTMENT 0x8213 "PidLidAppointmentDuration";
    APPOINTMENT_SUB_TYPE = APPOINTMENT 0x8215 "PidLidAppointmentSubType";
    APPOINTMENT_RECUR = APPOINTMENT 0x8216 "PidLidAppointmentRecur";
    APPOINTMENT_STATE_FLAGS = APPOINTMENT 0x8217 "PidLidAppointmentStateFlags";
    RESPONSE_STATUS = APPOINTMENT 0x8218 "PidLidResponseStatus";
    APPOINTMENT_REPLY_TIME = APPOINTMENT 0x8220 "PidLidAppointmentReplyTime";
    RECURRING = APPOINTMENT 0x8223 "PidLidRecurring";
    INTENDED_BUSY_STATUS = APPOINTMENT 0x8224 "PidLidIntendedBusyStatus";
    APPOINTMENT_UPDATE_TIME = APPOINTMENT 0x8226 "PidLidAppointmentUpdateTime";
    EXCEPTION_REPLACE_TIME = APPOINTMENT 0x8228 "PidLidExceptionReplaceTime";
    INVITED = APPOINTMENT 0x8229 "PidLidFInvited";
    APPOINTMENT_REPLY_NAME = APPOINTMENT 0x8230 "PidLidAppointmentReplyName";
    RECURRENCE_TYPE = APPOINTMENT 0x8231 "PidLidRecurrenceType";
    RECURRENCE_PATTERN = APPOINTMENT 0x8232 "PidLidRecurrencePattern";
    TIME_ZONE_STRUCT = APPOINTMENT 0x8233 "PidLidTimeZoneStruct";
    TIME_ZONE_DESCRIPTION = APPOINTMENT 0x8234 "PidLidTimeZoneDescription";
    CLIP_START = APPOINTMENT 0x8235 "PidLidClipStart";
    CLIP_END = APPOINTMENT 0x8236 "PidLidClipEnd";
    ALL_ATTENDEES_STRING = APPOINTMENT 0x8238 "PidLidAllAttendeesString";
    TO_ATTENDEES_STRING = APPOINTMENT 0x823B "PidLidToAttendeesString";
    CC_ATTENDEES_STRING = APPOINTMENT 0x823C "PidLidCcAttendeesString";
    APPOINTMENT_PROPOSED_START_WHOLE = APPOINTMENT 0x8250 "PidLidAppointmentProposedStartWhole";
    APPOINTMENT_PROPOSED_END_WHOLE = APPOINTMENT 0x8251 "PidLidAppointmentProposedEndWhole";
    APPOINTMENT_PROPOSED_DURATION = APPOINTMENT 0x8256 "PidLidAppointmentProposedDuration";
    APPOINTMENT_COUNTER_PROPOSAL = APPOINTMENT 0x8257 "PidLidAppointmentCounterProposal";
    APPOINTMENT_NOT_ALLOW_PROPOSE = APPOINTMENT 0x825A "PidLidAppointmentNotAllowPropose";
    APPOINTMENT_TIME_ZONE_DEFINITION_START_DISPLAY = APPOINTMENT 0x825E "PidLidAppointmentTimeZoneDefinitionStartDisplay";
    APPOINTMENT_TIME_ZONE_DEFINITION_END_DISPLAY = APPOINTMENT 0x825F "PidLidAppointmentTimeZoneDefinitionEndDisplay";
    APPOINTMENT_TIME_ZONE_DEFINITION_RECUR = APPOINTMENT 0x8260 "PidLidAppointmentTimeZoneDefinitionRecur";
    ATTENDEE_CRITICAL_CHANGE = MEETING 0x0001 "PidLidAttendeeCriticalChange";
    WHERE = MEETING 0x0002 "PidLidWhere";
    GLOBAL_OBJECT_ID = MEETING 0x0003 "PidLidGlobalObjectId";
    IS_SILENT = MEETING 0x0004 "PidLidIsSilent";
    IS_RECURRING = MEETING 0x0005 "PidLidIsRecurring";
    REQUIRED_ATTENDEES = MEETING 0x0006 "PidLidRequiredAttendees";
    OPTIONAL_ATTENDEES = MEETING 0x0007 "PidLidOptionalAttendees";
    RESOURCE_ATTENDEES = MEETING 0x0008 "PidLidResourceAttendees";
    IS_EXCEPTION = MEETING 0x000A "PidLidIsException";
    OWNER_CRITICAL_CHANGE = MEETING 0x001A "PidLidOwnerCriticalChange";
    CLEAN_GLOBAL_OBJECT_ID = MEETING 0x0023 "PidLidCleanGlobalObjectId";
    APPOINTMENT_MESSAGE_CLASS = MEETING 0x0024 "PidLidAppointmentMessageClass";
    MEETING_TYPE = MEETING 0x0026 "PidLidMeetingType";
    OLD_LOCATION = MEETING 0x0028 "PidLidOldLocation";
    OLD_WHEN_START_WHOLE = MEETING 0x0029 "PidLidOldWhenStartWhole";
    OLD_WHEN_END_WHOLE = MEETING 0x002A "PidLidOldWhenEndWhole";
    REMINDER_DELTA = COMMON 0x8501 "PidLidReminderDelta";
    REMINDER_TIME = COMMON 0x8502 "PidLidReminderTime";
    REMINDER_SET = COMMON 0x8503 "PidLidReminderSet";
    PRIVATE = COMMON 0x8506 "PidLidPrivate";
    SIDE_EFFECTS = COMMON 0x8510 "PidLidSideEffects";
    SMART_NO_ATTACH = COMMON 0x8514 "PidLidSmartNoAttach";
    COMMON_START = COMMON 0x8516 "PidLidCommonStart";
    COMMON_END = COMMON 0x8517 "PidLidCommonEnd";
    TASK_MODE = COMMON 0x8518 "PidLidTaskMode";
    TASK_GLOBAL_ID = COMMON 0x8519 "PidLidTaskGlobalId";
    VERB_STREAM = COMMON 0x8520 "PidLidVerbStream";
    VERB_RESPONSE = COMMON 0x8524 "PidLidVerbResponse";
    FLAG_REQUEST = COMMON 0x8530 "PidLidFlagRequest";
    BILLING = COMMON 0x8535 "PidLidBilling";
    MILEAGE = COMMON 0x8534 "PidLidMileage";
    COMPANIES = COMMON 0x8539 "PidLidCompanies";
    CONTACTS = COMMON 0x853A "PidLidContacts";
    REMINDER_SIGNAL_TIME = COMMON 0x8560 "PidLidReminderSignalTime";
    INTERNET_ACCOUNT_NAME = COMMON 0x8580 "PidLidInternetAccountName";
    INTERNET_ACCOUNT_STAMP = COMMON 0x8581 "PidLidInternetAccountStamp";
    USE_TNEF = COMMON 0x8582 "PidLidUseTnef";
    TO_DO_ORDINAL_DATE = COMMON 0x85A0 "PidLidToDoOrdinalDate";
    TO_DO_SUB_ORDINAL = COMMON 0x85A1 "PidLidToDoSubOrdinal";
    TO_DO_TITLE = COMMON 0x85A4 "PidLidToDoTitle";
    TASK_STATUS = TASK 0x8101 "PidLidTaskStatus";
    PERCENT_COMPLETE = TASK 0x8102 "PidLidPercentComplete";
    TEAM_TASK = TASK 0x8103 "PidLidTeamTask";
    TASK_START_DATE = TASK 0x8104 "PidLidTaskStartDate";
    TASK_DUE_DATE = TASK 0x8105 "PidLidTaskDueDate";
    TASK_ACCEPTED = TASK 0x8108 "PidLidTaskAccepted";
    TASK_DEAD_OCCURRENCE = TASK 0x8109 "PidLidTaskDeadOccurrence";
    TASK_DATE_COMPLETED = TASK 0x810F "PidLidTaskDateCompleted";
    TASK_ACTUAL_EFFORT = TASK 0x8110 "PidLidTaskActualEffort";
    TASK_ESTIMATED_EFFORT = TASK 0x8111 "PidLidTaskEstimatedEffort";
    TASK_VERSION = TASK 0x8112 "PidLidTaskVersion";
    TASK_STATE = TASK 0x8113 "PidLidTaskState";
    TASK_LAST_UPDATE = TASK 0x8115 "PidLidTaskLastUpdate";
    TASK_RECURRENCE = TASK 0x8116 "PidLidTaskRecurrence";
    TASK_COMPLETE = TASK 0x811C "PidLidTaskComplete";
    TASK_OWNER = TASK 0x811F "PidLidTaskOwner";
    TASK_ASSIGNER = TASK 0x8121 "PidLidTaskAssigner";
    TASK_LAST_USER = TASK 0x8122 "PidLidTaskLastUser";
    TASK_RECURRING = TASK 0x8126 "PidLidTaskFRecurring";
    TASK_ROLE = TASK 0x8127 "PidLidTaskRole";
    TASK_OWNERSHIP = TASK 0x8129 "PidLidTaskOwnership";
    TASK_ACCEPTANCE_STATE = TASK 0x812A "PidLidTaskAcceptanceState";
    FILE_UNDER = ADDRESS 0x8005 "PidLidFileUnder";
    HAS_PICTURE = ADDRESS 0x8015 "PidLidHasPicture";
    HOME_ADDRESS = ADDRESS 0x801A "PidLidHomeAddress";
    WORK_ADDRESS = ADDRESS 0x801B "PidLidWorkAddress";
    OTHER_ADDRESS = ADDRESS 0x801C "PidLidOtherAddress";
    POSTAL_ADDRESS_ID = ADDRESS 0x8022 "PidLidPostalAddressId";
    CONTACT_HTML = ADDRESS 0x802B "PidLidHtml";
    YOMI_FIRST_NAME = ADDRESS 0x802C "PidLidYomiFirstName";
    YOMI_LAST_NAME = ADDRESS 0x802D "PidLidYomiLastName";
    YOMI_COMPANY_NAME = ADDRESS 0x802E "PidLidYomiCompanyName";
    WORK_ADDRESS_STREET = ADDRESS 0x8045 "PidLidWorkAddressStreet";
    WORK_ADDRESS_CITY = ADDRESS 0x8046 "PidLidWorkAddressCity";
    WORK_ADDRESS_STATE = ADDRESS 0x8047 "PidLidWorkAddressState";
    WORK_ADDRESS_POSTAL_CODE = ADDRESS 0x8048 "PidLidWorkAddressPostalCode";
    WORK_ADDRESS_COUNTRY = ADDRESS 0x8049 "PidLidWorkAddressCountry";
    WORK_ADDRESS_POST_OFFICE_BOX = ADDRESS 0x804A "PidLidWorkAddressPostOfficeBox";
    DISTRIBUTION_LIST_NAME = ADDRESS 0x8053 "PidLidDistributionListName";
    DISTRIBUTION_LIST_ONE_OFF_MEMBERS = ADDRESS 0x8054 "PidLidDistributionListOneOffMembers";
    DISTRIBUTION_LIST_MEMBERS = ADDRESS 0x8055 "PidLidDistributionListMembers";
    INSTANT_MESSAGING_ADDRESS = ADDRESS 0x8062 "PidLidInstantMessagingAddress";
    EMAIL1_DISPLAY_NAME = ADDRESS 0x8080 "PidLidEmail1DisplayName";
    EMAIL1_ADDRESS_TYPE = ADDRESS 0x8082 "PidLidEmail1AddressType";
    EMAIL1_EMAIL_ADDRESS = ADDRESS 0x8083 "PidLidEmail1EmailAddress";
    EMAIL1_ORIGINAL_DISPLAY_NAME = ADDRESS 0x8084 "PidLidEmail1OriginalDisplayName";
    EMAIL1_ORIGINAL_ENTRY_ID = ADDRESS 0x8085 "PidLidEmail1OriginalEntryId";
    EMAIL2_DISPLAY_NAME = ADDRESS 0x8090 "PidLidEmail2DisplayName";
    EMAIL2_ADDRESS_TYPE = ADDRESS 0x8092 "PidLidEmail2AddressType";
    EMAIL2_EMAIL_ADDRESS = ADDRESS 0x8093 "PidLidEmail2EmailAddress";
    EMAIL2_ORIGINAL_DISPLAY_NAME = ADDRESS 0x8094 "PidLidEmail2OriginalDisplayName";
    EMAIL2_ORIGINAL_ENTRY_ID = ADDRESS 0x8095 "PidLidEmail2OriginalEntryId";
    EMAIL3_DISPLAY_NAME = ADDRESS 0x80A0 "PidLidEmail3DisplayName";
    EMAIL3_ADDRESS_TYPE = ADDRESS 0x80A2 "PidLidEmail3AddressType";
    EMAIL3_EMAIL_ADDRESS = ADDRESS 0x80A3 "PidLidEmail3EmailAddress";
    EMAIL3_ORIGINAL_DISPLAY_NAME = ADDRESS 0x80A4 "PidLidEmail3OriginalDisplayName";
    EMAIL3_ORIGINAL_ENTRY_ID = ADDRESS 0x80A5 "PidLidEmail3OriginalEntryId";
    FREE_BUSY_LOCATION = ADDRESS 0x80D8 "PidLidFreeBusyLocation";
}

/// Categories are called by a text (PidNameKeywords).
pub const KEYWORDS: (Guid, &str) = (Guid::PUBLIC_STRINGS, "Keywords");

const fn same(one: Guid, other: Guid) -> bool {
    u128::from_le_bytes(one.0) == u128::from_le_bytes(other.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_its_name_in_its_set_alone() {
        assert_eq!(LOCATION, (Guid::APPOINTMENT, 0x8208));
        assert_eq!(name(Guid::APPOINTMENT, 0x8208), Some("PidLidLocation"));
        assert_eq!(name(Guid::TASK, 0x8208), None);
    }
}
