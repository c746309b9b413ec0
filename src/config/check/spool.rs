//! The spool: what is kept needs a way out for reports about it.

use crate::code::Code;
use crate::config::fault::Fault;
use crate::config::key_path::KeyPath;
use crate::config::reading::Reading;
use crate::config::{Config, WhenDown};

pub(super) fn check(config: &Config, reading: &mut Reading) {
    if config.internet.is_some() || !reading.sound(&KeyPath::of("internet")) {
        return;
    }
    let path = KeyPath::of("spool");
    let keeps = [
        ("when_down", config.spool.when_down == WhenDown::Spool),
        ("always", config.spool.always),
    ];
    for (key, _) in keeps.iter().filter(|(_, keeps)| *keeps) {
        let path = path.key(key);
        let fault = Fault::new(
            Code::NO_WAY_OUT,
            format!("`{path}` would keep mail, and reports about it have no way out"),
        );
        reading.refuse(
            &path,
            fault.note(
                "give [internet] a next_hop, or leave the mail with its senders: leave the key out",
            ),
        );
    }
}
