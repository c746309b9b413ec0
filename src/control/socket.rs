//! The socket's name: given only after its permissions are right, and never taken from a gateway that is alive.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream;
use std::path::Path;

use tokio::net::UnixListener;

/// Listens at `path`. What a dead gateway left there is replaced.
pub(super) fn bind(path: &Path) -> io::Result<UnixListener> {
    may_be_taken(path)?;
    let parent = path.parent().unwrap_or(Path::new("."));
    // Nobody else can enter this folder, so nobody can connect before the socket is ours alone.
    let folder = tempfile::Builder::new().prefix(".c").tempdir_in(parent)?;
    let unnamed = folder.path().join("s");
    let listener = UnixListener::bind(&unnamed)?;
    fs::set_permissions(&unnamed, Permissions::from_mode(0o600))?;
    fs::rename(&unnamed, path)?;
    Ok(listener)
}

fn may_be_taken(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
        Ok(found) if !found.file_type().is_socket() => {
            return Err(io::Error::other("there is something else of that name"));
        }
        Ok(_) => {}
    }
    match UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
        Err(error) => Err(error),
        Ok(_) => Err(io::Error::other("another gateway listens there")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_socket_is_for_its_owner_and_replaces_only_a_dead_one() {
        let dir = tempfile::tempdir().expect("a directory");
        fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).expect("ours");
        let path = dir.path().join("control.sock");
        let first = bind(&path).expect("it is free");
        let mode = fs::metadata(&path)
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        let error = bind(&path).expect_err("somebody is alive there");
        assert_eq!(error.to_string(), "another gateway listens there");
        drop(first);
        let second = bind(&path).expect("a dead one is replaced");
        UnixStream::connect(&path).expect("it listens");
        drop(second);
        fs::remove_file(&path).expect("it is there");
        fs::write(&path, "x").expect("ours");
        assert!(bind(&path).is_err(), "a file is not replaced");
        assert_eq!(fs::read(&path).expect("it is there"), b"x");
        let left: Vec<_> = fs::read_dir(dir.path()).expect("ours").collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }
}
