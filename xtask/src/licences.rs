//! Every crate we build from comes under a licence we have agreed to.

mod expression;

use serde_json::Value;

use crate::tally::Tally;
use crate::workspace::Workspace;

/// Names of the SPDX list.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

pub(crate) fn check(workspace: &Workspace) -> Tally {
    let packages = workspace.metadata()["packages"].as_array();
    let packages = packages.map_or(&[][..], Vec::as_slice);
    let complaints: Vec<String> = packages.iter().filter_map(complaint).collect();
    for complaint in &complaints {
        println!("{complaint}");
    }
    println!(
        "{} crates, {} not allowed",
        packages.len(),
        complaints.len()
    );
    Tally::check(!packages.is_empty() && complaints.is_empty())
}

fn complaint(package: &Value) -> Option<String> {
    let name = package["name"].as_str().unwrap_or("?");
    let version = package["version"].as_str().unwrap_or("?");
    let Some(licence) = package["license"].as_str() else {
        return Some(format!("{name} {version} names no licence"));
    };
    match expression::holds(licence, |name| ALLOWED.contains(&name)) {
        Ok(true) => None,
        Ok(false) => Some(format!("{name} {version} is under {licence}: not allowed")),
        Err(reason) => Some(format!("{name} {version} is under {licence:?}: {reason}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_crate_that_is_not_allowed_is_named() {
        let check = |package: Value, expected: Option<&str>| {
            assert_eq!(complaint(&package).as_deref(), expected);
        };
        check(
            json!({"name": "a", "version": "1.0.0", "license": "MIT"}),
            None,
        );
        check(
            json!({"name": "b", "version": "1.2.0", "license": "GPL-3.0-only"}),
            Some("b 1.2.0 is under GPL-3.0-only: not allowed"),
        );
        check(
            json!({"name": "c", "version": "0.1.0", "license": null}),
            Some("c 0.1.0 names no licence"),
        );
    }
}
