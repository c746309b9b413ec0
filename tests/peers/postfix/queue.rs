//! What waits in a queue, as `postqueue -j` lists it.

/// One recipient of a message in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Queued {
    pub(crate) forward_path: String,
    /// Why it was not delivered at the last attempt; empty before the first.
    pub(crate) reason: String,
}

/// Each line is one message.
pub(super) fn parse(listed: &str) -> Vec<Queued> {
    let messages = listed
        .lines()
        .map(|line| serde_json::from_str(line).expect("postqueue -j prints JSON"));
    messages
        .flat_map(|message: serde_json::Value| recipients(&message))
        .collect()
}

fn recipients(message: &serde_json::Value) -> Vec<Queued> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let recipients = message["recipients"].as_array();
    let queued = |recipient: &serde_json::Value| Queued {
        forward_path: text(&recipient["address"]),
        reason: text(&recipient["delay_reason"]),
    };
    recipients.into_iter().flatten().map(queued).collect()
}
