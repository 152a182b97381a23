//! A folder for each test, and the command `fox` run in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder of its own for a test, removed at its end.
pub struct Place(pub PathBuf);

impl Place {
    pub fn new(name: &str) -> Place {
        let path = std::env::temp_dir().join(format!("fox-fusabi-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Place(path.canonicalize().unwrap())
    }
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }
    pub fn command(&self, words: &[&str]) -> Command {
        self.command_in(&self.0, words)
    }
    pub fn command_in(&self, folder: &Path, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fox"));
        command
            .args(words)
            .current_dir(folder)
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        command
    }
    pub fn fox(&self, words: &[&str]) -> Ended {
        ended(self.command(words).output().unwrap())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub struct Ended {
    pub out: String,
    pub err: String,
    pub code: i32,
}

pub fn ended(output: Output) -> Ended {
    Ended {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap_or(-1),
    }
}
