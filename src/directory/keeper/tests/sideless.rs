//! Systems that no side stands for.

use super::*;

const HEAD: &str = "Guid,DisplayName,PrimarySmtpAddress,EmailAddresses,RecipientTypeDetails,ForwardingSmtpAddress\n";

/// An export of Exchange, which no side of the configuration is.
fn export(people: &[(&str, &str)]) -> String {
    let lines = people.iter().enumerate().map(|(number, (name, kind))| {
        format!(
            "00000000-0000-0000-0000-0000000000{number:02},{name},{name}@c.example,SMTP:{name}@c.example,{kind},\n"
        )
    });
    HEAD.to_owned() + &lines.collect::<String>()
}

fn write(bench: &Bench, people: &[(&str, &str)]) {
    fs::write(bench.file("export.csv"), export(people)).unwrap();
}

/// What tells of a source that such an export is.
fn section(bench: &Bench, name: &str) -> String {
    format!(
        "[[directory]]\nname = \"{name}\"\nkind = \"exchange-csv\"\nhome = \"exchange\"\npath = \"{}\"\n",
        bench.file(&format!("{name}.csv")).display()
    )
}

/// What was told of systems without a side since the last call.
fn told(bench: &mut Bench) -> Vec<String> {
    let events = std::iter::from_fn(|| bench.events.try_recv().ok());
    let texts = events.filter_map(|event| match event {
        Event::Directory { code, text } if code == Code::NO_SIDE_FOR_SYSTEM => Some(text),
        _ => None,
    });
    texts.collect()
}

#[test]
fn a_system_without_a_side_is_told_until_one_stands_for_it() {
    let dir = Bench::with_people(1).stop();
    let mut bench = Bench::stopped(dir, START);
    let source = section(&bench, "export");
    bench.more.clone_from(&source);
    let (anna, bea) = (("anna", "UserMailbox"), ("bea", "UserMailbox"));
    write(
        &bench,
        &[anna, ("p0", "UserMailbox"), ("carl", "MailContact")],
    );
    bench.start();
    let expected = "directory source export: no side stands for exchange, so who lives there is unknown here: 1 in \
                    all, such as anna@c.example. Say in [directory.sides] of it which side is exchange";
    assert_eq!(told(&mut bench), [expected], "p0 has a side from elsewhere");
    assert_eq!(bench.people(), 1);

    write(&bench, &[anna, bea, ("dora", "UserMailbox")]);
    bench.settle();
    assert_eq!(told(&mut bench), [""; 0], "told once");

    bench.more = source + "[directory.sides]\nexchange = \"other\"\n";
    bench.reload();
    assert_eq!(told(&mut bench), [""; 0]);
    assert_eq!(bench.side_of("dora@c.example").as_deref(), Some("other"));
}

#[test]
fn systems_without_a_side_are_told_up_to_a_bound() {
    for (systems, expected) in [
        (DIRECTORY_SIDELESS_KEPT, DIRECTORY_SIDELESS_KEPT),
        (DIRECTORY_SIDELESS_KEPT + 1, DIRECTORY_SIDELESS_KEPT),
    ] {
        let dir = Bench::with_people(1).stop();
        let mut bench = Bench::stopped(dir, START);
        for number in 0..systems {
            let name = format!("export{number}");
            let line = format!(
                "00000000-0000-0000-0000-{number:012},{name},{name}@c.example,SMTP:{name}@c.example,UserMailbox,\n"
            );
            fs::write(bench.file(&format!("{name}.csv")), HEAD.to_owned() + &line).unwrap();
            bench.more += &section(&bench, &name);
        }
        bench.start();
        assert_eq!(told(&mut bench).len(), expected, "{systems}");
    }
}
