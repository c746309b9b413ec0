//! The play: every scene with what must come of it.

use super::cast::Speaker::{Cloud, Impostor, Internet, InternetUnderTls, Notes};
use super::configuration::TENANT;
use super::house::{FULL_MAILBOX, GONE, House};
use super::scene::{
    Manner, Scene, arrives, arrives_late, kept, not_delivered, not_taken, reported,
};
use crate::code::Code;

/// All of it, in order.
pub(super) fn scenes() -> Vec<Scene> {
    [
        to_and_fro(),
        addresses(),
        moving(),
        content(),
        conversion(),
        refused(),
        custody(),
        trust(),
        danger(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Each side to each other, and the world.
fn to_and_fro() -> Vec<Scene> {
    vec![
        Scene::new("the internet writes to the cloud", Internet, IRIS)
            .to(ANNA, arrives(House::Cloud, ANNA_THERE, PRIMARY)),
        Scene::new(
            "the internet writes to Notes, under TLS",
            InternetUnderTls,
            IRIS,
        )
        .to(BERND, arrives(House::Notes, BERND, PRIMARY)),
        Scene::new("the cloud writes to Notes", Cloud, ANNA)
            .to(BERND, arrives(House::Notes, BERND, PRIMARY))
            .letter(|letter| letter.kept(TENANT_FIELD, TENANT)),
        Scene::new("Notes writes to the cloud", Notes, BERND)
            .to(ANNA, arrives(House::Cloud, ANNA_THERE, PRIMARY)),
        Scene::new(
            "Notes writes to the internet, by the smart host",
            Notes,
            BERND,
        )
        .to(
            "Iris@Fabrikam.com",
            arrives(
                House::SmartHost,
                "Iris@fabrikam.com",
                "[internet] lets this side send out",
            ),
        ),
        Scene::new("a delivery report for Notes (null reverse path)", Cloud, "")
            .to(BERND, arrives(House::Notes, BERND, PRIMARY))
            .letter(|letter| letter.kept(TENANT_FIELD, TENANT)),
    ]
}

/// The many ways to write one person's address.
fn addresses() -> Vec<Scene> {
    vec![
        Scene::new("to an alias", Internet, IRIS).to(
            "ABerg@Contoso.com",
            arrives(House::Cloud, ANNA_THERE, "alias of a recipient"),
        ),
        Scene::new("to a tagged address", Internet, IRIS).to(
            "anna.berg+news@contoso.com",
            arrives(
                House::Cloud,
                "anna.berg+news@contoso.mail.onmicrosoft.com",
                "without its tag it is anna.berg@contoso.com",
            ),
        ),
        Scene::new(
            "to the cloud's own domain, for one who lives in Notes",
            Internet,
            IRIS,
        )
        .to(
            "b@contoso.mail.onmicrosoft.com",
            arrives(
                House::Notes,
                "b@contoso.com",
                "in this routing domain it means b@contoso.com",
            ),
        ),
        Scene::new("to two people on two sides, in one message", Internet, IRIS)
            .to(
                "works-council@contoso.com",
                arrives(House::Notes, "works-council@contoso.com", PRIMARY),
            )
            .to(
                "sales@contoso.com",
                arrives(House::Cloud, "sales@contoso.mail.onmicrosoft.com", PRIMARY),
            ),
    ]
}

/// A person moves from one side to the other.
fn moving() -> Vec<Scene> {
    vec![
        Scene::new(
            "to one who has just moved from Notes to the cloud",
            Internet,
            IRIS,
        )
        .after_moving("ivan.horvat@contoso.com")
        .to(
            "ivan.horvat@contoso.com",
            arrives(
                House::Cloud,
                "ivan.horvat@contoso.mail.onmicrosoft.com",
                PRIMARY,
            ),
        ),
        Scene::new(
            "the cloud does not know yet that he lives there",
            Cloud,
            ANNA,
        )
        .to(
            "ivan.horvat@contoso.com",
            not_delivered(451, "4.4.6", "cloud", "lives in cloud since"),
        )
        .letter(|letter| letter.dropped(TENANT_FIELD, TENANT)),
        Scene::new(
            "to one who moves to the cloud while his message comes in",
            Internet,
            IRIS,
        )
        .while_moving(PEKKA)
        .to(PEKKA, arrives(House::Notes, PEKKA, PRIMARY)),
        Scene::new(
            "the next one, though Active Directory still points to Notes",
            Internet,
            IRIS,
        )
        .to(
            PEKKA,
            arrives(
                House::Cloud,
                "pekka.makela@contoso.mail.onmicrosoft.com",
                PRIMARY,
            ),
        )
        .explained(&[
            "pekka.makela@contoso.com: a directory points to where the mailbox is not",
            "Set-MailUser -Identity 'pekka.makela@contoso.com' -ExternalEmailAddress \
             'pekka.makela@contoso.mail.onmicrosoft.com'",
        ]),
    ]
}

/// Content of every kind.
fn content() -> Vec<Scene> {
    vec![
        Scene::new("8-bit text in ISO 8859-1", Internet, IRIS)
            .with("BODY=8BITMIME")
            .to(UTE, arrives(House::Notes, UTE, PRIMARY))
            .letter(|letter| {
                letter.text(
                    "text/plain; charset=iso-8859-1",
                    *b"Sch\xf6ne Gr\xfc\xdfe aus K\xf6ln\r\n",
                )
            }),
        Scene::new("UTF-8 in the address and the header", Internet, IRIS)
            .with("BODY=8BITMIME SMTPUTF8")
            .to(
                "søren.ærø@contoso.com",
                arrives(
                    House::Cloud,
                    "søren.ærø@contoso.mail.onmicrosoft.com",
                    PRIMARY,
                ),
            )
            .letter(|letter| {
                letter
                    .subject("Grüße, 你好, Ωμέγα")
                    .text("text/plain; charset=utf-8", "Zażółć gęślą jaźń\r\n")
            }),
        Scene::new(
            "the same for Notes, which takes no UTF-8 there",
            Internet,
            IRIS,
        )
        .with("BODY=8BITMIME SMTPUTF8")
        .to(
            "håkon.ødegård@contoso.com",
            not_delivered(550, "5.6.7", "notes", "alias of a recipient"),
        )
        .letter(|letter| letter.subject("Grüße, 你好, Ωμέγα")),
        Scene::new(
            "in chunks (BDAT), its last line without an end",
            Internet,
            IRIS,
        )
        .manner(Manner::Chunks(100))
        .to(
            "li.wei@contoso.com",
            arrives(House::Cloud, "li.wei@contoso.mail.onmicrosoft.com", PRIMARY),
        )
        .letter(|letter| letter.body("one\r\n.\r\ntwo")),
        Scene::new(
            "20 MB, passed on before its end has come",
            InternetUnderTls,
            IRIS,
        )
        .with("SIZE=21000000")
        .manner(Manner::HalfAndHalf(House::Cloud))
        .to(
            "sales@contoso.com",
            arrives(House::Cloud, "sales@contoso.mail.onmicrosoft.com", PRIMARY),
        )
        .letter(|letter| letter.body(LINE.repeat((20 << 20) / LINE.len()))),
    ]
}

/// Winmail.dat from the cloud, for people whose mail program cannot read it.
fn conversion() -> Vec<Scene> {
    vec![
        Scene::new(
            "a meeting request from the cloud, in winmail.dat",
            Cloud,
            ANNA,
        )
        .to(BERND, arrives(House::Notes, BERND, PRIMARY))
        .letter(|letter| {
            letter.kept(TENANT_FIELD, TENANT).winmail(
                "meeting-request",
                &[
                    "X-Twinmx-Conversion: ",
                    "Content-Type: text/plain",
                    "Content-Type: text/calendar; method=REQUEST",
                    "METHOD:REQUEST\r\n",
                    "SUMMARY:Budget\r\n",
                ],
            )
        }),
        Scene::new("files from the cloud, in winmail.dat", Cloud, ANNA)
            .to(UTE, arrives(House::Notes, UTE, PRIMARY))
            .letter(|letter| {
                letter.kept(TENANT_FIELD, TENANT).winmail(
                    "attachment-files",
                    &[
                        "See attachment.",
                        "Content-Disposition: attachment; filename=\"one.bin\"",
                        "Content-Disposition: attachment; filename=\"noise.bin\"",
                    ],
                )
            }),
    ]
}

/// What stays with its sender.
fn refused() -> Vec<Scene> {
    vec![
        Scene::new("to nobody", Internet, IRIS).to(
            "nobody@contoso.com",
            not_taken(
                550,
                "5.1.1",
                "none",
                "no directory source knows this address",
            ),
        ),
        Scene::new("a stranger wants us to relay", Internet, IRIS).to(
            "somebody@elsewhere.example",
            not_taken(550, "5.7.1", "none", "may not send out through us"),
        ),
        Scene::new("Notes sends us mail for Notes", Notes, BERND).to(
            UTE,
            not_taken(
                550,
                "5.4.6",
                "none",
                "lives in notes, but notes sent it here",
            ),
        ),
        Scene::new("to a mailbox that is full", Internet, IRIS).to(
            FULL_MAILBOX,
            not_delivered(452, "4.2.2", "notes", PRIMARY).by(House::Notes),
        ),
    ]
}

/// What is kept, and what its sender is told.
fn custody() -> Vec<Scene> {
    vec![
        Scene::new("to both sides, while Notes is down", Internet, IRIS)
            .while_down(House::Notes)
            .notice(Code::HOP_FAILED)
            .to(ANNA, arrives(House::Cloud, ANNA_THERE, PRIMARY))
            .to(BERND, arrives_late(House::Notes, BERND, PRIMARY)),
        Scene::new(
            "one of two is refused in Notes: the sender gets a report",
            Internet,
            IRIS,
        )
        .reported_at(House::SmartHost)
        .to(UTE, arrives(House::Notes, UTE, PRIMARY))
        .to(GONE, reported(House::Notes, 550, PRIMARY)),
    ]
}

/// Who is believed.
fn trust() -> Vec<Scene> {
    vec![
        Scene::new(
            "a stranger says that his mail is internal",
            Internet,
            MALLORY,
        )
        .to(ANNA, arrives(House::Cloud, ANNA_THERE, PRIMARY))
        .letter(|letter| {
            letter
                .dropped("X-MS-Exchange-Organization-AuthAs", "Internal")
                .dropped("X-OriginatorOrg", "contoso.com")
                .kept(
                    "X-MS-Exchange-AntiSpam-MessageData",
                    "this stays: it is signed",
                )
        }),
        Scene::new(
            "the cloud, proven by certificate and tenant, says so",
            Cloud,
            ANNA,
        )
        .to(UTE, arrives(House::Notes, UTE, PRIMARY))
        .letter(|letter| {
            letter
                .kept(TENANT_FIELD, TENANT)
                .kept("X-MS-Exchange-Organization-AuthAs", "Internal")
                .kept("X-OriginatorOrg", "contoso.com")
        }),
        Scene::new(
            "another tenant of the cloud, with its certificate, says so",
            Cloud,
            MALLORY,
        )
        .taken_for("internet", Code::TENANT_MISMATCH)
        .to(UTE, arrives(House::Notes, UTE, PRIMARY))
        .letter(|letter| {
            letter
                .dropped(TENANT_FIELD, "99999999-2222-3333-4444-555555555555")
                .dropped("X-MS-Exchange-Organization-AuthAs", "Internal")
        }),
        Scene::new(
            "a certificate in the cloud's name that he made himself",
            Impostor,
            MALLORY,
        )
        .notice(Code::CLIENT_DISTRUSTED)
        .to(UTE, arrives(House::Notes, UTE, PRIMARY))
        .letter(|letter| {
            letter
                .dropped(TENANT_FIELD, TENANT)
                .dropped("X-MS-Exchange-Organization-AuthAs", "Internal")
        }),
    ]
}

/// What must not happen at all.
fn danger() -> Vec<Scene> {
    vec![
        Scene::new(
            "a next hop with another's certificate gets nothing",
            Internet,
            IRIS,
        )
        .notice(Code::HOP_DISTRUSTED)
        .to(
            "vera.lind@northwind.com",
            kept("northwind", "recipient in source northwind"),
        ),
        Scene::new(
            "a second message smuggled behind a bare line feed",
            Internet,
            MALLORY,
        )
        .manner(Manner::Raw(smuggled()))
        .to(BERND, not_delivered(550, "5.6.0", "notes", PRIMARY)),
        Scene::new("a message that Notes has had comes back", Internet, IRIS)
            .manner(Manner::Returned(House::Notes))
            .notice(Code::LOOP_BROKEN)
            .to(UTE, not_delivered(554, "5.4.6", "notes", PRIMARY)),
    ]
}

/// A server that took the dot behind the bare line feed for the end would go on with the forged commands (RFC 5321
/// §2.3.8). Only the last dot is one.
fn smuggled() -> Vec<u8> {
    b"Subject: harmless\r\n\r\nHello\n.\r\n\
      MAIL FROM:<admin@contoso.com>\r\nRCPT TO:<anna.berg@contoso.com>\r\nDATA\r\n\
      Subject: forged\r\n\r\nPay at once\r\n.\r\n"
        .to_vec()
}

/// A friend outside.
const IRIS: &str = "iris@fabrikam.com";

/// No friend.
const MALLORY: &str = "mallory@fabrikam.com";

/// She lives in the cloud.
const ANNA: &str = "anna.berg@contoso.com";

/// As the cloud itself knows her.
const ANNA_THERE: &str = "anna.berg@contoso.mail.onmicrosoft.com";

/// He lives in Notes.
const BERND: &str = "bernd.gross@contoso.com";

/// So does she.
const UTE: &str = "ute.schaefer@contoso.com";

/// So does he, at first.
const PEKKA: &str = "pekka.makela@contoso.com";

const TENANT_FIELD: &str = "X-MS-Exchange-CrossTenant-Id";

const PRIMARY: &str = "primary address of a recipient in source people";

const LINE: &[u8] = b"The quick brown fox jumps over the lazy dog, again and again and again.\r\n";

#[cfg(test)]
mod tests {
    use testbed::people;

    use super::*;
    use crate::demo::scene::End;

    #[test]
    fn every_kind_of_end_occurs_and_every_house_but_the_impostor_gets_mail() {
        let scenes = scenes();
        assert!(scenes.len() >= 20, "only {} scenes", scenes.len());
        for house in House::ALL {
            let mail = scenes.iter().any(|scene| !scene.arrivals(house).is_empty());
            assert_eq!(mail, house != House::Impostor, "{house:?}");
        }
        let ends = || {
            scenes
                .iter()
                .flat_map(|scene| &scene.to)
                .map(|recipient| recipient.expected.end)
        };
        assert!(ends().any(|end| matches!(end, End::NotTaken(..))));
        assert!(ends().any(|end| matches!(end, End::NotDelivered(..))));
    }

    #[test]
    fn the_people_of_the_play_are_there() {
        let people = people::all();
        let known = |path: &str| {
            people.iter().any(|person| {
                person.address == path || person.aliases.iter().any(|alias| alias == path)
            })
        };
        for path in [
            FULL_MAILBOX,
            GONE,
            ANNA,
            PEKKA,
            "ivan.horvat@contoso.com",
            "b@contoso.com",
        ] {
            assert!(known(path), "{path}");
        }
        assert!(!known("nobody@contoso.com"));
    }
}
