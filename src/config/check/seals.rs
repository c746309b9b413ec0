//! Seals: whoever wants them says in whose name.

use crate::code::Code;
use crate::config::Config;
use crate::config::fault::Fault;
use crate::config::key_path::KeyPath;
use crate::config::reading::Reading;

pub(super) fn check(config: &Config, reading: &mut Reading) {
    if config.arc.is_some() || !reading.sound(&KeyPath::of("arc")) {
        return;
    }
    for side in config.sides.iter().filter(|side| side.format.arc_seal) {
        let path = KeyPath::of("side")
            .key(&side.name)
            .key("format")
            .key("arc_seal");
        let fault = Fault::new(
            Code::SEAL_WITHOUT_KEY,
            "mail is to be sealed, and there is no key for it",
        )
        .note("add [arc] with domain, selector and private_key");
        reading.refuse(&path, fault);
    }
}
