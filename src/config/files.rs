//! The files that the configuration names: present, readable, and what they should be.
use super::Config;
use super::reading::Reading;
use std::time::SystemTime;
pub(super) fn check(_config: &Config, _reading: &mut Reading, _now: SystemTime) {}
