//! A folder for each test, and the command run in it.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A folder of its own for a test, removed at its end.
pub struct Place(pub PathBuf);

impl Place {
    pub fn new(name: &str) -> Place {
        let path = std::env::temp_dir().join(format!("rhi-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Place(path.canonicalize().unwrap())
    }
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }
    pub fn rhi(&self, words: &[&str]) -> Ended {
        ended(
            self.command(env!("CARGO_BIN_EXE_rhi"), words)
                .output()
                .unwrap(),
        )
    }
    pub fn command(&self, program: &str, words: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(words)
            .current_dir(&self.0)
            .env_remove("RHUMB_LIB")
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        command
    }
    /// What the prompt says to lines of its input.
    pub fn prompt(&self, words: &[&str], input: &str) -> Ended {
        let mut child = self
            .command(env!("CARGO_BIN_EXE_rhi"), words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pipe = child.stdin.take().unwrap();
        pipe.write_all(input.as_bytes()).unwrap();
        drop(pipe);
        ended(child.wait_with_output().unwrap())
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

pub fn ended_of_fox(place: &Place, words: &[&str]) -> Ended {
    ended(
        place
            .command(env!("CARGO_BIN_EXE_fox"), words)
            .output()
            .unwrap(),
    )
}
