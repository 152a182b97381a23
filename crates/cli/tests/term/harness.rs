//! Folders of plugins, and `fox term` run with them.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Longest that anything may take.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A folder that goes when the test ends.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("fox-term-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Adds a plugin to the folder and its `plugins.toml`, with all grants and long deadlines, since the machine may be busy.
    pub fn add(&self, name: &str, file: &str, more: &str) {
        let grants = foxvm::Capability::OF_PLUGINS
            .map(|name| format!("\"{name}\""))
            .join(", ");
        let deadline = match more.contains("deadline-ms") {
            true => "",
            false => "deadline-ms = 20000\n",
        };
        let entry = format!(
            "[[plugin]]\nname = \"{name}\"\npath = \"{file}\"\ngrants = [{grants}]\n[plugin.limits]\n{deadline}{more}\n"
        );
        let mut config = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.0.join("plugins.toml"))
            .unwrap();
        config.write_all(entry.as_bytes()).unwrap();
    }

    /// Adds a plugin of module text.
    pub fn plugin(&self, name: &str, body: &str) {
        let text = format!("module \"{name}\" lang machine\n{body}");
        std::fs::write(self.0.join(format!("{name}.fza")), text).unwrap();
        self.add(name, &format!("{name}.fza"), "");
    }

    /// Adds one of the plugins that stand in files, as source if there is one, else as module text.
    pub fn stored(&self, name: &str, more: &str) {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folders = [
            here.join("tests/term/plugins"),
            here.join("../../examples/plugins"),
        ];
        let found = ["fsx", "fza"].iter().find_map(|end| {
            let file = format!("{name}.{end}");
            let from = folders
                .iter()
                .map(|folder| folder.join(&file))
                .find(|path| path.is_file())?;
            Some((file, from))
        });
        let (file, from) = found.expect(name);
        std::fs::copy(from, self.0.join(&file)).unwrap();
        self.add(name, &file, more);
    }

    /// `fox term` with the folder's plugins; no grid is published unless a test asks for it.
    pub fn term(&self, words: &[&str], program: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fox"));
        command.arg("term");
        match self.0.join("plugins.toml").is_file() {
            true => command.arg("--plugins").arg(&self.0),
            false => command.arg("--no-plugins"),
        };
        if !words.contains(&"--shared") {
            command.args(["--shared", "none"]);
        }
        command.args(words).arg("--").args(program);
        for name in ["LC_ALL", "LC_MESSAGES", "SCARAB_SHMEM_PATH"] {
            command.env_remove(name);
        }
        command.env("LANG", "C").current_dir(&self.0);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a shell's script headless, with its outcome as data.
    pub fn runs(&self, words: &[&str], script: &str) -> Value {
        let words = [&["--json", "--headless"], words].concat();
        let ran = finished(self.term(&words, &["sh", "-c", script]).spawn().unwrap());
        outcome(&ran)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left is the system's to tidy up.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The whole object that `--json` printed.
pub fn outcome(ran: &Output) -> Value {
    let text = String::from_utf8_lossy(&ran.stdout);
    let last = text.lines().last().unwrap_or_default();
    serde_json::from_str(last).unwrap_or_else(|error| {
        let told = String::from_utf8_lossy(&ran.stderr);
        panic!("{error}: {text}\n{told}")
    })
}

/// Waits for a process, but not for ever.
pub fn finished(mut child: Child) -> Output {
    let read = |from: Option<Box<dyn Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(mut from) = from {
                let _ = from.read_to_end(&mut bytes);
            }
            bytes
        })
    };
    drop(child.stdin.take());
    let stdout = read(child.stdout.take().map(|from| Box::new(from) as _));
    let stderr = read(child.stderr.take().map(|from| Box::new(from) as _));
    let end = Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if Instant::now() > end {
            let _ = child.kill();
            panic!("it did not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    Output {
        status,
        stdout: stdout.join().unwrap(),
        stderr: stderr.join().unwrap(),
    }
}

/// Tries until something is there, but not for ever.
pub fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < end, "{what}: not within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The texts of the notices of a plugin.
pub fn notices(outcome: &Value, plugin: &str) -> Vec<String> {
    let all = outcome["result"]["notices"].as_array().unwrap();
    let own = all.iter().filter(|notice| notice["plugin"] == plugin);
    own.map(|notice| notice["body"].as_str().unwrap().to_owned())
        .collect()
}

/// The rows of the screen that are not empty.
pub fn screen(outcome: &Value) -> Vec<&str> {
    let rows = outcome["result"]["screen"].as_array().unwrap().iter();
    rows.filter_map(Value::as_str)
        .filter(|row| !row.is_empty())
        .collect()
}

/// The colours of a row, with the texts that have them.
pub fn colors(outcome: &Value, row: usize) -> Vec<(&str, &str)> {
    let runs = outcome["result"]["runs"][row].as_array().unwrap().iter();
    runs.map(|run| {
        (
            run["text"].as_str().unwrap(),
            run["foreground"].as_str().unwrap(),
        )
    })
    .collect()
}

/// A plugin's counters.
pub fn metrics<'o>(outcome: &'o Value, plugin: &str) -> &'o Value {
    let all = outcome["result"]["plugins"].as_array().unwrap();
    all.iter()
        .find(|metrics| metrics["plugin"] == plugin)
        .expect(plugin)
}
