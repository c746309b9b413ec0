//! The bounds for clients, as far as one makes another idle.

use crate::code::Code;
use crate::config::fault::Fault;
use crate::config::key_path::KeyPath;
use crate::config::reading::Reading;
use crate::config::{Config, EarlyTalkers};

pub(super) fn check(config: &Config, reading: &mut Reading) {
    let limits = &config.limits;
    let path = KeyPath::of("limits").key("greeting_delay");
    let is_idle = limits.early_talkers == EarlyTalkers::Allow && !limits.greeting_delay.is_zero();
    if is_idle && reading.sound(&path) {
        let fault = Fault::new(
            Code::WITHOUT_EFFECT,
            format!("`{path}` is not waited for: early_talkers allows everybody to speak"),
        );
        reading.warn(
            &path,
            fault.note("set early_talkers = \"refuse\", or remove it"),
        );
    }
}
