//! `[[directory]]` with its sections.

use book::preset::{Field, Rule};
use book::{Preset, Scope, System};
use toml::Value;

use super::super::Shown;
use super::{file, number, roots, span, text, texts};
use crate::config::*;

pub(super) fn sections(directory: &Directory) -> Vec<Shown> {
    let shown = Shown::list(["directory"])
        .and("name", text(&directory.name))
        .and("kind", text(&directory.kind()));
    let shown = match &directory.place {
        Place::File(path) => shown.and("path", file(path)),
        Place::Ldap(ldap) => of_server(of_ldap(shown, ldap), directory),
        Place::Graph(graph) => of_server(of_graph(shown, graph), directory),
    };
    let shown = match &directory.words {
        Words::Csv | Words::Ldif(_) => shown,
        Words::Preset(preset) => rules(shown, preset),
    };
    let shown = shown
        .and("group_expansion", text(&directory.group_expansion))
        .and("shrink_max", Value::Float(directory.shrink_max))
        .and("move_max", Value::Float(directory.move_max));
    let mut all = vec![shown];
    match &directory.words {
        Words::Csv => {}
        Words::Ldif(names) => all.push(columns(names)),
        Words::Preset(preset) => all.extend([attributes(preset), sides(preset)]),
    }
    all
}

fn of_ldap(shown: Shown, ldap: &Ldap) -> Shown {
    let bind = ldap.bind.as_ref();
    let shown = shown
        .and("server", texts(&ldap.servers))
        .and("start_tls", Value::Boolean(ldap.start_tls))
        .with("server_name", ldap.server_name.as_ref().map(text))
        .with("trust_roots", ldap.trust_roots.as_ref().map(roots))
        .and("base", texts(&ldap.base))
        .with("bind_dn", bind.map(|bind| text(&bind.dn)));
    let password = bind.map(|bind| &bind.password);
    secret(shown, password, ["password_file", "password_credential"])
        .and("page_size", number(ldap.page_size.into()))
        .and("change_by", text(&ldap.change_by))
}

fn of_graph(shown: Shown, graph: &Graph) -> Shown {
    let shown = shown
        .and("tenant_id", text(&graph.tenant_id))
        .and("client_id", text(&graph.client_id));
    let shown = match &graph.credential {
        GraphCredential::Certificate(identity) => shown
            .and("certificate", file(&identity.certificate))
            .and("private_key", file(&identity.private_key)),
        GraphCredential::Secret(place) => {
            let keys = ["client_secret_file", "client_secret_credential"];
            secret(shown, Some(place), keys)
        }
    };
    let proxy = graph.proxy.as_ref();
    let login = proxy.and_then(|proxy| proxy.login.as_ref());
    let shown = shown
        .and("cloud", text(&graph.cloud))
        .with("trust_roots", graph.trust_roots.as_ref().map(roots))
        .with("proxy", proxy.map(text))
        .with("proxy_user", login.map(|(user, _)| text(user)));
    let keys = ["proxy_password_file", "proxy_password_credential"];
    secret(shown, login.map(|(_, password)| password), keys)
        .and("mailbox_purpose", Value::Boolean(graph.mailbox_purpose))
}

fn of_server(shown: Shown, directory: &Directory) -> Shown {
    shown
        .and("poll", span(directory.poll))
        .and("full_every", span(directory.full_every))
}

fn secret(shown: Shown, place: Option<&SecretPlace>, keys: [&'static str; 2]) -> Shown {
    let [in_file, as_credential] = keys;
    match place {
        None => shown,
        Some(SecretPlace::File(path)) => shown.and(in_file, file(path)),
        Some(SecretPlace::Credential(name)) => shown.and(as_credential, text(name)),
    }
}

fn rules(shown: Shown, preset: &Preset) -> Shown {
    let filter = preset.filter().map(|filter| text(&filter));
    let scope = preset.scope().map(Scope::name);
    let shown = shown
        .with("filter", filter)
        .with("scope", scope.map(|scope| text(&scope)));
    Rule::ALL.iter().fold(shown, |shown, (rule, name)| {
        let value = preset.words(*rule).map(|words| match words {
            [word] if !rule.is_list() => text(word),
            _ => texts(words),
        });
        shown.with(name, value)
    })
}

fn attributes(preset: &Preset) -> Shown {
    let section = Shown::table(["directory", "attributes"]);
    Field::ALL.iter().fold(section, |section, (field, name)| {
        section.and(name, texts(preset.attributes(*field)))
    })
}

fn sides(preset: &Preset) -> Shown {
    let section = Shown::table(["directory", "sides"]);
    System::NAMED_WORDS.iter().fold(section, |section, name| {
        let side = preset.sides().find(|(system, _)| system.name() == *name);
        section.with(name, side.map(|(_, side)| text(&side)))
    })
}

fn columns(names: &LdifAttributes) -> Shown {
    Shown::table(["directory", "attributes"])
        .and("address", text(&names.address))
        .and("side", text(&names.side))
        .and("routing_address", text(&names.routing_address))
        .and("aliases", texts(&names.aliases))
        .with("default_side", names.default_side.as_ref().map(text))
}
