//! A folder of its own for each test, and plugins in it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use plugins::{Entry, Host, Report, State};

/// A folder that goes when the test ends.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("foxvm-plugins-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a plugin of that name; an entry with all grants and long deadlines, since the machine may be busy.
    pub fn plugin(&self, name: &str, body: &str) -> Entry {
        let path = self.write(name, body);
        let mut entry = Entry::new(name, path);
        for capability in foxvm::Capability::OF_PLUGINS {
            entry = entry.grant(capability);
        }
        entry.bounds.deadline = Some(Duration::from_secs(20));
        entry
    }

    /// Writes a plugin's file anew.
    pub fn write(&self, name: &str, body: &str) -> PathBuf {
        let path = self.0.join(format!("{name}.fza"));
        std::fs::write(&path, format!("module \"{name}\" lang machine\n{body}")).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left is the system's to tidy up.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A host with those plugins, all of which run; what it told so far is taken.
pub fn host(entries: impl IntoIterator<Item = Entry>) -> Host {
    let mut host = Host::new().expect("a host");
    for entry in entries {
        let name = entry.name.clone();
        if let Err(failure) = host.load(entry) {
            panic!("{failure}");
        }
        assert_eq!(host.state(&name), Some(State::Running));
    }
    host.take_reports();
    host
}

/// The codes of the faults that were told.
pub fn faults(host: &mut Host) -> Vec<String> {
    host.take_reports()
        .into_iter()
        .filter_map(|report| match report {
            Report::Fault { why, .. } => Some(why.code.to_string()),
            _ => None,
        })
        .collect()
}

/// Polls until a report is one that is waited for; all that were told.
pub fn poll_until(
    host: &mut Host,
    mut now: Instant,
    found: impl Fn(&Report) -> bool,
) -> Vec<Report> {
    let mut told = Vec::new();
    let end = Instant::now() + Duration::from_secs(30);
    while Instant::now() < end {
        // The host's clock is the test's: a debounce takes no time.
        now += Duration::from_millis(400);
        host.poll(now);
        let reports = host.take_reports();
        let done = reports.iter().any(&found);
        told.extend(reports);
        if done {
            return told;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("not told: {told:?}");
}

/// A plugin that appends to each line.
pub fn appends(text: &str) -> String {
    format!(
        "fn on_output(line: text) -> text export {{\n load line\n push \"{text}\"\n concat 2\n ret\n}}\n"
    )
}

/// A plugin that lets every line pass.
pub const IDLE: &str = "fn onOutput(line: text) -> unit export {\n unit\n ret\n}\n";
/// One that never ends.
pub const LOOPS: &str = "fn onOutput(line: text) -> unit export {\nagain:\n jump again\n}\n";
/// One that takes more and more memory.
pub const GROWS: &str = "fn onOutput(line: text) -> unit export {\n local t: text\n push \"0123456789\"\n store t\nagain:\n load t\n load t\n concat 2\n store t\n jump again\n}\n";
/// One that throws.
pub const THROWS: &str = "fn onOutput(line: text) -> unit export {\n push \"boom\"\n throw\n}\n";
