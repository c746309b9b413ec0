//! Where things are: the repository, cargo, the build directory.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::program;

pub(crate) struct Workspace {
    root: PathBuf,
    cargo: PathBuf,
    metadata: Value,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self, String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .ok_or("xtask does not lie in a workspace")?
            .to_owned();
        let cargo = std::env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from);
        let printed = program::ask(Command::new(&cargo).current_dir(&root).args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
        ]))?;
        let metadata = serde_json::from_str(&printed)
            .map_err(|error| format!("cargo metadata cannot be read: {error}"))?;
        Ok(Self {
            root,
            cargo,
            metadata,
        })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// What `cargo metadata` says.
    pub(crate) fn metadata(&self) -> &Value {
        &self.metadata
    }

    pub(crate) fn target(&self) -> PathBuf {
        match self.metadata["target_directory"].as_str() {
            Some(directory) => PathBuf::from(directory),
            None => self.root.join("target"),
        }
    }

    /// Cargo, to be run at the root of the repository.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new(&self.cargo);
        command.current_dir(&self.root);
        command
    }
}
