//! Numbers of named properties (MS-OXPROPS §2), each with its set.

use crate::guid::Guid;

/// A property set and a number in it.
type Lid = (Guid, u32);

macro_rules! lids {
    ($($set:ident { $($constant:ident = $lid:literal;)+ })+) => {
        $($(pub(super) const $constant: Lid = (Guid::$set, $lid);)+)+
    };
}

lids! {
    APPOINTMENT {
        APPOINTMENT_SEQUENCE = 0x8201;
        BUSY_STATUS = 0x8205;
        LOCATION = 0x8208;
        START_WHOLE = 0x820D;
        END_WHOLE = 0x820E;
        SUB_TYPE = 0x8215;
        APPOINTMENT_RECUR = 0x8216;
        INTENDED_BUSY_STATUS = 0x8224;
        EXCEPTION_REPLACE_TIME = 0x8228;
        TIME_ZONE_STRUCT = 0x8233;
        TIME_ZONE_DESCRIPTION = 0x8234;
        PROPOSED_START_WHOLE = 0x8250;
        PROPOSED_END_WHOLE = 0x8251;
        COUNTER_PROPOSAL = 0x8257;
        TIME_ZONE_START_DISPLAY = 0x825E;
        TIME_ZONE_RECUR = 0x8260;
    }
    MEETING {
        ATTENDEE_CRITICAL_CHANGE = 0x01;
        GLOBAL_OBJECT_ID = 0x03;
        START_RECURRENCE_TIME = 0x0E;
        OWNER_CRITICAL_CHANGE = 0x1A;
        CLEAN_GLOBAL_OBJECT_ID = 0x23;
    }
    COMMON {
        REMINDER_DELTA = 0x8501;
        REMINDER_TIME = 0x8502;
        REMINDER_SET = 0x8503;
        TASK_GLOBAL_ID = 0x8519;
    }
    TASK {
        TASK_STATUS = 0x8101;
        PERCENT_COMPLETE = 0x8102;
        TASK_START_DATE = 0x8104;
        TASK_DUE_DATE = 0x8105;
        TASK_DATE_COMPLETED = 0x810F;
        TASK_VERSION = 0x8112;
        TASK_RECURRENCE = 0x8116;
        TASK_COMPLETE = 0x811C;
    }
    ADDRESS {
        WEB_PAGE = 0x802B;
        WORK_STREET = 0x8045;
        WORK_CITY = 0x8046;
        WORK_STATE = 0x8047;
        WORK_POSTAL_CODE = 0x8048;
        WORK_COUNTRY = 0x8049;
        WORK_POST_OFFICE_BOX = 0x804A;
        GROUP_NAME = 0x8053;
        GROUP_ONE_OFF_MEMBERS = 0x8054;
        GROUP_MEMBERS = 0x8055;
        INSTANT_MESSAGING = 0x8062;
        EMAIL1_TYPE = 0x8082;
        EMAIL1_ADDRESS = 0x8083;
        EMAIL1_ORIGINAL_NAME = 0x8084;
        EMAIL2_TYPE = 0x8092;
        EMAIL2_ADDRESS = 0x8093;
        EMAIL2_ORIGINAL_NAME = 0x8094;
        EMAIL3_TYPE = 0x80A2;
        EMAIL3_ADDRESS = 0x80A3;
        EMAIL3_ORIGINAL_NAME = 0x80A4;
    }
}

/// PidNameKeywords, the categories.
pub(super) const KEYWORDS: (Guid, &str) = (Guid::PUBLIC_STRINGS, "Keywords");
