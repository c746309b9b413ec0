//! What kind of item a message is (MS-OXTNEF §2.1.3.3.5).

use std::borrow::Cow;

/// The class that `written` stands for: names from before MAPI become those of today.
pub fn normalize(written: Cow<'_, str>) -> Cow<'_, str> {
    let is_it = |(legacy, _): &&(&str, &str)| written.eq_ignore_ascii_case(legacy);
    match LEGACY.iter().find(is_it) {
        Some((_, today)) => Cow::Borrowed(today),
        None => written,
    }
}

/// What is assumed where nothing is said.
pub(crate) const NOTE: &str = "IPM.Note";

const LEGACY: &[(&str, &str)] = &[
    ("IPM.Microsoft Mail.Note", NOTE),
    ("IPM.Microsoft Mail.Read Receipt", "REPORT.IPM.Note.IPNRN"),
    ("IPM.Microsoft Mail.Non-Delivery", "REPORT.IPM.Note.NDR"),
    (
        "IPM.Microsoft Schedule.MtgReq",
        "IPM.Schedule.Meeting.Request",
    ),
    (
        "IPM.Microsoft Schedule.MtgRespP",
        "IPM.Schedule.Meeting.Resp.Pos",
    ),
    (
        "IPM.Microsoft Schedule.MtgRespN",
        "IPM.Schedule.Meeting.Resp.Neg",
    ),
    (
        "IPM.Microsoft Schedule.MtgRespA",
        "IPM.Schedule.Meeting.Resp.Tent",
    ),
    (
        "IPM.Microsoft Schedule.MtgCncl",
        "IPM.Schedule.Meeting.Canceled",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_before_mapi_are_translated() {
        let check = |written: &str, expected| {
            assert_eq!(normalize(written.into()), expected);
        };
        check("IPM.Microsoft Mail.Note", "IPM.Note");
        check(
            "ipm.microsoft schedule.mtgrespa",
            "IPM.Schedule.Meeting.Resp.Tent",
        );
        check("IPM.Microsoft Mail.Read Receipt", "REPORT.IPM.Note.IPNRN");
        check("IPM.Task", "IPM.Task");
    }
}
