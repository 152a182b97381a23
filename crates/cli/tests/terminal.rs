//! The prompt on a terminal (docs/specs/rhumb.md §10.2): several lines, completion, Ctrl-C, undo. The terminal is made by the
//! program `script` of util-linux; where there is none, nothing is tested.
#![cfg(target_os = "linux")]

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Longest that an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

struct Terminal {
    child: Child,
    keys: ChildStdin,
    screen: Receiver<Vec<u8>>,
    /// All that was shown and not waited for yet.
    shown: String,
    /// What follows it and was not understood yet.
    raw: String,
    folder: PathBuf,
}

impl Terminal {
    /// A prompt on a terminal of its own; none if no terminal can be made.
    fn open(name: &str) -> Option<Terminal> {
        let folder =
            std::env::temp_dir().join(format!("rhi-terminal-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        // Whatever the user's shell is: a shell that waits for its command would itself see Ctrl-C, and some end with it.
        let command = format!(
            "exec {} --fuel unlimited --timeout off",
            env!("CARGO_BIN_EXE_rhi")
        );
        let spawned = Command::new("script")
            .args(["-q", "-e", "-f", "-c", &command, "/dev/null"])
            .current_dir(&folder)
            .env("TERM", "xterm")
            .env("LC_ALL", "C")
            .env("SHELL", "/bin/sh")
            .env("RHI_HISTORY", folder.join("history"))
            .env_remove("RHUMB_LIB")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn();
        let Ok(mut child) = spawned else {
            return None;
        };
        let keys = child.stdin.take().unwrap();
        let mut output = child.stdout.take().unwrap();
        let (send, screen) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                if send.send(bytes[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Some(Terminal {
            child,
            keys,
            screen,
            shown: String::new(),
            raw: String::new(),
            folder,
        })
    }

    fn keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Waits until something is shown, and forgets what was shown before it and it. Answers the prompt's questions where the
    /// cursor stands, as a terminal does.
    fn until(&mut self, wanted: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.shown.find(wanted) {
                self.shown.drain(..at + wanted.len());
                return;
            }
            let left = end.saturating_duration_since(Instant::now());
            let Ok(more) = self.screen.recv_timeout(left) else {
                panic!("{wanted:?} was not shown: {:?}", self.shown);
            };
            let more = String::from_utf8_lossy(&more).into_owned();
            for _ in more.matches("\u{1b}[6n") {
                self.keys("\u{1b}[1;1R");
            }
            self.raw.push_str(&more);
            self.read_raw();
        }
    }

    /// Takes what was shown without the terminal's own sequences; the beginning of one waits for its end.
    fn read_raw(&mut self) {
        while let Some(at) = self.raw.find('\u{1b}') {
            self.shown.push_str(&self.raw[..at]);
            self.raw.drain(..at);
            let length = match self.raw.as_bytes() {
                [_, b'[', rest @ ..] => {
                    let Some(end) = rest.iter().position(|byte| (0x40..0x7F).contains(byte)) else {
                        return;
                    };
                    end + 3
                }
                [_, _, ..] => 2,
                _ => return,
            };
            self.raw.drain(..length);
        }
        self.shown.push_str(&std::mem::take(&mut self.raw));
    }

    /// Types at the prompt once it is there, and waits for what is shown then.
    fn block(&mut self, keys: &str, shown: &str) {
        self.until("rhi> ");
        self.keys(keys);
        self.until(shown);
    }

    fn close(mut self) {
        self.until("rhi> ");
        self.keys("\u{4}");
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().unwrap() {
                assert!(status.success(), "{status}");
                std::fs::remove_dir_all(&self.folder).unwrap();
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.child.kill().unwrap();
        panic!("the prompt did not end: {:?}", self.shown);
    }
}

#[test]
fn an_endless_loop_is_stopped_and_labels_survive() {
    let Some(mut terminal) = Terminal::open("loop") else {
        return;
    };
    terminal.block("kept := 41\r", "=> 41");
    terminal.block("log('runs'); kept := 42; yes |> kept\r", "runs\r\n");
    std::thread::sleep(Duration::from_millis(300));
    terminal.keys("\u{3}");
    terminal.until("interrupted");
    terminal.block("kept ++ 100\r", "=> 142");
    // Ctrl-C in a line gives the line up.
    terminal.until("rhi> ");
    terminal.keys("kept := 0");
    terminal.until("kept := 0");
    terminal.keys("\u{3}");
    terminal.until("\r\n");
    terminal.block("kept ++ 200\r", "=> 242");
    terminal.close();
}

#[test]
fn blocks_have_several_lines_and_are_completed_and_undone() {
    let Some(mut terminal) = Terminal::open("lines") else {
        return;
    };
    terminal.block("answer := (\r", "… ");
    terminal.keys("40 ++\r2)\r");
    terminal.until("=> 42");
    terminal.block("ans\t ++ 1\r", "=> 43");
    terminal.block("m := [surname .. 'Fox']\r", "=> [.surname]");
    terminal.block("m\\sur\t\r", "=> 'Fox'");
    terminal.block("answer .= 7\r", "=> 7");
    terminal.until("rhi> ");
    terminal.keys("%:undo\r");
    terminal.until("\r\n");
    terminal.block("answer := answer ++ 1000\r", "=> 1042");
    terminal.close();
}
