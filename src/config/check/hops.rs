//! Next hops: how each is reached, verified, and shown who we are.

use crate::code::Code;
use crate::config::fault::Fault;
use crate::config::key_path::KeyPath;
use crate::config::reading::Reading;
use crate::config::{
    Config, Hop, HopTls, IdentityOrigin, Internet, Lookup, Side, SideKind, TlsMode,
};

pub(super) fn check(config: &Config, reading: &mut Reading) {
    for side in &config.sides {
        let path = KeyPath::of("side").key(&side.name);
        idle(side, &path, reading);
        ourselves(config, &side.next_hop, &path, reading);
        cloud(side, &path, reading);
        server_names(&side.next_hop, &side.tls, &path, reading);
        identities(config, side, &path, reading);
    }
    if let Some(internet) = &config.internet {
        let path = KeyPath::of("internet");
        server_names(&internet.next_hop, &internet.tls, &path, reading);
        ourselves(config, &internet.next_hop, &path, reading);
        strangers(internet, &path, reading);
        if internet.tls.mode == TlsMode::Mutual
            && config.tls.is_none()
            && reading.sound(&KeyPath::of("tls"))
        {
            let fault = Fault::new(
                Code::NO_IDENTITY,
                "`internet.tls.mode` is mutual, and there is no certificate to show",
            );
            reading.refuse(
                &path.key("tls").key("mode"),
                fault.note("give [tls] a certificate, or choose another mode"),
            );
        }
    }
}

fn idle(side: &Side, path: &KeyPath, reading: &mut Reading) {
    if !reading.sound(path) {
        return;
    }
    if side.next_hop.is_empty() && side.accept.is_none() {
        let fault = Fault::new(
            Code::IDLE_SIDE,
            format!(
                "side `{}` has no next hop, and nobody speaks for it",
                side.name
            ),
        );
        reading.refuse(path, fault);
    } else if side.next_hop.is_empty() && !side.routing_domains.is_empty() {
        let fault = Fault::new(
            Code::WITHOUT_EFFECT,
            format!(
                "side `{}` only sends, so no mail goes to its routing domains",
                side.name
            ),
        );
        reading.warn(&path.key("routing_domains"), fault);
    }
}

/// No key turns mutual TLS off.
fn cloud(side: &Side, path: &KeyPath, reading: &mut Reading) {
    let mode = path.key("tls").key("mode");
    if side.kind == SideKind::ExchangeOnline
        && side.tls.mode != TlsMode::Mutual
        && reading.sound(&mode)
    {
        let fault = Fault::new(
            Code::CLOUD_NOT_MUTUAL,
            format!(
                "`{}` is an exchange-online side: its TLS is mutual",
                side.name
            ),
        );
        reading.refuse(&mode, fault.label("must be \"mutual\""));
    }
}

fn server_names(hops: &[Hop], tls: &HopTls, path: &KeyPath, reading: &mut Reading) {
    let names = path.key("tls").key("server_names");
    if !reading.sound(&path.key("tls")) || !reading.sound(&path.key("next_hop")) {
        return;
    }
    let verified = tls.mode >= TlsMode::Verify;
    let judged = [
        ("server_names", !tls.server_names.is_empty()),
        ("trust_roots", tls.trust_roots.is_some()),
        ("crl", tls.crl.is_some()),
    ];
    for (key, given) in judged {
        if given && !verified {
            let message = format!(
                "`{}` is never looked at: mode \"{}\" does not verify",
                path.key("tls").key(key),
                tls.mode
            );
            reading.warn(
                &path.key("tls").key(key),
                Fault::new(Code::WITHOUT_EFFECT, message)
                    .note("remove it, or set mode = \"verify\""),
            );
        }
    }
    for (index, hop) in hops.iter().enumerate() {
        if verified && tls.server_names.is_empty() && hop.is_address() {
            let fault = Fault::new(
                Code::NO_SERVER_NAME,
                format!("the certificate of `{hop}` is to be verified, but against which name?"),
            );
            reading.refuse(
                &path.key("next_hop").index(index),
                fault.label(format!("an address; `{names}` is missing")),
            );
        }
    }
}

/// What DNS says of a stranger's host name proves nothing, so no name can be expected of its certificate.
fn strangers(internet: &Internet, path: &KeyPath, reading: &mut Reading) {
    let sound = reading.sound(&path.key("tls")) && reading.sound(&path.key("next_hop"));
    let verified = internet.tls.mode >= TlsMode::Verify;
    if sound && verified && internet.exchangers.is_some() && internet.tls.server_names.is_empty() {
        let fault = Fault::new(
            Code::NO_SERVER_NAME,
            "the certificates of every domain's exchangers are to be verified, but against which names?",
        );
        let label = format!("DNS proves none; mode is \"{}\"", internet.tls.mode);
        reading.refuse(&path.key("next_hop"), fault.label(label));
    }
}

/// Our own name among exchangers is never delivered to.
fn ourselves(config: &Config, hops: &[Hop], path: &KeyPath, reading: &mut Reading) {
    if !reading.sound(&path.key("next_hop")) || !reading.sound(&KeyPath::of("hostname")) {
        return;
    }
    for (index, hop) in hops.iter().enumerate() {
        if hop.lookup == Lookup::Exchangers && hop.host == config.hostname {
            let fault = Fault::new(
                Code::OWN_NEXT_HOP,
                format!("`{hop}` leads back here: it is the name of this gateway"),
            );
            reading.refuse(&path.key("next_hop").index(index), fault);
        }
    }
}

fn identities(config: &Config, side: &Side, path: &KeyPath, reading: &mut Reading) {
    let needed = side.tls.mode == TlsMode::Mutual && !side.next_hop.is_empty();
    let known = reading.sound(&path.key("identity"))
        && reading.sound(&path.key("tls"))
        && reading.sound(&KeyPath::of("tls"));
    if !needed || !known || config.tls.is_some() {
        return;
    }
    let covers = |origin| {
        side.identities
            .iter()
            .any(|one| one.origin == origin || one.origin == IdentityOrigin::Any)
    };
    if !covers(IdentityOrigin::Sides) || !covers(IdentityOrigin::Internet) {
        let without = match (
            covers(IdentityOrigin::Sides),
            covers(IdentityOrigin::Internet),
        ) {
            (true, _) => " for mail of the internet",
            (_, true) => " for mail of the sides",
            _ => "",
        };
        let fault = Fault::new(
            Code::NO_IDENTITY,
            format!(
                "side `{}` takes mutual TLS only, and there is no certificate to show{without}",
                side.name
            ),
        );
        reading.refuse(path, fault);
    }
}
