//! Any text is either a configuration, which reads the same when it is printed, or a list of faults that can be shown.

#![no_main]

use libfuzzer_sys::fuzz_target;
use twinmx::config::{Config, Effective};

fuzz_target!(|text: &str| {
    match Config::parse(text, "twinmx.toml") {
        Ok(loaded) => {
            let _ = loaded.warnings.to_string();
            let printed = Effective::of(&loaded.config).to_string();
            let again = Config::parse(&printed, "twinmx.toml").expect("what we print is right");
            assert_eq!(again.config, loaded.config, "{printed}");
        }
        Err(faults) => {
            assert!(faults.errors() > 0);
            let _ = faults.to_string();
            for one in faults.iter() {
                let _ = faults.position(one);
            }
        }
    }
});
