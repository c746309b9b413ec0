use super::*;

#[test]
fn no_two_controllers_have_one_address() {
    let addresses: Vec<_> = (0..100).map(|_| address::Address::new().ip()).collect();
    let mut different = addresses.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), addresses.len());
    assert!(
        addresses
            .iter()
            .all(|address| address.is_loopback() && address.octets()[1] >= 128)
    );
}

#[test]
fn of_ten_people_nine_have_an_address() {
    let company = Company::of(20);
    let ldif = company.ldif();
    let lines = |start: &str| ldif.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!(company.with_address(), 18);
    assert_eq!(lines("mail: "), 18);
    assert_eq!(lines("homeMDB: "), 8);
    // And where their mailboxes are.
    assert_eq!(lines("dn: "), 21);
}

#[test]
fn every_account_but_the_administrator_is_made() {
    let ldif = Account::ldif();
    for account in [Account::Reader, Account::Disabled, Account::Locked] {
        assert!(
            ldif.contains(&format!("dn: {}\n", account.dn())),
            "{account:?}"
        );
    }
    assert!(!ldif.contains(&Account::Administrator.dn()));
}
