//! Properties by number, and their fates.

use tnef_decoder::{named_id, property_id as id};

use super::{Fate, Telling};
use crate::compose::marks::REPLY_TIME;
use crate::report::Reason;

/// Of a message; `None`: what it holds decides.
pub(super) fn of_message(number: u16, telling: Telling) -> Option<Fate> {
    if MAPPED.contains(&number) {
        return Some(Fate::Mapped);
    }
    if REPEATED.contains(&number) {
        return Some(Fate::Dropped(Reason::Repeated));
    }
    if TRANSPORT.contains(&number) {
        return Some(Fate::Dropped(Reason::Transport));
    }
    let is_told = match telling {
        Telling::Meeting => MEETING.contains(&number),
        Telling::Report => REPORT.contains(&number),
        Telling::Contact => (0x3A00..0x3B00).contains(&number) || number == id::COMMENT,
        Telling::Task | Telling::Mail => false,
    };
    if is_told {
        return Some(Fate::Mapped);
    }
    let is_technical = TECHNICAL.contains(&number);
    is_technical.then_some(Fate::Dropped(Reason::Technical))
}

/// Of an attachment.
pub(super) fn of_attachment(number: u16) -> Option<Fate> {
    match number {
        id::ATTACH_DATA
        | id::ATTACH_FILENAME
        | id::ATTACH_LONG_FILENAME
        | id::ATTACH_METHOD
        | id::ATTACH_MIME_TAG
        | id::ATTACH_CONTENT_ID
        | id::ATTACH_CONTENT_LOCATION
        | id::ATTACH_PATHNAME
        | id::ATTACH_LONG_PATHNAME
        | id::ATTACH_ENCODING
        | id::ATTACHMENT_HIDDEN
        | id::ATTACHMENT_CONTACT_PHOTO
        | id::RENDERING_POSITION => Some(Fate::Mapped),
        id::ATTACH_EXTENSION
        | id::ATTACH_TRANSPORT_NAME
        | id::DISPLAY_NAME
        | id::ATTACH_RENDERING => Some(Fate::Dropped(Reason::Repeated)),
        id::ATTACH_CONTENT_BASE
        | id::ATTACH_PAYLOAD_CLASS
        | id::ATTACH_PAYLOAD_PROVIDER_GUID
        | id::ATTACH_ADDITIONAL_INFORMATION
        | id::LANGUAGE
        | id::CREATOR_NAME
        | id::LAST_MODIFIER_NAME => Some(Fate::Dropped(Reason::Technical)),
        _ => None,
    }
}

/// Of the property set that all items share.
pub(super) fn of_common(lid: u32) -> Option<Fate> {
    let is = |known: &[(tnef_decoder::Guid, u32)]| known.iter().any(|(_, one)| *one == lid);
    if is(&[
        named_id::VERB_STREAM,
        named_id::VERB_RESPONSE,
        named_id::FLAG_REQUEST,
        named_id::COMMON_END,
        named_id::REMINDER_DELTA,
        named_id::REMINDER_SET,
        named_id::REMINDER_TIME,
        named_id::TASK_GLOBAL_ID,
    ]) {
        return Some(Fate::Mapped);
    }
    is(&[
        named_id::INTERNET_ACCOUNT_NAME,
        named_id::INTERNET_ACCOUNT_STAMP,
        named_id::TO_DO_SUB_ORDINAL,
        named_id::TO_DO_TITLE,
        OUTLOOK_VERSION,
        VALID_FLAG_STRING_PROOF,
    ])
    .then_some(Fate::Dropped(Reason::Technical))
}

/// Told by the header, the bodies, or the header around the stream.
const MAPPED: &[u16] = &[
    id::IMPORTANCE,
    id::MESSAGE_CLASS,
    id::SENSITIVITY,
    id::SUBJECT,
    id::BODY,
    id::RTF_COMPRESSED,
    id::HTML,
    id::CLIENT_SUBMIT_TIME,
    id::INTERNET_MESSAGE_ID,
    id::INTERNET_REFERENCES,
    id::IN_REPLY_TO_ID,
    id::SENDER_NAME,
    id::SENDER_EMAIL_ADDRESS,
    id::SENDER_SMTP_ADDRESS,
    id::SENT_REPRESENTING_NAME,
    id::SENT_REPRESENTING_EMAIL_ADDRESS,
    id::SENT_REPRESENTING_SMTP_ADDRESS,
    id::INTERNET_CODEPAGE,
    id::MESSAGE_CODEPAGE,
    id::TNEF_CORRELATION_KEY,
    id::FLAG_STATUS,
    REPLY_TIME,
];

/// Another property that is mapped says the same.
const REPEATED: &[u16] = &[
    id::SUBJECT_PREFIX,
    id::NORMALIZED_SUBJECT,
    id::CONVERSATION_TOPIC,
    id::PRIORITY,
    id::DISPLAY_TO,
    id::DISPLAY_CC,
    id::DISPLAY_BCC,
    id::SENDER_ADDRESS_TYPE,
    id::SENDER_SEARCH_KEY,
    id::SENT_REPRESENTING_ADDRESS_TYPE,
    id::SENT_REPRESENTING_SEARCH_KEY,
    id::RTF_IN_SYNC,
    id::NATIVE_BODY,
    id::HAS_ATTACHMENTS,
    id::START_DATE,
    id::END_DATE,
    id::ORIGINAL_SENSITIVITY,
    id::ORIGINAL_SUBJECT,
    PREVIEW,
];

/// Said by the header around the stream, for those whom it concerns.
const TRANSPORT: &[u16] = &[
    id::TRANSPORT_MESSAGE_HEADERS,
    id::READ_RECEIPT_REQUESTED,
    id::ORIGINATOR_DELIVERY_REPORT_REQUESTED,
    id::NON_RECEIPT_NOTIFICATION_REQUESTED,
    id::RECEIVED_BY_NAME,
    id::RECEIVED_BY_ADDRESS_TYPE,
    id::RECEIVED_BY_EMAIL_ADDRESS,
    id::RECEIVED_BY_SMTP_ADDRESS,
    id::RECEIVED_REPRESENTING_NAME,
    id::RECEIVED_REPRESENTING_ADDRESS_TYPE,
    id::RECEIVED_REPRESENTING_EMAIL_ADDRESS,
    id::RECEIVED_REPRESENTING_SMTP_ADDRESS,
    id::REPLY_RECIPIENT_NAMES,
    id::MESSAGE_DELIVERY_TIME,
    id::MESSAGE_SUBMISSION_ID,
    id::LIST_HELP,
    id::LIST_SUBSCRIBE,
    id::LIST_UNSUBSCRIBE,
];

const MEETING: &[u16] = &[
    id::RESPONSE_REQUESTED,
    id::OWNER_APPOINTMENT_ID,
    id::REPLY_REQUESTED,
];

const REPORT: &[u16] = &[
    id::REPORT_TEXT,
    id::REPORT_TIME,
    id::REPORT_NAME,
    id::RECEIPT_TIME,
    id::ORIGINAL_MESSAGE_ID,
    id::ORIGINAL_SUBMIT_TIME,
    id::ORIGINAL_DELIVERY_TIME,
    id::ORIGINAL_DISPLAY_TO,
    id::ORIGINAL_DISPLAY_CC,
    id::ORIGINAL_AUTHOR_NAME,
    id::ORIGINAL_SENDER_NAME,
    id::ORIGINAL_SENDER_ADDRESS_TYPE,
    id::ORIGINAL_SENDER_EMAIL_ADDRESS,
    id::ORIGINAL_MESSAGE_CLASS,
    id::REPORT_DISPOSITION,
    id::REPORT_DISPOSITION_MODE,
    id::REPORT_ORIGINAL_SENDER,
];

/// Texts that no person wrote. What is not text is technical wherever it is not mapped.
const TECHNICAL: &[u16] = &[
    id::BODY_CONTENT_ID,
    id::BODY_CONTENT_LOCATION,
    id::CREATOR_NAME,
    id::LAST_MODIFIER_NAME,
    id::PRIMARY_SEND_ACCOUNT,
    id::DISPLAY_NAME,
    id::ORIGINAL_MESSAGE_CLASS,
    id::ORIGINAL_MESSAGE_ID,
    id::REPORT_NAME,
    id::SEARCH_KEY,
    id::PARENT_KEY,
    id::CONVERSATION_KEY,
    NEXT_SEND_ACCOUNT,
    MESSAGE_TOKEN,
    LAST_MODIFIER_ADDRESS,
    CREATOR_ADDRESS,
    CREATOR_ADDRESS_TYPE,
    LAST_MODIFIER_ADDRESS_TYPE,
    SENDER_SIMPLE_NAME,
    REPRESENTED_SIMPLE_NAME,
    CREATOR_SIMPLE_NAME,
    LAST_MODIFIER_SIMPLE_NAME,
    CREATOR_SMTP_ADDRESS,
    LAST_MODIFIER_SMTP_ADDRESS,
    RTF_SYNC_BODY_TAG,
    CREATOR_FLAGS,
];

/// PidTagNextSendAcct.
const NEXT_SEND_ACCOUNT: u16 = 0x0E29;
/// PidTagMessageToken, which Exchange writes for itself.
const MESSAGE_TOKEN: u16 = 0x0C03;
const CREATOR_ADDRESS_TYPE: u16 = 0x4022;
const CREATOR_ADDRESS: u16 = 0x4023;
const LAST_MODIFIER_ADDRESS_TYPE: u16 = 0x4024;
const LAST_MODIFIER_ADDRESS: u16 = 0x4025;
/// PidTagSenderSimpleDisplayName and its like.
const SENDER_SIMPLE_NAME: u16 = 0x4030;
const REPRESENTED_SIMPLE_NAME: u16 = 0x4031;
const CREATOR_SIMPLE_NAME: u16 = 0x4038;
const LAST_MODIFIER_SIMPLE_NAME: u16 = 0x4039;
const CREATOR_SMTP_ADDRESS: u16 = 0x5D0A;
const LAST_MODIFIER_SMTP_ADDRESS: u16 = 0x5D0B;
/// PidTagRtfSyncBodyTag: how the text begins.
const RTF_SYNC_BODY_TAG: u16 = 0x1008;
/// Which account it was last changed by.
const CREATOR_FLAGS: u16 = 0x5FE5;
/// PidTagPreview: the beginning of the text.
const PREVIEW: u16 = 0x3FD9;
/// PidLidCurrentVersionName.
const OUTLOOK_VERSION: (tnef_decoder::Guid, u32) = (tnef_decoder::Guid::COMMON, 0x8554);
const VALID_FLAG_STRING_PROOF: (tnef_decoder::Guid, u32) = (tnef_decoder::Guid::COMMON, 0x85BF);
