//! Servers that say no, and certificates that are none.

use sources::ldap::{Access, Connection, RootDse, Server};
use sources::{OpenLdap, SourceError, Sweep, TlsTrouble};
use testbed::certificates::{Authority, Certificate, Leaf, Validity};
use testbed::slapd::{Ldif, READER, READER_PASSWORD, SUFFIX, Setup};
use testbed::tls::ClientTls;

use super::slapd::Office;
use crate::scene::{Kept, login, round, sweep};

async fn trouble(access: &Access) -> SourceError {
    Connection::open(access).await.unwrap_err()
}

#[tokio::test]
async fn names_and_passwords_are_checked() {
    let Some(office) = Office::of(5) else { return };
    let mut access = office.access();
    for (dn, password) in [
        (READER, "wrong"),
        ("cn=nobody,dc=contoso,dc=com", READER_PASSWORD),
    ] {
        access.login = Some(login(office.home.path(), dn, password));
        let error = trouble(&access).await;
        assert!(matches!(error, SourceError::Credentials { .. }), "{error}");
        assert!(!error.to_string().contains(password));
    }
    // The next server would refuse it, too, and count the attempts.
    access
        .servers
        .push(Server::parse("ldap://127.0.0.1:1").unwrap());
    let error = trouble(&access).await;
    assert!(matches!(error, SourceError::Credentials { .. }), "{error}");
    access.servers.rotate_left(1);
    let error = trouble(&access).await;
    assert!(matches!(error, SourceError::Credentials { .. }), "{error}");
}

#[tokio::test]
async fn anonymous_readers_see_what_they_may() {
    for anonymous in [true, false] {
        let setup = Setup {
            anonymous,
            ..Setup::default()
        };
        let Some(office) = Office::set_up(&setup, &Ldif::base().people(0..5)) else {
            return;
        };
        let mut access = office.access();
        access.login = None;
        let mut source = OpenLdap::new(access, Office::plan()).unwrap();
        let (_, mut kept) = office.source();
        let read = round(&mut source, &mut kept).await;
        match anonymous {
            true => assert_eq!(read.unwrap().entries, 5),
            false => assert!(matches!(read, Err(SourceError::NoBase { .. }))),
        }
    }
}

#[tokio::test]
async fn a_base_that_is_not_there_is_told() {
    let Some(office) = Office::of(5) else { return };
    for base in [
        "ou=nowhere,dc=contoso,dc=com",
        "dc=fabrikam,dc=com",
        "no name",
    ] {
        let mut plan = Office::plan();
        plan.bases = vec![base.to_owned()];
        let mut source = OpenLdap::new(office.access(), plan).unwrap();
        let (_, mut kept) = office.source();
        let error = round(&mut source, &mut kept).await.unwrap_err();
        let is_told = matches!(
            error,
            SourceError::NoBase { .. } | SourceError::Refused { .. }
        );
        assert!(is_told, "{base}: {error}");
    }
}

#[tokio::test]
async fn a_filter_that_is_none_is_told() {
    let Some(office) = Office::of(5) else { return };
    let mut plan = Office::plan();
    plan.reading.preset.set("filter", &["(mail=*"]).unwrap();
    let mut source = OpenLdap::new(office.access(), plan).unwrap();
    let (_, mut kept) = office.source();
    let error = round(&mut source, &mut kept).await.unwrap_err();
    assert!(matches!(error, SourceError::Setting(_)), "{error}");
}

/// A server with this certificate, and a client that trusts this authority.
fn under_tls(certificate: &Certificate, trusted: &Authority) -> Option<(Office, Access)> {
    let home = tempfile::TempDir::new().unwrap();
    let files = certificate.write_to(home.path(), "slapd").unwrap();
    let setup = Setup {
        certificate: Some(files),
        ..Setup::default()
    };
    let office = Office::set_up(&setup, &Ldif::base().people(0..5))?;
    let mut access = office.access();
    access.servers = vec![Server::parse(&format!("ldaps://{}", office.server.tls())).unwrap()];
    access.server_name = Some("ldap1.contoso.com".to_owned());
    access.tls = Some(ClientTls::trusting([trusted], "ldap1.contoso.com").config());
    Some((office, access))
}

#[tokio::test]
async fn a_good_certificate_is_taken_from_the_first_octet_and_after_start_tls() {
    let authority = Authority::new("Contoso root");
    let certificate = authority.issue(&Leaf::new("ldap1.contoso.com"));
    let Some((office, mut access)) = under_tls(&certificate, &authority) else {
        return;
    };
    assert!(!access.shows_password());
    let RootDse(attributes) = Connection::open(&access)
        .await
        .unwrap()
        .root_dse(&[])
        .await
        .unwrap();
    assert!(
        attributes
            .texts("namingContexts")
            .any(|name| name == SUFFIX)
    );

    access.servers = vec![Server::parse(&format!("ldap://{}", office.server.plain())).unwrap()];
    assert!(access.shows_password());
    access.start_tls = true;
    assert!(!access.shows_password());
    let mut connection = Connection::open(&access).await.unwrap();
    assert!(
        connection
            .root_dse(&[])
            .await
            .unwrap()
            .has_control("1.2.840.113556.1.4.319")
    );
    access.tls = None;
    let error = trouble(&access).await;
    assert!(
        matches!(
            error,
            SourceError::Tls {
                trouble: TlsTrouble::NotSetUp,
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_bad_certificate_is_told_for_what_it_is() {
    let authority = Authority::new("Contoso root");
    let good = Leaf::new("ldap1.contoso.com");
    let expired = authority.issue(&good.clone().valid(Validity::Past));
    let early = authority.issue(&good.clone().valid(Validity::Future));
    let stranger = Authority::new("Nobody").issue(&good);
    let other_name = authority.issue(&Leaf::new("ldap2.contoso.com"));
    let check = async |certificate: &Certificate, is_right: fn(&TlsTrouble) -> bool| {
        let Some((office, mut access)) = under_tls(certificate, &authority) else {
            return;
        };
        for start_tls in [false, true] {
            if start_tls {
                access.start_tls = true;
                access.servers =
                    vec![Server::parse(&format!("ldap://{}", office.server.plain())).unwrap()];
            }
            let error = trouble(&access).await;
            match &error {
                SourceError::Tls { trouble, .. } if is_right(trouble) => {}
                _ => panic!("{error}"),
            }
        }
    };
    check(&expired, |trouble| *trouble == TlsTrouble::Expired).await;
    check(&early, |trouble| *trouble == TlsTrouble::NotValidYet).await;
    check(&stranger, |trouble| *trouble == TlsTrouble::UnknownIssuer).await;
    check(&other_name, |trouble| {
        matches!(trouble, TlsTrouble::OtherName(_))
    })
    .await;
}

#[tokio::test]
async fn a_server_that_refuses_start_tls_is_not_spoken_to_without() {
    let Some(office) = Office::of(5) else { return };
    let authority = Authority::new("Contoso root");
    let mut access = office.access();
    access.start_tls = true;
    access.tls = Some(ClientTls::trusting([&authority], "ldap1.contoso.com").config());
    let error = trouble(&access).await;
    let is_told = matches!(
        &error,
        SourceError::Tls {
            trouble: TlsTrouble::StartRefused(_),
            ..
        }
    );
    assert!(is_told, "{error}");
}

#[tokio::test]
async fn referrals_are_told_and_not_followed() {
    let elsewhere = format!(
        "dn: ou=elsewhere,ou=people,{SUFFIX}\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\n\
         ref: ldap://ldap9.contoso.com/ou=x\n"
    );
    let content = Ldif::base().people(0..5).entry(&elsewhere);
    let Some(office) = Office::set_up(&Setup::default(), &content) else {
        return;
    };
    let mut kept = Kept::new("");
    let mut source = Sweep::new(office.access(), Office::plan()).unwrap();
    let summary = sweep(&mut source, &mut kept).await.unwrap();
    assert_eq!((summary.entries, summary.referrals_total), (5, 1));
    assert!(
        summary.referrals[0].contains("ldap9.contoso.com"),
        "{:?}",
        summary.referrals
    );
    let (mut source, mut kept) = office.source();
    let summary = round(&mut source, &mut kept).await.unwrap();
    assert_eq!((summary.entries, summary.referrals_total), (5, 1));

    let mut plan = Office::plan();
    plan.bases = vec![format!("ou=below,ou=elsewhere,ou=people,{SUFFIX}")];
    let mut source = OpenLdap::new(office.access(), plan).unwrap();
    let mut kept = Kept::new(&source.fingerprint());
    let error = round(&mut source, &mut kept).await.unwrap_err();
    let is_told =
        matches!(&error, SourceError::Referred { to, .. } if to.contains("ldap9.contoso.com"));
    assert!(is_told, "{error}");
}
