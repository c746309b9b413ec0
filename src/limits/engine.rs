//! The bounds of the SMTP engine, by the names an operator reads.

use smtp::limits::*;

use super::{Limit, limit};

pub(super) const ALL: &[Limit] = &[
    limit(
        "smtp.command_line",
        COMMAND_LINE_OCTETS_MAX as u64,
        "octets",
    ),
    limit(
        "smtp.mail_parameters",
        MAIL_PARAMETERS_OCTETS_MAX as u64,
        "octets",
    ),
    limit(
        "smtp.rcpt_parameters",
        RCPT_PARAMETERS_OCTETS_MAX as u64,
        "octets",
    ),
    limit(
        "smtp.command_flood",
        COMMAND_FLOOD_OCTETS_MAX as u64,
        "octets",
    ),
    limit("smtp.local_part", LOCAL_PART_OCTETS_MAX as u64, "octets"),
    limit(
        "smtp.encapsulated",
        ENCAPSULATED_OCTETS_MAX as u64,
        "octets",
    ),
    limit("smtp.domain", DOMAIN_OCTETS_MAX as u64, "octets"),
    limit("smtp.label", LABEL_OCTETS_MAX as u64, "octets"),
    limit("smtp.path", PATH_OCTETS_MAX as u64, "octets"),
    limit("smtp.hello_name", HELLO_NAME_OCTETS_MAX as u64, "octets"),
    limit("smtp.envid", ENVID_OCTETS_MAX as u64, "characters"),
    limit("smtp.orcpt", ORCPT_OCTETS_MAX as u64, "characters"),
    limit("smtp.size_digits", SIZE_DIGITS_MAX as u64, "digits"),
    limit("smtp.bad_commands", BAD_COMMANDS_MAX as u64, "commands"),
    limit("smtp.idle_commands", IDLE_COMMANDS_MAX as u64, "commands"),
    limit(
        "smtp.refused_recipients",
        REFUSED_RECIPIENTS_MAX as u64,
        "recipients",
    ),
    limit("smtp.swallowed_margin", SWALLOWED_MARGIN_OCTETS, "octets"),
    limit("smtp.insert", INSERT_OCTETS_MAX as u64, "octets"),
    limit(
        "smtp.reply_line_sent",
        REPLY_LINE_SENT_OCTETS_MAX as u64,
        "octets",
    ),
    limit("smtp.reply_line", REPLY_LINE_OCTETS_MAX as u64, "octets"),
    limit("smtp.reply_lines", REPLY_LINES_MAX as u64, "lines"),
    limit("smtp.reply", REPLY_OCTETS_MAX as u64, "octets"),
    limit(
        "smtp.header_block",
        HEADER_BLOCK_OCTETS_MAX as u64,
        "octets",
    ),
    limit("smtp.trace_line", TRACE_LINE_OCTETS_MAX as u64, "octets"),
    limit("smtp.trace_field", TRACE_FIELD_OCTETS_MAX as u64, "octets"),
];

#[cfg(test)]
mod tests {
    #[test]
    fn no_bound_of_the_engine_is_left_out() {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let listed: Vec<&str> = include_str!("engine.rs").split(|c| !is_name(c)).collect();
        let names = include_str!("../../smtp/src/limits.rs")
            .lines()
            .filter_map(|line| line.strip_prefix("pub const ")?.split_once(':'))
            .map(|(name, _)| name);
        for name in names {
            assert!(listed.contains(&name), "{name} is not listed");
        }
    }
}
