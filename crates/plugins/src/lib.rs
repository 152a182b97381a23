//! The plugin host: what a daemon embeds to let plugins see and change what passes through it.
//!
//! ```
//! # let folder = std::env::temp_dir().join(format!("foxvm-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # std::fs::write(folder.join("errors.fza"), r#"module "errors" lang machine
//! # import notify host "notify" (text) -> unit needs "ui-overlay"
//! # fn on_output(line: text) -> unit export {
//! #     push "Error detected in terminal"
//! #     call_ffi notify
//! #     ret
//! # }
//! # "#)?;
//! # let text = "[[plugin]]\nname = \"errors\"\npath = \"errors.fza\"\ngrants = [\"output-filtering\", \"ui-overlay\"]\n";
//! # std::fs::write(folder.join("plugins.toml"), text)?;
//! use plugins::{Command, Config, Flow, Host};
//!
//! let config = Config::read(&folder.join("plugins.toml"))?;
//! let mut host = Host::new()?;
//! host.load_all(&config);
//! // For each line that the terminal's program writes:
//! match host.output("ERROR: disk on fire") {
//!     Flow::Pass => { /* show the line */ }
//!     Flow::Changed(_line) => { /* show this in its place */ }
//!     Flow::Stopped => { /* show nothing */ }
//! }
//! for (_plugin, command) in host.take_commands() {
//!     if let Command::Notify { body, .. } = command {
//!         assert_eq!(body, "Error detected in terminal");
//!     }
//! }
//! for report in host.take_reports() {
//!     let _ = report; // a state that changed, a fault, a line for the log
//! }
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - A [`Host`] has plugins in the order of `plugins.toml`, which is the order of the chain. It is used by one thread.
//! - Each plugin has a World of its own. A fault — fuel, memory, time, a throw, a panic in a host function — ends that call
//!   and nothing else: the event goes on unmodified. Three in a row switch the plugin off ([`Host::enable`]).
//! - A plugin has the capabilities that its manifest asks for *and* that its user granted. Its imports and hooks are
//!   checked against them before anything of it runs.
//! - What plugins want of the daemon are [`Command`]s, validated and bounded; the daemon carries them out between events.
//! - [`Host::poll`] looks for new versions of files and swaps them in between events.
//!
//! What this crate never does: it opens no file but those it was told of, shows nothing, and lets no plugin hold the
//! daemon's own data.
//!
//! Where to start reading: `host.rs`, `events.rs` (the chain), `versions.rs` (begun, replaced, ended), then `plugin.rs` (one
//! plugin), `link.rs` (which function is which hook).
//! Specification: docs/specs/fusabi.md §5.4, §5.5, §6.
#![forbid(unsafe_code)]

mod action;
pub mod api;
mod backoff;
mod builder;
mod command;
mod config;
mod discovery;
mod events;
mod failure;
mod granted;
mod grid;
mod histogram;
mod hook;
mod host;
mod items;
mod link;
mod manifest;
mod metrics;
mod natives;
mod outbox;
mod page;
mod plugin;
mod powers;
mod queue;
mod reload;
mod report;
mod room;
mod state;
mod store;
mod versions;
mod watch;

pub use action::Flow;
pub use api::documented;
pub use builder::Builder;
pub use command::{Command, Direction, IMAGE_SIDE, Target};
pub use config::{Bounds, Config, Entry};
pub use discovery::{default_folders, discover};
pub use failure::Failure;
pub use granted::Granted;
pub use grid::Grid;
pub use hook::{Hook, Key, modifiers};
pub use host::Host;
pub use items::Item;
pub use metrics::{HookMetrics, PluginMetrics, json, prometheus, table};
pub use page::page;
pub use plugin::Checked;
pub use report::{Level, Report};
pub use shm::Cell;
pub use state::State;
pub use store::QUOTA as DATA_QUOTA;

/// Version of what this host offers to plugins: major, minor.
pub const API: (u32, u32) = (1, 0);
