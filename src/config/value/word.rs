//! One word out of a few.

use toml::de::DeValue;

use super::{Value, text};
use crate::config::fault::Fault;
use crate::config::nearest::nearest;
use crate::config::*;

/// A closed choice, with the words the file uses for it.
pub(crate) trait Word: Copy + PartialEq + 'static {
    const WORDS: &'static [(&'static str, Self)];

    /// The word for this value.
    fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, value)| *value == self)
            .map_or("", |(word, _)| word)
    }
}

impl<W: Word> Value for W {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        let written = text(value)?;
        if let Some((_, found)) = W::WORDS.iter().find(|(word, _)| *word == written) {
            return Ok(*found);
        }
        let words: Vec<&str> = W::WORDS.iter().map(|(word, _)| *word).collect();
        let fault = Fault::bad(
            format!("`{written}` is not one of the words possible here"),
            format!("write one of: {}", words.join(", ")),
        );
        Err(match nearest(written, words.iter().copied()) {
            Some(word) => fault.label(format!("did you mean `{word}`?")),
            None => fault,
        })
    }
}

macro_rules! words {
    ($($kind:ident { $($word:literal = $value:ident),+ $(,)? })+) => {
        $(
            impl Word for $kind {
                const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$value)),+];
            }

            impl std::fmt::Display for $kind {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(self.word())
                }
            }
        )+
    };
}

words! {
    SideKind {
        "exchange-online" = ExchangeOnline,
        "exchange" = Exchange,
        "domino" = Domino,
        "groupwise" = GroupWise,
        "smtp" = Smtp,
    }
    RecipientForm { "routing-address" = RoutingAddress, "primary" = Primary, "as-given" = AsGiven }
    TlsMode {
        "mutual" = Mutual,
        "verify" = Verify,
        "encrypt" = Encrypt,
        "opportunistic" = Opportunistic,
        "none" = None,
    }
    IdentityOrigin { "any" = Any, "sides" = Sides, "internet" = Internet }
    Require { "any" = Any, "all" = All }
    Eku { "either" = Either, "client" = Client, "server" = Server }
    Tnef { "keep" = Keep, "convert" = Convert }
    VCard { "4" = V4, "3" = V3 }
    BareNewline { "refuse" = Refuse, "normalise" = Normalise }
    Authentication { "off" = Off, "report" = Report, "enforce" = Enforce }
    OwnSenders { "report" = Report, "refuse-envelope" = RefuseEnvelope, "refuse" = Refuse }
    GroupExpansion { "owner" = Owner, "gateway" = Gateway }
    EarlyTalkers { "refuse" = Refuse, "allow" = Allow }
    WhenDown { "spool" = Spool, "defer" = Defer }
    ChangeBy {
        "usn" = Usn,
        "dirsync" = DirSync,
        "syncrepl" = Syncrepl,
        "modify-timestamp" = ModifyTimestamp,
        "compare" = Compare,
    }
    GraphCloud {
        "global" = Global,
        "us-government" = UsGovernment,
        "us-government-dod" = UsGovernmentDod,
        "china" = China,
    }
}
