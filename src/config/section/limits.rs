//! `[limits]`: the bounds that sites differ in.

use super::{Keys, Section};
use crate::config::value::byte_size::ByteSize;
use crate::config::value::duration::Span;
use crate::config::{EarlyTalkers, Limits};

pub(crate) const KEYS: Keys = Keys {
    section: "limits",
    names: &[
        "message_size",
        "recipients",
        "connections_per_client",
        "new_connections_per_client",
        "messages_per_client",
        "recipients_per_client",
        "unknown_per_client",
        "early_talkers",
        "greeting_delay",
        "client_idle",
        "hop_envelope",
        "exempt",
    ],
};

pub(super) fn read(section: &mut Section<'_, '_>) -> Limits {
    // At least what RFC 5321 §4.5.3.1.7 and §4.5.3.1.8 demand of every server.
    let message_size = section.bounded(
        "message_size",
        ByteSize::mib(150),
        ByteSize::kib(64)..=ByteSize::gib(1),
    );
    let recipients: u64 = section.bounded("recipients", 1_000, 100..=50_000);
    Limits {
        message_size: message_size.0,
        recipients: recipients as usize,
        connections_per_client: section.bounded::<u64>("connections_per_client", 50, 1..=100_000)
            as usize,
        new_connections_per_client: section.bounded::<u64>(
            "new_connections_per_client",
            3_000,
            0..=1_000_000,
        ) as u32,
        messages_per_client: section.bounded::<u64>("messages_per_client", 0, 0..=1_000_000) as u32,
        recipients_per_client: section.bounded::<u64>("recipients_per_client", 0, 0..=1_000_000)
            as u32,
        unknown_per_client: section.bounded::<u64>("unknown_per_client", 50, 0..=100_000) as u32,
        early_talkers: section.or("early_talkers", EarlyTalkers::Refuse),
        greeting_delay: section
            .bounded(
                "greeting_delay",
                Span::seconds(0),
                Span::seconds(0)..=Span::seconds(10),
            )
            .0,
        client_idle: section
            .bounded(
                "client_idle",
                Span::minutes(5),
                Span::seconds(1)..=Span::hours(1),
            )
            .0,
        hop_envelope: section
            .bounded(
                "hop_envelope",
                Span::seconds(60),
                Span::seconds(1)..=Span::minutes(5),
            )
            .0,
        exempt: section.list("exempt"),
    }
}
