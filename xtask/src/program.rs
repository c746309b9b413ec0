//! A program whose output is shown as it comes and read on the way.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::thread;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Succeeded,
    Failed,
}

impl Outcome {
    pub(crate) fn succeeded(self) -> bool {
        self == Self::Succeeded
    }
}

/// Runs with our own output; a program that cannot be started has failed, and we say why.
pub(crate) fn show(command: &mut Command) -> Outcome {
    announce(command);
    run(command)
}

/// The same without showing the command.
pub(crate) fn run(command: &mut Command) -> Outcome {
    settle(command, |command| Ok(command.status()?.success()))
}

/// Runs it, shows both its streams and gives each complete line to `read`.
pub(crate) fn watch(command: &mut Command, read: impl FnMut(&str) + Send) -> Outcome {
    announce(command);
    settle(command, |command| run_watched(command, read))
}

/// Runs it quietly. What it wrote to its standard output, if it succeeded.
pub(crate) fn ask(command: &mut Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|error| complain(command, &error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{}: {}", line(command), said.trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn settle(command: &mut Command, run: impl FnOnce(&mut Command) -> io::Result<bool>) -> Outcome {
    match run(command) {
        Ok(true) => Outcome::Succeeded,
        Ok(false) => Outcome::Failed,
        Err(error) => {
            eprintln!("{}", complain(command, &error));
            Outcome::Failed
        }
    }
}

fn run_watched(command: &mut Command, mut read: impl FnMut(&str) + Send) -> io::Result<bool> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stdout = child.stdout.take().expect("it was asked for");
    let stderr = child.stderr.take().expect("it was asked for");
    let (lines, heard) = std::sync::mpsc::channel();
    thread::scope(|scope| {
        let other = lines.clone();
        scope.spawn(move || pass_on(stdout, io::stdout(), |line| _ = lines.send(line)));
        scope.spawn(move || pass_on(stderr, io::stderr(), |line| _ = other.send(line)));
        for line in heard {
            read(&line);
        }
    });
    Ok(child.wait()?.success())
}

fn pass_on(from: impl Read, mut to: impl Write, mut heard: impl FnMut(String)) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while from
        .read_until(b'\n', &mut line)
        .is_ok_and(|count| count > 0)
    {
        // Our reader may have gone (`| head`); the run goes on.
        _ = to.write_all(&line).and_then(|()| to.flush());
        heard(String::from_utf8_lossy(&line).trim_end().to_owned());
        line.clear();
    }
}

fn announce(command: &Command) {
    println!("$ {}", line(command));
}

fn line(command: &Command) -> String {
    let mut line = std::path::Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

fn complain(command: &Command, error: &io::Error) -> String {
    format!("cannot run {}: {error}", line(command))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn both_streams_are_read_line_by_line() {
        let mut lines = Vec::new();
        let outcome = watch(&mut shell("echo one; echo two >&2; printf three"), |line| {
            lines.push(line.to_owned());
        });
        lines.sort();
        assert_eq!(lines, ["one", "three", "two"]);
        assert_eq!(outcome, Outcome::Succeeded);
    }

    #[test]
    fn failures_are_failures() {
        assert_eq!(watch(&mut shell("exit 3"), |_| {}), Outcome::Failed);
        assert_eq!(show(&mut shell("exit 3")), Outcome::Failed);
        assert_eq!(show(&mut Command::new("no-such-program")), Outcome::Failed);
        let refused = ask(&mut shell("echo oops >&2; exit 1")).unwrap_err();
        assert!(refused.ends_with(": oops"), "{refused}");
    }
}
