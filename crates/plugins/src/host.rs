//! The host: its plugins, their life, and what the daemon takes from it. Events are in `events.rs`.

use std::sync::Arc;
use std::time::Instant;

use diag::{Diagnostic, fp};
use foxvm::Engine;

use crate::builder::Builder;
use crate::command::Command;
use crate::config::{Config, Entry};
use crate::failure::Failure;
use crate::granted::Granted;
use crate::grid::Grid;
use crate::metrics::PluginMetrics;
use crate::outbox::Outbox;
use crate::plugin::{Checked, Plugin, check};
use crate::reload::{Compilers, Read};
use crate::report::{Level, Report};
use crate::room::Surroundings;
use crate::state::State;
use crate::versions::{begin, end, taken};

/// What all plugins of a host stand on.
#[derive(Debug)]
pub(crate) struct Base {
    pub engine: Engine,
    pub compilers: Compilers,
    pub granted: Granted,
    pub surroundings: Surroundings,
}

impl Base {
    /// Reads and verifies, or compiles, a plugin's file.
    pub fn read(&self, entry: &Entry) -> Read {
        self.compilers.read(&self.engine, &entry.path)
    }
}

/// Plugins, and the daemon's side of them. One thread at a time uses it.
#[derive(Debug)]
pub struct Host {
    pub(crate) base: Base,
    pub(crate) plugins: Vec<Plugin>,
    pub(crate) outbox: Outbox,
}

impl Host {
    /// A host with its own Engine.
    ///
    /// # Errors
    /// As [`Builder::build`].
    pub fn new() -> Result<Host, Failure> {
        Host::builder().build()
    }

    /// A host with settings.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The Engine.
    pub fn engine(&self) -> &Engine {
        &self.base.engine
    }

    /// Loads all plugins of a configuration that are enabled. What fails is in the reports, and is
    /// [`State::Failed`]; the others are loaded.
    pub fn load_all(&mut self, config: &Config) {
        for entry in &config.plugins {
            // The report says it.
            let _ = self.load(entry.clone());
        }
    }

    /// Adds a plugin at the end of the chain and starts it, unless it is not enabled.
    ///
    /// # Errors
    /// FP02 for a name that there is already; else why it could not be started: then it is there, as [`State::Failed`].
    pub fn load(&mut self, entry: Entry) -> Result<(), Failure> {
        if self.plugins.iter().any(|old| old.entry.name == entry.name) {
            return Err(Diagnostic::error(fp::DOUBLE)
                .arg("plugin", entry.name)
                .into());
        }
        let enabled = entry.enabled;
        self.plugins.push(Plugin::new(entry));
        match self.plugins.last_mut() {
            Some(plugin) if enabled => begin(&self.base, &mut self.outbox, plugin),
            _ => Ok(()),
        }
    }

    /// Reads, verifies and checks a plugin without running anything of it, whether it is loaded or not.
    ///
    /// # Errors
    /// Why it could not be loaded.
    pub fn check(&self, entry: &Entry) -> Result<Checked, Failure> {
        let module = self.base.read(entry).module?;
        self.base.granted.check(entry, &module)?;
        check(&self.base.engine, entry, &module)
    }

    /// Grants a plugin what its entry grants, as its file is now; it is told what that is. Keep [`Host::granted`] afterwards.
    ///
    /// # Errors
    /// As [`Host::check`], if it could not be loaded for another reason than that it was not granted: then nothing is granted.
    pub fn grant(&mut self, entry: &Entry) -> Result<Checked, Failure> {
        let module = self.base.read(entry).module?;
        let checked = check(&self.base.engine, entry, &module)?;
        self.base.granted.grant(entry, &module);
        Ok(checked)
    }

    /// What was granted so far.
    pub fn granted(&self) -> &Granted {
        &self.base.granted
    }

    /// Switches a plugin on again: one that was switched off gets events again, with its state and no failures; one that
    /// failed or was unloaded is loaded anew.
    ///
    /// # Errors
    /// FP14 for a name that there is not; why it could not be started.
    pub fn enable(&mut self, name: &str) -> Result<(), Failure> {
        let Host {
            base,
            plugins,
            outbox,
        } = self;
        let plugin = named(plugins, name)?;
        match plugin.state {
            State::Suspended => {
                plugin.in_a_row = 0;
                plugin.switched_off = false;
                outbox.state(plugin, State::Running, None);
                Ok(())
            }
            State::Failed | State::Unloaded => {
                outbox.state(plugin, State::Discovered, None);
                begin(base, outbox, plugin)
            }
            State::Discovered => begin(base, outbox, plugin),
            _ => Ok(()),
        }
    }

    /// Switches a plugin off: it keeps its memory and gets no events.
    ///
    /// # Errors
    /// FP14.
    pub fn disable(&mut self, name: &str) -> Result<(), Failure> {
        let plugin = named(&mut self.plugins, name)?;
        if plugin.state == State::Running {
            plugin.switched_off = false;
            self.outbox.state(plugin, State::Suspended, None);
        }
        Ok(())
    }

    /// Ends a plugin: `onUnload`, then its World goes. Its data store stays.
    ///
    /// # Errors
    /// FP14.
    pub fn unload(&mut self, name: &str) -> Result<(), Failure> {
        let plugin = named(&mut self.plugins, name)?;
        end(&mut self.outbox, plugin);
        Ok(())
    }

    /// Reads a plugin's file now and puts it in the place of the version that runs; see [`Host::poll`].
    ///
    /// # Errors
    /// FP14; why the new version was not taken.
    pub fn reload(&mut self, name: &str) -> Result<(), Failure> {
        let Host {
            base,
            plugins,
            outbox,
        } = self;
        let plugin = named(plugins, name)?;
        let module = plugin.read(base);
        taken(base, outbox, plugin, module)
    }

    /// Lets go on what sleeps in the plugins and whose time has come. Looks for new versions of the plugins' files: a file that
    /// changed and then rested for half a second is read and verified on another thread; a later call puts it in the place of the old version, with its state (`saveState`, `restoreState`). If
    /// it cannot take it, the old one goes on, and the pauses before the next tries grow. Call it between events, a few times
    /// a second.
    pub fn poll(&mut self, now: Instant) {
        let Host {
            base,
            plugins,
            outbox,
        } = self;
        for plugin in plugins {
            if plugin.state == State::Running
                && let Some(live) = &mut plugin.live
            {
                live.go_on(now);
                for text in live.take_lost() {
                    outbox.report(Report::Log {
                        plugin: plugin.entry.name.clone(),
                        level: Level::Error,
                        text,
                    });
                }
                outbox.collect(&plugin.entry.name, live);
            }
            if let Some(loading) = &plugin.loading {
                if let Some(read) = loading.done() {
                    plugin.loading = None;
                    if let Some(files) = read.files {
                        plugin.watch.beside(files);
                    }
                    // The reports say it.
                    let _ = taken(base, outbox, plugin, read.module);
                }
                continue;
            }
            let awaited = matches!(
                plugin.state,
                State::Running | State::Suspended | State::Failed
            );
            if awaited && plugin.watch.changed(now) {
                match base.compilers.begin(&base.engine, &plugin.entry.path) {
                    Ok(loading) => plugin.loading = Some(loading),
                    Err(failure) => {
                        let _ = taken(base, outbox, plugin, Err(failure));
                    }
                }
            }
        }
    }

    /// Changes the grid that plugins read.
    pub fn update_grid<T>(&self, change: impl FnOnce(&mut Grid) -> T) -> T {
        self.base.surroundings.screen.write(change)
    }

    /// Reads it.
    pub fn read_grid<T>(&self, read: impl FnOnce(&Grid) -> T) -> T {
        self.base.surroundings.screen.read(read)
    }

    /// Can any plugin read the grid? If none can, it need not be brought up to date before each event.
    pub fn reads_grid(&self) -> bool {
        let mut lives = self
            .plugins
            .iter()
            .filter_map(|plugin| plugin.live.as_ref());
        lives.any(|live| live.reads_grid())
    }

    /// Says which theme is in use.
    pub fn set_theme(&self, name: &str) {
        name.clone_into(&mut self.base.surroundings.shared().theme);
    }

    /// What plugins want, in order. Cells that they want written are in the grid already.
    pub fn take_commands(&mut self) -> Vec<(Arc<str>, Command)> {
        let commands = self.outbox.take_commands();
        // What had no room before.
        for plugin in &mut self.plugins {
            if let Some(live) = &mut plugin.live {
                self.outbox.collect(&plugin.entry.name, live);
            }
        }
        self.base.surroundings.screen.write(|grid| {
            for (_, command) in &commands {
                if let Command::SetCell { column, row, cell } = command {
                    grid.set_cell(*column, *row, *cell);
                }
            }
        });
        commands
    }

    /// What happened, in order.
    pub fn take_reports(&mut self) -> Vec<Report> {
        self.outbox.take_reports()
    }

    /// Where a plugin stands.
    pub fn state(&self, name: &str) -> Option<State> {
        let found = self.plugins.iter().find(|plugin| plugin.entry.name == name);
        found.map(|plugin| plugin.state)
    }

    /// The counters of all plugins, in their order.
    pub fn metrics(&mut self) -> Vec<PluginMetrics> {
        self.plugins.iter_mut().map(Plugin::metrics).collect()
    }

    /// Ends all plugins, the last one first.
    pub fn shut_down(&mut self) {
        for plugin in self.plugins.iter_mut().rev() {
            end(&mut self.outbox, plugin);
        }
    }
}

pub(crate) fn named<'p>(plugins: &'p mut [Plugin], name: &str) -> Result<&'p mut Plugin, Failure> {
    plugins
        .iter_mut()
        .find(|plugin| plugin.entry.name == name)
        .ok_or_else(|| Diagnostic::error(fp::UNKNOWN).arg("plugin", name).into())
}
