//! Which side stands for a system where the file does not say: the only one of that kind.

use book::{Preset, System};

use crate::config::{Directory, Side, SideKind, Words};

/// Fills in the sides that follow from the kinds of the sides themselves.
pub(in crate::config) fn resolve(directories: &mut [Directory], sides: &[Side]) {
    for directory in directories {
        if let Words::Preset(preset) = &mut directory.words {
            complete(preset, sides);
        }
    }
}

fn complete(preset: &mut Preset, sides: &[Side]) {
    for system in System::NAMED {
        let is_open = preset.side_of(&system).is_none();
        if let Some(side) = only_one(&system, sides).filter(|_| is_open) {
            let set = preset.set(&format!("sides.{system}"), &[&side.name]);
            debug_assert!(set.is_ok(), "a side has a short name");
        }
    }
}

/// Of two sides of a kind the file must say which is meant.
fn only_one<'s>(system: &System, sides: &'s [Side]) -> Option<&'s Side> {
    let mut fitting = sides.iter().filter(|side| fits(system, side.kind));
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

fn fits(system: &System, kind: SideKind) -> bool {
    match system {
        System::Cloud => kind == SideKind::ExchangeOnline,
        System::Exchange => kind == SideKind::Exchange,
        System::Domino => kind == SideKind::Domino,
        System::GroupWise => kind == SideKind::GroupWise,
        System::ThirdParty => matches!(kind, SideKind::Domino | SideKind::GroupWise),
        System::Side(_) => false,
    }
}
