//! What must stay true of the house: which crate may know what, and the single
//! homes of TLS, replies and events. Sizes are left to judgement.

mod manifest;
mod rfc;
mod rules;
mod source;

use source::Source;

#[test]
fn every_source_keeps_the_rules() {
    let mut broken = Vec::new();
    for source in Source::all() {
        for rule in rules::ALL {
            broken.extend(rule.complaints(&source));
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}
