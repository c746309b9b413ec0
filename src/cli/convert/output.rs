//! Where a result goes: whole or not at all, and never over an input.

use std::fs::{self, Permissions};
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use transform::Segments;

use super::input::Input;

/// The file below `out` for the input at this place. A bare winmail.dat has become a message.
pub(super) fn target(out: &Path, relative: &Path, input: &Input) -> PathBuf {
    let mut target = out.join(relative).into_os_string();
    if input.is_bare() {
        target.push(".eml");
    }
    target.into()
}

/// Writes beside the target, then gives the file its name.
pub(super) fn write(made: &Segments, target: &Path, from: &Path) -> io::Result<()> {
    let is_input = |there: PathBuf| fs::canonicalize(from).is_ok_and(|from| from == there);
    if fs::canonicalize(target).is_ok_and(is_input) {
        let why = "that is the input; choose another folder";
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
    }
    let dir = target.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(dir)?;
    // What the caller's umask leaves of it, as with any other file.
    let everybody = Permissions::from_mode(0o666);
    let file = tempfile::Builder::new()
        .permissions(everybody)
        .tempfile_in(dir)?;
    let mut writer = BufWriter::new(&file);
    made.write_to(&mut writer)?;
    writer.flush()?;
    drop(writer);
    file.persist(target)?;
    Ok(())
}
