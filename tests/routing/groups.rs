//! What an administrator sees of groups.

use serde_json::Value;
use twinmx::cli::exit::Exit;

use super::Company;
use super::commands::type_in;

const PEOPLE: &str = "\
address,side,routing_address,members
cleo@contoso.com,cloud,cleo.c@contoso.mail.onmicrosoft.com,
nora@contoso.com,notes,,
admin@contoso.com,notes,,
all@contoso.com,notes,,team@contoso.com;nora@contoso.com;ghost@contoso.com
team@contoso.com,notes,,cleo@contoso.com;all@contoso.com
office@contoso.com,notes,,nora@contoso.com;admin@contoso.com
";

/// A company whose groups are expanded, or are their owner's affair.
fn company(expands: bool) -> Company {
    let company = Company::new();
    company.write(PEOPLE);
    let file = company.path("twinmx.toml");
    let mut text = std::fs::read_to_string(&file).expect("a configuration");
    if expands {
        text +=
            "group_expansion = \"gateway\"\n[internet]\nnext_hop = [\"smart.contoso.com:25\"]\n";
    }
    std::fs::write(&file, text).expect("a configuration");
    let said = type_in(&company, "directory sync --force people");
    assert_eq!(said.exit, Exit::Success, "{}{}", said.out, said.err);
    company
}

#[test]
fn route_shows_who_gets_it_and_through_which_group() {
    let company = company(true);
    for from in ["internet", "notes"] {
        let said = type_in(&company, &format!("route all@contoso.com --from {from}"));
        assert_eq!(said.exit, Exit::Success, "{}", said.out);
        for part in [
            "  decision   expand here: 1 to cloud, 1 to notes",
            "  group      all@contoso.com of notes, which is not asked",
            "  member     nora@contoso.com: deliver to notes as <nora@contoso.com>",
            "  left out   ghost@contoso.com: refuse: no directory source knows",
            "  member     cleo@contoso.com through team@contoso.com: deliver to cloud as <cleo.c@",
        ] {
            assert!(said.out.contains(part), "{part}: {}", said.out);
        }
    }
    let said = type_in(&company, "route office@contoso.com");
    let part = "office@contoso.com goes to notes as it is: nobody in it lives on another side";
    assert!(said.out.contains(part), "{}", said.out);
    let said = type_in(&company, "route office@contoso.com --from notes");
    assert_eq!(said.exit, Exit::NoPermission, "{}", said.out);

    let said = type_in(&company, "route all@contoso.com --json");
    let json: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(json[0]["decision"], "expand");
    assert_eq!(
        json[0]["group"]["members"][2]["address"],
        "cleo@contoso.com"
    );
    assert_eq!(
        json[0]["group"]["members"][2]["through"][1],
        "team@contoso.com"
    );
    assert_eq!(json[0]["group"]["stays"], Value::Null);
}

#[test]
fn lookup_shows_the_members() {
    for expands in [true, false] {
        let company = company(expands);
        let said = type_in(&company, "directory lookup team@contoso.com");
        let part = "members: cleo@contoso.com, all@contoso.com";
        assert!(said.out.contains(part), "{}", said.out);
    }
}

#[test]
fn lint_tells_which_groups_do_not_reach_everybody() {
    let check = |expands: bool, expected: &[&str], not: &str| {
        let said = type_in(&company(expands), "directory lint");
        assert_eq!(said.exit, Exit::BadData, "{}{}", said.out, said.err);
        for part in expected {
            assert!(said.out.contains(part), "{part}: {}", said.out);
        }
        assert!(!said.out.contains(not), "{}", said.out);
        assert!(!said.out.contains("office@"), "{}", said.out);
    };
    let mends = "write in [[directory]] `people`: group_expansion = \"gateway\"";
    check(
        false,
        &[
            "people: all@contoso.com: its members live in cloud and notes, and only notes expands it",
            mends,
        ],
        "nobody has the address",
    );
    check(
        true,
        &[
            "people: all@contoso.com: nobody has the address of ghost@contoso.com",
            "people: all@contoso.com: a group is within itself",
        ],
        mends,
    );
}
