//! What no single value can tell: whether the sections agree with each other.
//!
//! A check concludes only from values that were read without a fault, so that one slip gives one complaint.

mod clients;
mod domains;
mod groups;
mod hops;
mod listeners;
mod names;
mod proofs;
mod seals;
mod spool;

use super::Config;
use super::reading::Reading;

/// Every check of the text itself.
pub(super) fn all(config: &Config, reading: &mut Reading) {
    listeners::check(config, reading);
    names::check(config, reading);
    domains::check(config, reading);
    groups::check(config, reading);
    hops::check(config, reading);
    proofs::check(config, reading);
    seals::check(config, reading);
    spool::check(config, reading);
    clients::check(config, reading);
}
