//! Counters of plugins, as data and in three forms (docs/specs/fusabi.md §6.5).

use std::fmt::Write as _;
use std::time::Duration;

use serde::Serialize;

use crate::histogram::Histogram;
use crate::hook::Hook;
use crate::state::State;

/// One plugin, now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PluginMetrics {
    /// Its name.
    pub plugin: String,
    /// Where it stands.
    pub state: State,
    /// What it may do.
    pub powers: Vec<String>,
    /// Bytes of memory in use.
    pub memory: usize,
    /// Bytes of memory, the most so far.
    pub memory_peak: usize,
    /// Calls of host functions.
    pub host_calls: u64,
    /// Commands that were refused: quota, rate.
    pub refused_commands: u64,
    /// Failures in a row.
    pub failures_in_a_row: u32,
    /// New versions that took the old one's place.
    pub reloads: u64,
    /// Why the newest version was not taken, in English.
    pub not_taken: Option<String>,
    /// Its hooks; those that it has, in their order.
    pub hooks: Vec<HookMetrics>,
}

/// One hook of a plugin.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct HookMetrics {
    /// Its name.
    pub hook: &'static str,
    /// Calls.
    pub calls: u64,
    /// Calls that failed.
    pub faults: u64,
    /// Fuel in all.
    pub fuel: u64,
    /// Fuel of the dearest call.
    pub fuel_most: u64,
    /// Nanoseconds that half of the calls did not exceed.
    pub p50_ns: u64,
    /// Nanoseconds that 99 of 100 calls did not exceed.
    pub p99_ns: u64,
    /// Nanoseconds of the longest call.
    pub max_ns: u64,
}

/// What is counted per hook; the histogram is made by the first call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counted {
    calls: u64,
    faults: u64,
    fuel: u64,
    fuel_most: u64,
    times: Option<Box<Histogram>>,
}

impl Counted {
    pub fn add(&mut self, time: Duration, fuel: u64, failed: bool) {
        self.calls += 1;
        self.faults += u64::from(failed);
        self.fuel = self.fuel.saturating_add(fuel);
        self.fuel_most = self.fuel_most.max(fuel);
        self.times.get_or_insert_default().add(time);
    }

    pub fn of(&self, hook: Hook) -> HookMetrics {
        let nanoseconds = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let quantile = |thousandths| {
            self.times
                .as_ref()
                .map_or(0, |times| nanoseconds(times.quantile(thousandths)))
        };
        HookMetrics {
            hook: hook.name(),
            calls: self.calls,
            faults: self.faults,
            fuel: self.fuel,
            fuel_most: self.fuel_most,
            p50_ns: quantile(500),
            p99_ns: quantile(990),
            max_ns: self
                .times
                .as_ref()
                .map_or(0, |times| nanoseconds(times.longest())),
        }
    }
}

/// As JSON: `{"v":1,"plugins":[…]}`.
pub fn json(plugins: &[PluginMetrics]) -> String {
    serde_json::json!({ "v": 1, "plugins": plugins }).to_string()
}

/// As a table for people.
pub fn table(plugins: &[PluginMetrics]) -> String {
    let mut rows = vec![
        [
            "PLUGIN",
            "STATE",
            "HOOK",
            "CALLS",
            "FAULTS",
            "P50",
            "P99",
            "MAX",
            "FUEL/CALL",
            "MEMORY",
            "PEAK",
        ]
        .map(str::to_owned),
    ];
    for plugin in plugins {
        let first = |hook: Option<&HookMetrics>, lead: bool| {
            let lead = |text: String| if lead { text } else { String::new() };
            let of = |read: fn(&HookMetrics) -> String| hook.map_or_else(|| "-".to_owned(), read);
            [
                lead(plugin.plugin.clone()),
                lead(plugin.state.name().to_owned()),
                of(|hook| hook.hook.to_owned()),
                of(|hook| hook.calls.to_string()),
                of(|hook| hook.faults.to_string()),
                of(|hook| duration(hook.p50_ns)),
                of(|hook| duration(hook.p99_ns)),
                of(|hook| duration(hook.max_ns)),
                of(|hook| hook.fuel.checked_div(hook.calls).unwrap_or(0).to_string()),
                lead(bytes(plugin.memory)),
                lead(bytes(plugin.memory_peak)),
            ]
        };
        if plugin.hooks.is_empty() {
            rows.push(first(None, true));
        }
        for (index, hook) in plugin.hooks.iter().enumerate() {
            rows.push(first(Some(hook), index == 0));
        }
    }
    let mut widths = [0; 11];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (index, (cell, width)) in row.iter().zip(widths).enumerate() {
            // Names stand on the left, numbers on the right.
            let _ = if index < 3 {
                write!(line, "{cell:<width$}  ")
            } else {
                write!(line, "{cell:>width$}  ")
            };
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// A family of Prometheus: its name, kind and help, and where its value is.
type Family<T> = (&'static str, &'static str, &'static str, fn(&T) -> u64);

/// As the text that Prometheus reads.
pub fn prometheus(plugins: &[PluginMetrics]) -> String {
    let mut text = String::new();
    let of_hooks: [Family<HookMetrics>; 5] = [
        ("calls_total", "counter", "Calls of hooks.", |hook| {
            hook.calls
        }),
        (
            "faults_total",
            "counter",
            "Calls of hooks that failed.",
            |hook| hook.faults,
        ),
        ("fuel_total", "counter", "Fuel used by hooks.", |hook| {
            hook.fuel
        }),
        ("fuel_most", "gauge", "Fuel of the dearest call.", |hook| {
            hook.fuel_most
        }),
        ("time_max_nanoseconds", "gauge", "Longest call.", |hook| {
            hook.max_ns
        }),
    ];
    for (name, kind, help, read) in of_hooks {
        head(&mut text, name, kind, help);
        for plugin in plugins {
            for hook in &plugin.hooks {
                let labels = format!(
                    "plugin=\"{}\",hook=\"{}\"",
                    label(&plugin.plugin),
                    hook.hook
                );
                line(&mut text, name, &labels, read(hook));
            }
        }
    }
    head(
        &mut text,
        "time_nanoseconds",
        "summary",
        "Time of calls of hooks.",
    );
    for plugin in plugins {
        for hook in &plugin.hooks {
            for (quantile, value) in [("0.5", hook.p50_ns), ("0.99", hook.p99_ns)] {
                let labels = format!(
                    "plugin=\"{}\",hook=\"{}\",quantile=\"{quantile}\"",
                    label(&plugin.plugin),
                    hook.hook
                );
                line(&mut text, "time_nanoseconds", &labels, value);
            }
        }
    }
    let of_plugins: [Family<PluginMetrics>; 6] = [
        ("memory_bytes", "gauge", "Memory in use.", |plugin| {
            plugin.memory as u64
        }),
        (
            "memory_peak_bytes",
            "gauge",
            "The most memory so far.",
            |plugin| plugin.memory_peak as u64,
        ),
        (
            "host_calls_total",
            "counter",
            "Calls of host functions.",
            |plugin| plugin.host_calls,
        ),
        (
            "refused_commands_total",
            "counter",
            "Commands beyond a bound.",
            |plugin| plugin.refused_commands,
        ),
        (
            "reloads_total",
            "counter",
            "New versions taken.",
            |plugin| plugin.reloads,
        ),
        ("running", "gauge", "1 if it gets events.", |plugin| {
            u64::from(plugin.state == State::Running)
        }),
    ];
    for (name, kind, help, read) in of_plugins {
        head(&mut text, name, kind, help);
        for plugin in plugins {
            let labels = format!("plugin=\"{}\"", label(&plugin.plugin));
            line(&mut text, name, &labels, read(plugin));
        }
    }
    text
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP foxvm_plugin_{name} {help}");
    let _ = writeln!(text, "# TYPE foxvm_plugin_{name} {kind}");
}

fn line(text: &mut String, name: &str, labels: &str, value: u64) {
    let _ = writeln!(text, "foxvm_plugin_{name}{{{labels}}} {value}");
}

/// A name inside quotes, as Prometheus escapes it.
fn label(name: &str) -> String {
    name.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

fn duration(nanoseconds: u64) -> String {
    match nanoseconds {
        0..1_000 => format!("{nanoseconds} ns"),
        1_000..1_000_000 => format!("{:.1} µs", nanoseconds as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} ms", nanoseconds as f64 / 1e6),
        _ => format!("{:.1} s", nanoseconds as f64 / 1e9),
    }
}

fn bytes(count: usize) -> String {
    match count {
        0..1_024 => format!("{count} B"),
        1_024..1_048_576 => format!("{:.1} KiB", count as f64 / 1_024.0),
        _ => format!("{:.1} MiB", count as f64 / 1_048_576.0),
    }
}
