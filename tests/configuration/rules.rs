//! What the sections demand of each other, one rule at a time.

use super::{BASE, codes, right};

/// Adds `text` to a correct file and compares the codes said.
fn check(text: &str, expected: &[&str]) {
    assert_eq!(codes(&format!("{BASE}{text}")), expected, "{text}");
}

const TLS: &str = "[tls]\ncertificate = \"mx.pem\"\nprivate_key = \"mx.key\"\n";
const TENANT: &str = "00000000-0000-0000-0000-000000000000";

#[test]
fn the_base_is_right() {
    check("", &[]);
}

#[test]
fn names_and_addresses_are_used_once() {
    check(
        "[[listener]]\nname = \"mx\"\naddress = \"[::]:2525\"",
        &["TWX-0110"],
    );
    check(
        "[[listener]]\nname = \"in\"\naddress = \"[::]:25\"",
        &["TWX-0110"],
    );
    check("[[listener]]\nname = \"in\"\naddress = \"0.0.0.0:25\"", &[]);
    check(
        "[[directory]]\nname = \"people\"\nkind = \"csv\"\npath = \"more.csv\"",
        &["TWX-0110"],
    );
    // Port 0 is another port each time.
    let free = "[[listener]]\nname = \"a\"\naddress = \"[::1]:0\"\n[[listener]]\nname = \"b\"\naddress = \"[::1]:0\"";
    check(free, &[]);
}

#[test]
fn names_mean_something() {
    check(
        "[internet]\nnext_hop = [\"out.contoso.com\"]\nfrom = [\"notes\"]",
        &[],
    );
    check(
        "[internet]\nnext_hop = [\"out.contoso.com\"]\nfrom = [\"cloud\"]",
        &["TWX-0107"],
    );
    check(
        "[side.notes.accept]\nnetworks = [\"10.0.0.0/8\"]\nlisteners = [\"mx\"]",
        &[],
    );
    check(
        "[side.notes.accept]\nnetworks = [\"10.0.0.0/8\"]\nlisteners = [\"inside\"]",
        &["TWX-0107"],
    );
    let ldif =
        "[[directory]]\nname = \"l\"\nkind = \"ldif\"\npath = \"l.ldif\"\n[directory.attributes]\n";
    check(&format!("{ldif}default_side = \"notes\""), &[]);
    check(&format!("{ldif}default_side = \"cloud\""), &["TWX-0107"]);
    check(
        "[domain.\"fabrikam.com\"]\npostmaster = \"a@fabrikam.com\"\nunknown_recipient = \"side:notes\"",
        &[],
    );
    check(
        "[domain.\"fabrikam.com\"]\npostmaster = \"a@fabrikam.com\"\nunknown_recipient = \"side:x\"",
        &["TWX-0107"],
    );
}

#[test]
fn unknown_recipients_go_only_where_mail_is_taken() {
    let domain = "[domain.\"fabrikam.com\"]\npostmaster = \"a@fabrikam.com\"\nunknown_recipient = \"side:printers\"\n";
    let side =
        "[side.printers]\nkind = \"smtp\"\n[side.printers.accept]\nnetworks = [\"192.0.2.0/24\"]\n";
    check(&format!("{domain}{side}"), &["TWX-0121"]);
}

#[test]
fn exchange_online_is_mutual_tls_or_nothing() {
    let cloud = "[side.cloud]\nkind = \"exchange-online\"\nnext_hop = [\"c.mail.protection.outlook.com\"]\n[side.cloud.tls]\n";
    for mode in ["none", "opportunistic", "encrypt", "verify"] {
        check(
            &format!("{TLS}{cloud}mode = \"{mode}\"\nserver_names = []\n"),
            &["TWX-0111"],
        );
    }
    check(&format!("{TLS}{cloud}mode = \"mutual\""), &[]);
    check(&format!("{TLS}{cloud}"), &[]);
}

#[test]
fn mutual_tls_has_a_certificate_to_show() {
    let cloud = "[side.cloud]\nkind = \"exchange-online\"\nnext_hop = [\"c.mail.protection.outlook.com\"]\n";
    let identity = |origin: &str| {
        format!(
            "[[side.cloud.identity]]\norigin = \"{origin}\"\ncertificate = \"c.pem\"\nprivate_key = \"c.key\"\n"
        )
    };
    check(cloud, &["TWX-0112"]);
    check(&format!("{TLS}{cloud}"), &[]);
    check(&format!("{cloud}{}", identity("any")), &[]);
    check(&format!("{cloud}{}", identity("sides")), &["TWX-0112"]);
    check(
        &format!("{cloud}{}{}", identity("sides"), identity("internet")),
        &[],
    );
    check(
        "[internet]\nnext_hop = [\"out.contoso.com\"]\ntls.mode = \"mutual\"",
        &["TWX-0112"],
    );
}

#[test]
fn a_verified_hop_has_a_name() {
    let side =
        |rest: &str| format!("[side.x]\nkind = \"exchange\"\nnext_hop = [\"10.0.0.5:25\"]\n{rest}");
    check(&side(""), &["TWX-0113"]);
    check(&side("tls.server_names = [\"mail.contoso.com\"]"), &[]);
    check(&side("tls.mode = \"encrypt\""), &[]);
    check(
        "[side.x]\nkind = \"exchange\"\nnext_hop = [\"mail.contoso.com\"]",
        &[],
    );
}

#[test]
fn a_hop_that_is_looked_up_is_verified_by_the_name_that_was_written() {
    let side = |hop: &str| format!("[side.x]\nkind = \"exchange\"\nnext_hop = [\"{hop}\"]\n");
    check(&side("mx:contoso.net"), &[]);
    check(&side("mx:contoso.net:2525"), &[]);
    check(&side("mx:mx.contoso.com"), &["TWX-0129"]); // our own name
    check(&side("mx"), &["TWX-0106"]);
    check(&side("mx:25"), &["TWX-0106"]);
    check(&side("mx:10.0.0.5"), &["TWX-0106"]);
    let internet = |hops: &str, rest: &str| format!("[internet]\nnext_hop = [{hops}]\n{rest}");
    check(&internet("\"mx\"", ""), &[]);
    check(&internet("\"mx:2525\"", ""), &[]);
    check(
        &internet("\"mx:relay.contoso.net\", \"b.contoso.net\"", ""),
        &[],
    );
    check(&internet("\"mx:mx.contoso.com\"", ""), &["TWX-0129"]);
    for mixed in [
        "\"mx\", \"b.contoso.net\"",
        "\"b.contoso.net\", \"mx\"",
        "\"mx\", \"mx\"",
    ] {
        check(&internet(mixed, ""), &["TWX-0106"]);
    }
    let verified = "tls.mode = \"verify\"\n";
    check(&internet("\"mx\"", verified), &["TWX-0113"]);
    check(&internet("\"mx:relay.contoso.net\"", verified), &[]);
    let named = format!("{verified}tls.server_names = [\"*.contoso.net\"]\n");
    check(&internet("\"mx\"", &named), &[]);
}

#[test]
fn name_servers_are_addresses() {
    let servers = |text: &str| format!("[dns]\nservers = [{text}]\n");
    check(&servers("\"192.0.2.53\", \"[2001:db8::53]:5353\""), &[]);
    check(&servers("\"ns.contoso.com\""), &["TWX-0106"]);
    check(&servers(&["\"192.0.2.53\""; 8].join(", ")), &[]);
    check(&servers(&["\"192.0.2.53\""; 9].join(", ")), &["TWX-0108"]);
    check("[dns]\nspecial_networks = [\"127.0.0.0/8\"]\n", &[]);
}

#[test]
fn what_is_never_looked_at_is_said() {
    for mode in ["none", "opportunistic", "encrypt"] {
        check(
            &format!("[side.notes.tls]\nmode = \"{mode}\"\nserver_names = [\"a.b\"]"),
            &["TWX-0130"],
        );
        check(
            &format!("[side.notes.tls]\nmode = \"{mode}\"\ntrust_roots = \"ca.pem\""),
            &["TWX-0130"],
        );
        check(
            &format!("[side.notes.tls]\nmode = \"{mode}\"\ncrl = \"ca.crl\""),
            &["TWX-0130"],
        );
    }
    check(
        "[side.notes.tls]\nmode = \"verify\"\nserver_names = [\"a.b\"]\ntrust_roots = \"ca.pem\"\ncrl = \"ca.crl\"",
        &[],
    );
    check(
        "[limits]\nearly_talkers = \"allow\"\ngreeting_delay = \"1s\"",
        &["TWX-0130"],
    );
    check("[limits]\nearly_talkers = \"allow\"", &[]);
    check("[limits]\ngreeting_delay = \"1s\"", &[]);
    let accept = "[side.notes.accept]\nnetworks = [\"10.0.0.0/8\"]\n";
    check(
        &format!("{accept}tenant_id = \"{TENANT}\"\nclient_ca = \"ca.pem\"\ncrl = \"ca.crl\""),
        &["TWX-0130"; 3],
    );
}

#[test]
fn a_network_speaks_for_one_side() {
    let two = |first: &str, second: &str| {
        format!(
            "[side.notes.accept]\nnetworks = [{first}]\n[side.x]\nkind = \"smtp\"\n[side.x.accept]\nnetworks = [{second}]\n"
        )
    };
    check(&two("\"10.0.0.0/8\"", "\"10.20.0.0/16\""), &["TWX-0114"]);
    check(&two("\"10.20.0.0/16\"", "\"10.0.0.0/8\""), &["TWX-0114"]);
    check(&two("\"10.20.0.5\"", "\"10.20.0.5\""), &["TWX-0114"]);
    check(&two("\"10.20.0.0/16\"", "\"10.21.0.0/16\""), &[]);
    check(
        &two("\"2001:db8::/32\"", "\"2001:db8:1::/48\""),
        &["TWX-0114"],
    );
    check(&two("\"10.0.0.0/8\"", "\"::/0\""), &[]);
}

#[test]
fn proofs_on_different_listeners_are_not_confused() {
    let text = |second: &str| {
        format!(
            "[[listener]]\nname = \"inside\"\naddress = \"[::]:2525\"\n\
             [side.notes.accept]\nnetworks = [\"10.0.0.0/8\"]\nlisteners = [\"mx\"]\n\
             [side.x]\nkind = \"smtp\"\n[side.x.accept]\nnetworks = [\"10.0.0.0/8\"]\n{second}"
        )
    };
    check(&text("listeners = [\"inside\"]"), &[]);
    check(&text("listeners = [\"inside\", \"mx\"]"), &["TWX-0114"]);
    check(&text(""), &["TWX-0114"]);
}

#[test]
fn a_certificate_name_speaks_for_one_side() {
    let two = |first: &str, second: &str| {
        format!(
            "{TLS}[side.notes.accept]\n{first}\n[side.x]\nkind = \"smtp\"\n[side.x.accept]\n{second}\n"
        )
    };
    let name = |name: &str| format!("certificate_names = [\"{name}\"]");
    check(&two(&name("a.contoso.com"), &name("b.contoso.com")), &[]);
    check(
        &two(&name("a.contoso.com"), &name("A.contoso.com")),
        &["TWX-0115"],
    );
    check(
        &two(&name("a.contoso.com"), &name("*.contoso.com")),
        &["TWX-0115"],
    );
    check(&two(&name("*.contoso.com"), &name("a.b.contoso.com")), &[]);
    let tenant = |digit: u8| {
        format!(
            "{}\ntenant_id = \"0000000{digit}-0000-0000-0000-000000000000\"",
            name("a.contoso.com")
        )
    };
    check(&two(&tenant(1), &tenant(2)), &[]);
    check(&two(&tenant(1), &tenant(1)), &["TWX-0115"]);
    check(&two(&tenant(1), &name("a.contoso.com")), &["TWX-0115"]);
}

#[test]
fn a_shared_certificate_needs_its_tenant() {
    let accept = |rest: &str| format!("{TLS}[side.notes.accept]\n{rest}");
    for name in [
        "mail.protection.outlook.com",
        "*.mail.protection.outlook.com",
        "eur01.mail.protection.outlook.com",
    ] {
        check(
            &accept(&format!("certificate_names = [\"{name}\"]")),
            &["TWX-0116"],
        );
        check(
            &accept(&format!(
                "certificate_names = [\"{name}\"]\ntenant_id = \"{TENANT}\""
            )),
            &[],
        );
    }
    check(
        &accept("certificate_names = [\"outlook.contoso.com\"]"),
        &[],
    );
}

#[test]
fn a_proof_can_be_given() {
    let accept = |rest: &str| format!("{TLS}[side.notes.accept]\n{rest}");
    check(&accept(""), &["TWX-0117"]);
    check(
        &accept("require = \"all\"\nnetworks = [\"10.0.0.0/8\"]"),
        &["TWX-0117"],
    );
    check(
        &accept("require = \"all\"\ncertificate_names = [\"a.b\"]"),
        &["TWX-0117"],
    );
    check(
        &accept("require = \"all\"\ncertificate_names = [\"a.b\"]\nnetworks = [\"10.0.0.0/8\"]"),
        &[],
    );
    check(
        "[side.notes.accept]\ncertificate_names = [\"a.b\"]",
        &["TWX-0119"],
    );
}

#[test]
fn a_listener_that_demands_a_proof_can_get_one() {
    let listener =
        "[[listener]]\nname = \"inside\"\naddress = \"[::]:2525\"\nrequire_proof = true\n";
    let accept =
        |rest: &str| format!("{listener}[side.notes.accept]\nnetworks = [\"10.0.0.0/8\"]\n{rest}");
    check(listener, &["TWX-0118"]);
    check(&accept(""), &[]);
    check(&accept("listeners = [\"inside\"]"), &[]);
    check(&accept("listeners = [\"mx\"]"), &["TWX-0118"]);
}

#[test]
fn a_side_takes_mail_or_sends_it() {
    check("[side.x]\nkind = \"smtp\"", &["TWX-0120"]);
    check(
        "[side.x]\nkind = \"smtp\"\naccept.networks = [\"10.0.0.0/8\"]",
        &[],
    );
    check(
        "[side.x]\nkind = \"smtp\"\nrouting_domains = [\"x.contoso.com\"]\naccept.networks = [\"10.0.0.0/8\"]",
        &["TWX-0130"],
    );
}

#[test]
fn a_domain_has_one_meaning_and_a_postmaster() {
    let side = |domain: &str| {
        format!(
            "[side.x]\nkind = \"smtp\"\nnext_hop = [\"a.b\"]\nrouting_domains = [\"{domain}\"]\n"
        )
    };
    check(&side("x.contoso.com"), &[]);
    check(&side("Contoso.com"), &["TWX-0123"]);
    check(
        &format!(
            "{}[side.y]\nkind = \"smtp\"\nnext_hop = [\"a.b\"]\nrouting_domains = [\"x.contoso.com\"]",
            side("x.contoso.com")
        ),
        &["TWX-0123"],
    );
    check(
        "[domain.\"Contoso.COM\"]\npostmaster = \"a@contoso.com\"",
        &["TWX-0123"],
    );
    check("[domain.\"fabrikam.com\"]", &["TWX-0132"]);
    check(
        "[domain.\"fabrikam.com\"]\npostmaster = \"a@contoso.com\"",
        &[],
    );
    check(
        "[domain.\"fabrikam.com\"]\npostmaster = \"a@elsewhere.example\"",
        &["TWX-0122"],
    );
}

#[test]
fn without_a_source_nobody_is_known() {
    let (before, _) = BASE.split_once("[[directory]]").expect("the base has one");
    assert_eq!(codes(before), ["TWX-0131"]);
    let guessed = before.replace(
        "postmaster",
        "unknown_recipient = \"side:notes\"\npostmaster",
    );
    assert_eq!(codes(&guessed), [""; 0]);
}

#[test]
fn one_slip_gives_one_complaint() {
    // Each of these would make other rules complain if they reasoned from what stands in for the refused value.
    check(
        "[side.x]\nkind = \"smtp\"\nnext_hop = [\"a b\"]",
        &["TWX-0106"],
    );
    check(
        "[side.x]\nkind = \"smtp\"\naccept.networks = [\"10\"]",
        &["TWX-0106"],
    );
    check(
        "[tls]\ncertificat = \"a\"\nprivate_key = \"b\"\n[side.notes.accept]\ncertificate_names = [\"a.b\"]",
        &["TWX-0103"],
    );
    check("[internet]\nnexthop = [\"a.b\"]", &["TWX-0103"]);
    check(
        "[[listener]]\nname = \"\"\naddress = \"[::]:26\"",
        &["TWX-0106"],
    );
}

#[test]
fn defaults_follow_the_kind() {
    use twinmx::config::{Eku, NamePattern, RecipientForm, TlsMode, Tnef, VCard};
    let side = |kind: &str| {
        let text = format!(
            "{BASE}{TLS}[side.x]\nkind = \"{kind}\"\nnext_hop = [\"mail.example.com\"]\n[side.x.accept]\nnetworks = [\"10.0.0.0/8\"]"
        );
        right(&text)
            .config
            .sides
            .into_iter()
            .find(|side| side.name == "x")
            .expect("was read")
    };
    for (kind, mode, recipient, eku, plus) in [
        (
            "exchange-online",
            TlsMode::Mutual,
            RecipientForm::RoutingAddress,
            Eku::Either,
            true,
        ),
        (
            "exchange",
            TlsMode::Verify,
            RecipientForm::AsGiven,
            Eku::Client,
            false,
        ),
        (
            "domino",
            TlsMode::Opportunistic,
            RecipientForm::AsGiven,
            Eku::Client,
            false,
        ),
        (
            "groupwise",
            TlsMode::Opportunistic,
            RecipientForm::AsGiven,
            Eku::Client,
            false,
        ),
        (
            "smtp",
            TlsMode::Opportunistic,
            RecipientForm::AsGiven,
            Eku::Client,
            true,
        ),
    ] {
        let side = side(kind);
        assert_eq!(side.tls.mode, mode, "{kind}");
        assert_eq!(side.recipient, recipient, "{kind}");
        assert_eq!(
            side.accept.as_ref().map(|accept| accept.eku),
            Some(eku),
            "{kind}"
        );
        assert_eq!(side.kind.knows_plus_tags(), plus, "{kind}");
        assert_eq!(
            (side.max_connections, side.recipients_per_transaction),
            (20, 100),
            "{kind}"
        );
        let tnef = match kind {
            "exchange-online" | "exchange" => Tnef::Keep,
            _ => Tnef::Convert,
        };
        assert_eq!(side.format.tnef, tnef, "{kind}");
        assert_eq!(side.format.vcard, VCard::V4, "{kind}");
    }
    let cloud = "mail.protection.outlook.com".to_owned();
    assert_eq!(
        side("exchange-online").tls.server_names,
        [
            NamePattern::Exact(cloud.clone()),
            NamePattern::OneLabelUnder(cloud)
        ]
    );
    assert_eq!(side("exchange").tls.server_names, []);
}

#[test]
fn a_mail_filter_is_no_side_and_speaks_under_a_name_of_its_own() {
    let side = "[side.x]\nkind = \"smtp\"\n[side.x.accept]\n";
    let both = |of_side: &str, of_filter: &str| {
        format!("{TLS}{side}{of_side}\n[upstream.filter]\n{of_filter}\n")
    };
    check("[upstream.filter]\nnetworks = [\"192.0.2.0/24\"]", &[]);
    check("[upstream.filter]", &["TWX-0117"]);
    check(
        "[upstream.filter]\nnetworks = [\"192.0.2.0/24\"]\nrequire = \"all\"",
        &["TWX-0117"],
    );
    check(
        "[upstream.filter]\ncertificate_names = [\"out.filter.example\"]",
        &["TWX-0119"],
    );
    check(
        &both(
            "networks = [\"192.0.2.0/25\"]",
            "networks = [\"192.0.2.0/24\"]",
        ),
        &["TWX-0114"],
    );
    check(
        &both(
            "networks = [\"192.0.2.0/25\"]",
            "networks = [\"192.0.2.128/25\"]",
        ),
        &[],
    );
    check(
        &both(
            "certificate_names = [\"*.filter.example\"]",
            "certificate_names = [\"out.filter.example\"]",
        ),
        &["TWX-0115"],
    );
    check(
        &format!("{TLS}[upstream.filter]\ncertificate_names = [\"mail.protection.outlook.com\"]"),
        &["TWX-0116"],
    );
    check(
        "[upstream.a]\nnetworks = [\"192.0.2.0/24\"]\n[upstream.b]\nnetworks = [\"192.0.2.1\"]",
        &["TWX-0114"],
    );
    let filter = "[upstream.filter]\nnetworks = [\"192.0.2.0/24\"]\n";
    check(&format!("{filter}listeners = [\"mx\"]"), &[]);
    check(&format!("{filter}listeners = [\"inside\"]"), &["TWX-0107"]);
    check(&format!("{filter}trust_results = true"), &["TWX-0170"]);
    check(
        &format!("{filter}trust_results = true\nauthserv_id = \"filter.example\""),
        &[],
    );
    check(
        &format!("{filter}authserv_id = \"MX.contoso.com\""),
        &["TWX-0171"],
    );
    for (hops, codes) in [
        ("0", &["TWX-0108"][..]),
        ("1", &[]),
        ("100", &[]),
        ("101", &["TWX-0108"]),
    ] {
        check(&format!("{filter}received_hops = {hops}"), codes);
    }
}
