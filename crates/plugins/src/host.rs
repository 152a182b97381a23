//! The host: plugins in order, events through their chain, their life.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use diag::{Diagnostic, fp};
use foxvm::{Engine, Module};

use crate::action::{Answer, Flow, answer};
use crate::command::Command;
use crate::config::{Config, Entry};
use crate::failure::Failure;
use crate::grid::Grid;
use crate::hook::{Hook, Key, modifiers};
use crate::metrics::PluginMetrics;
use crate::natives;
use crate::plugin::{Checked, Datum, Live, Plugin, check, items, loaded};
use crate::powers::hook_names;
use crate::reload::{Compile, Compilers};
use crate::report::{Level, Report};
use crate::room::{Room, Surroundings};
use crate::state::State;
use crate::watch::{Stamp, Watch};

/// Reports that wait for the daemon; beyond them they are counted only.
const REPORTS: usize = 1_024;

/// Commands that wait for the daemon; beyond them they stay in their plugins' own lists, which are bounded too.
const COMMANDS: usize = 4_096;

/// Plugins, and the daemon's side of them. One thread at a time uses it.
#[derive(Debug)]
pub struct Host {
    engine: Engine,
    compilers: Compilers,
    surroundings: Surroundings,
    plugins: Vec<Plugin>,
    outbox: Outbox,
}

/// Settings of a [`Host`].
#[derive(Default)]
pub struct Builder {
    engine: Option<Engine>,
    compilers: BTreeMap<String, Compile>,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Builder")
    }
}

/// Something that a plugin offers to the user.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Item {
    /// What `onRemoteCommand` gets when it is chosen.
    pub id: String,
    /// What the user reads.
    pub label: String,
    /// What it does; may be empty.
    pub description: String,
}

impl Item {
    /// From words in order, or keys and values in turn.
    pub(crate) fn of(words: &[String], keyed: bool) -> Item {
        let mut item = Item::default();
        if keyed {
            for pair in words.chunks_exact(2) {
                let [key, value] = pair else { continue };
                match key.to_ascii_lowercase().as_str() {
                    "id" | "name" | "command" => item.id.clone_from(value),
                    "label" | "title" => item.label.clone_from(value),
                    "description" | "desc" => item.description.clone_from(value),
                    _ => {}
                }
            }
        } else {
            let word = |at: usize| words.get(at).cloned().unwrap_or_default();
            item = Item {
                id: word(0),
                label: word(1),
                description: word(2),
            };
        }
        if item.label.is_empty() {
            item.label.clone_from(&item.id);
        }
        item
    }
}

impl Builder {
    /// An Engine with further host functions, e.g. those of crate `stdlib`; the plugins' are added to it.
    #[must_use]
    pub fn engine(mut self, engine: Engine) -> Builder {
        self.engine = Some(engine);
        self
    }

    /// A compiler for files with that end, e.g. `fsx`. It runs on a thread of its own when a file changes.
    #[must_use]
    pub fn compiler(
        mut self,
        end: &str,
        compile: impl Fn(&Engine, &Path) -> Result<Vec<u8>, Failure> + Send + Sync + 'static,
    ) -> Builder {
        self.compilers.insert(end.to_owned(), Arc::new(compile));
        self
    }

    /// The host.
    ///
    /// # Errors
    /// None in practice: the host functions are fixed.
    pub fn build(self) -> Result<Host, Failure> {
        let engine = self.engine.unwrap_or_default();
        natives::offer(&engine)?;
        Ok(Host {
            engine,
            compilers: Compilers(Arc::new(self.compilers)),
            surroundings: Surroundings::default(),
            plugins: Vec::new(),
            outbox: Outbox::default(),
        })
    }
}

/// What waits for the daemon.
#[derive(Debug, Default)]
struct Outbox {
    commands: Vec<(Arc<str>, Command)>,
    reports: Vec<Report>,
    dropped: u64,
}

impl Outbox {
    fn report(&mut self, report: Report) {
        if self.reports.len() < REPORTS {
            self.reports.push(report);
        } else {
            self.dropped += 1;
        }
    }

    /// Takes what a plugin's call left: commands and lines of log.
    fn collect(&mut self, plugin: &str, live: &mut Live) {
        let Some(room) = live.world.data::<Room>() else {
            return;
        };
        let room_left = self.commands.len() < COMMANDS;
        let commands = if room_left {
            room.queue.take()
        } else {
            Vec::new()
        };
        if !commands.is_empty() {
            let name: Arc<str> = plugin.into();
            let named = commands.into_iter().map(|command| (name.clone(), command));
            self.commands.extend(named);
        }
        for (level, text) in room.take_log() {
            self.report(Report::Log {
                plugin: plugin.to_owned(),
                level,
                text,
            });
        }
    }

    fn state(&mut self, plugin: &mut Plugin, to: State, why: Option<Box<Diagnostic>>) {
        let from = std::mem::replace(&mut plugin.state, to);
        debug_assert!(from.leads_to(to), "{from} leads to {to}");
        self.report(Report::State {
            plugin: plugin.entry.name.clone(),
            from,
            to,
            why,
        });
    }
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
        &self.engine
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
            Some(plugin) if enabled => begin(
                &self.engine,
                &self.compilers,
                &self.surroundings,
                &mut self.outbox,
                plugin,
            ),
            _ => Ok(()),
        }
    }

    /// Reads, verifies and checks a plugin without running anything of it, whether it is loaded or not.
    ///
    /// # Errors
    /// Why it could not be loaded.
    pub fn check(&self, entry: &Entry) -> Result<Checked, Failure> {
        let module = self.compilers.module(&self.engine, &entry.path)?;
        check(&self.engine, entry, &module)
    }

    /// Switches a plugin on again: one that was switched off gets events again, with its state and no failures; one that
    /// failed or was unloaded is loaded anew.
    ///
    /// # Errors
    /// FP14 for a name that there is not; why it could not be started.
    pub fn enable(&mut self, name: &str) -> Result<(), Failure> {
        let Host {
            engine,
            compilers,
            surroundings,
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
                begin(engine, compilers, surroundings, outbox, plugin)
            }
            State::Discovered => begin(engine, compilers, surroundings, outbox, plugin),
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
            engine,
            compilers,
            surroundings,
            plugins,
            outbox,
        } = self;
        let plugin = named(plugins, name)?;
        plugin.watch = Watch::new(Stamp::of(&plugin.entry.path));
        let module = compilers.module(engine, &plugin.entry.path);
        taken(engine, surroundings, outbox, plugin, module)
    }

    /// Lets go on what sleeps in the plugins and whose time has come. Looks for new versions of the plugins' files. A file that changed and then rested for half a second is read and verified
    /// on another thread; a later call puts it in the place of the old version, with its state (`saveState`, `restoreState`). If
    /// it cannot take it, the old one goes on, and the pauses before the next tries grow. Call it between events, a few times
    /// a second.
    pub fn poll(&mut self, now: Instant) {
        let Host {
            engine,
            compilers,
            surroundings,
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
                if let Some(module) = loading.done() {
                    plugin.loading = None;
                    // The reports say it.
                    let _ = taken(engine, surroundings, outbox, plugin, module);
                }
                continue;
            }
            let awaited = matches!(
                plugin.state,
                State::Running | State::Suspended | State::Failed
            );
            if awaited && plugin.watch.ripe(Stamp::of(&plugin.entry.path), now) {
                match compilers.begin(engine, &plugin.entry.path) {
                    Ok(loading) => plugin.loading = Some(loading),
                    Err(failure) => {
                        let _ = taken(engine, surroundings, outbox, plugin, Err(failure));
                    }
                }
            }
        }
    }

    /// A line of output, before it is shown; without its end, with its escapes.
    pub fn output(&mut self, line: &str) -> Flow<String> {
        self.line(Hook::Output, line)
    }

    /// A command line, before it runs.
    pub fn pre_command(&mut self, command: &str) -> Flow<String> {
        self.line(Hook::PreCommand, command)
    }

    fn line(&mut self, hook: Hook, line: &str) -> Flow<String> {
        let mut current = Cow::Borrowed(line);
        let now = Instant::now();
        for plugin in &mut self.plugins {
            let data = [Datum::Text(&current)];
            match asked(&mut self.outbox, plugin, hook, &data, now, only_text) {
                Answer::Stop => return Flow::Stopped,
                Answer::Text(text) => current = Cow::Owned(text),
                Answer::Continue | Answer::Bytes(_) => {}
            }
        }
        match current {
            Cow::Owned(line) => Flow::Changed(line),
            Cow::Borrowed(_) => Flow::Pass,
        }
    }

    /// Bytes of input, before the program gets them.
    pub fn input(&mut self, bytes: &[u8]) -> Flow<Vec<u8>> {
        let mut current = Cow::Borrowed(bytes);
        let now = Instant::now();
        for plugin in &mut self.plugins {
            let data = [Datum::Bytes(&current)];
            match asked(&mut self.outbox, plugin, Hook::Input, &data, now, Ok) {
                Answer::Stop => return Flow::Stopped,
                Answer::Text(text) => current = Cow::Owned(text.into_bytes()),
                Answer::Bytes(bytes) => current = Cow::Owned(bytes),
                Answer::Continue => {}
            }
        }
        match current {
            Cow::Owned(bytes) => Flow::Changed(bytes),
            Cow::Borrowed(_) => Flow::Pass,
        }
    }

    /// A key. A text that a plugin answers is the code of another key.
    pub fn key_press(&mut self, key: &Key) -> Flow<Key> {
        self.surroundings.shared().leader = key.mods & modifiers::LEADER != 0;
        let mut current = Cow::Borrowed(key);
        let now = Instant::now();
        for plugin in &mut self.plugins {
            let data = [Datum::Key(&current)];
            match asked(
                &mut self.outbox,
                plugin,
                Hook::KeyPress,
                &data,
                now,
                only_text,
            ) {
                Answer::Stop => return Flow::Stopped,
                Answer::Text(code) => {
                    let mods = current.mods;
                    current = Cow::Owned(Key { code, mods });
                }
                Answer::Continue | Answer::Bytes(_) => {}
            }
        }
        match current {
            Cow::Owned(key) => Flow::Changed(key),
            Cow::Borrowed(_) => Flow::Pass,
        }
    }

    /// A command line has run, with that exit code.
    pub fn post_command(&mut self, command: &str, exit: i64) {
        self.tell(Hook::PostCommand, &[Datum::Text(command), Datum::Int(exit)]);
    }

    /// The terminal has another size. The grid is the daemon's to change ([`Host::update_grid`]).
    pub fn resize(&mut self, columns: usize, rows: usize) {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.tell(
            Hook::Resize,
            &[Datum::Int(number(columns)), Datum::Int(number(rows))],
        );
    }

    /// A client came.
    pub fn attach(&mut self, client: i64) {
        self.tell(Hook::Attach, &[Datum::Int(client)]);
    }

    /// A client went.
    pub fn detach(&mut self, client: i64) {
        self.tell(Hook::Detach, &[Datum::Int(client)]);
    }

    /// An item of a plugin was chosen: told to that plugin only.
    ///
    /// # Errors
    /// FP14.
    pub fn remote_command(&mut self, plugin: &str, id: &str) -> Result<(), Failure> {
        let plugin = named(&mut self.plugins, plugin)?;
        if plugin.state != State::Running {
            return Ok(());
        }
        let now = Instant::now();
        if let Some(result) = plugin.run_command(id, now) {
            ended(&mut self.outbox, plugin, Hook::RemoteCommand, result);
        }
        let data = [Datum::Text(id)];
        if let Some(result) = plugin.run(Hook::RemoteCommand, &data, now, |_, _, _| Ok(())) {
            ended(&mut self.outbox, plugin, Hook::RemoteCommand, result);
        }
        Ok(())
    }

    /// What the plugins offer to the user by `getCommands`.
    pub fn commands(&mut self) -> Vec<(String, Item)> {
        self.items(Hook::Commands)
    }

    /// What the plugins offer to the user by `getMenu`.
    pub fn menu(&mut self) -> Vec<(String, Item)> {
        self.items(Hook::Menu)
    }

    fn items(&mut self, hook: Hook) -> Vec<(String, Item)> {
        let mut all = Vec::new();
        let now = Instant::now();
        for plugin in &mut self.plugins {
            let Some(found) = event(&mut self.outbox, plugin, hook, &[], now, items) else {
                continue;
            };
            let name = &plugin.entry.name;
            all.extend(found.into_iter().map(|item| (name.clone(), item)));
        }
        all
    }

    /// The plugins' parts of the status bar, in order; what is no text is left out.
    pub fn status_bar(&mut self) -> Vec<(String, String)> {
        let mut all = Vec::new();
        let now = Instant::now();
        for plugin in &mut self.plugins {
            let read =
                |_: &str, world: &mut foxvm::World, value: &foxvm::Value| match value.is_empty() {
                    true => Ok(String::new()),
                    false => Ok(world.read::<String>(value)?),
                };
            let text = event(&mut self.outbox, plugin, Hook::StatusBar, &[], now, read);
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                all.push((plugin.entry.name.clone(), text));
            }
        }
        all
    }

    fn tell(&mut self, hook: Hook, data: &[Datum<'_>]) {
        let now = Instant::now();
        for plugin in &mut self.plugins {
            event(&mut self.outbox, plugin, hook, data, now, |_, _, _| Ok(()));
        }
    }

    /// Changes the grid that plugins read.
    pub fn update_grid<T>(&self, change: impl FnOnce(&mut Grid) -> T) -> T {
        self.surroundings.screen.write(change)
    }

    /// Reads it.
    pub fn read_grid<T>(&self, read: impl FnOnce(&Grid) -> T) -> T {
        self.surroundings.screen.read(read)
    }

    /// Says which theme is in use.
    pub fn set_theme(&self, name: &str) {
        name.clone_into(&mut self.surroundings.shared().theme);
    }

    /// What plugins want, in order. Cells that they want written are in the grid already.
    pub fn take_commands(&mut self) -> Vec<(Arc<str>, Command)> {
        let commands = std::mem::take(&mut self.outbox.commands);
        // What had no room before.
        for plugin in &mut self.plugins {
            if let Some(live) = &mut plugin.live {
                self.outbox.collect(&plugin.entry.name, live);
            }
        }
        self.surroundings.screen.write(|grid| {
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
        let mut reports = std::mem::take(&mut self.outbox.reports);
        let dropped = std::mem::take(&mut self.outbox.dropped);
        if dropped > 0 {
            reports.push(Report::Dropped(dropped));
        }
        reports
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

fn named<'p>(plugins: &'p mut [Plugin], name: &str) -> Result<&'p mut Plugin, Failure> {
    plugins
        .iter_mut()
        .find(|plugin| plugin.entry.name == name)
        .ok_or_else(|| Diagnostic::error(fp::UNKNOWN).arg("plugin", name).into())
}

/// Calls a hook of a plugin that runs; what it answered, if it did and did not fail.
fn event<T>(
    outbox: &mut Outbox,
    plugin: &mut Plugin,
    hook: Hook,
    data: &[Datum<'_>],
    now: Instant,
    read: impl FnOnce(&str, &mut foxvm::World, &foxvm::Value) -> Result<T, Failure>,
) -> Option<T> {
    if plugin.state != State::Running {
        return None;
    }
    let result = plugin.run(hook, data, now, read)?;
    ended(outbox, plugin, hook, result)
}

/// The same for hooks of a chain; who fails has said `Continue`.
fn asked(
    outbox: &mut Outbox,
    plugin: &mut Plugin,
    hook: Hook,
    data: &[Datum<'_>],
    now: Instant,
    refine: impl FnOnce(Answer) -> Result<Answer, String>,
) -> Answer {
    let read = |name: &str, world: &mut foxvm::World, value: &foxvm::Value| {
        let answered = answer(name, hook, world, value)?;
        refine(answered).map_err(|found| {
            Diagnostic::error(fp::ANSWER)
                .arg("plugin", name)
                .arg("hook", hook.name())
                .arg("found", found)
                .into()
        })
    };
    event(outbox, plugin, hook, data, now, read).unwrap_or(Answer::Continue)
}

/// What replaces a text is text.
fn only_text(answer: Answer) -> Result<Answer, String> {
    match answer {
        Answer::Bytes(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Answer::Text(text)),
            Err(_) => Err("bytes that are not UTF-8".to_owned()),
        },
        other => Ok(other),
    }
}

/// A call ended: what it left is collected, a failure told, and the plugin switched off if it was one too many.
fn ended<T>(
    outbox: &mut Outbox,
    plugin: &mut Plugin,
    hook: Hook,
    result: Result<T, Failure>,
) -> Option<T> {
    if let Some(live) = &mut plugin.live {
        outbox.collect(&plugin.entry.name, live);
    }
    let failure = match result {
        Ok(value) => return Some(value),
        Err(failure) => failure,
    };
    outbox.report(Report::Fault {
        plugin: plugin.entry.name.clone(),
        hook,
        why: failure.diagnostic,
    });
    if plugin.in_a_row >= plugin.entry.bounds.failures && plugin.state == State::Running {
        let why = Diagnostic::error(fp::DISABLED)
            .arg("plugin", plugin.entry.name.as_str())
            .arg("count", plugin.in_a_row)
            .help("help.enable");
        plugin.switched_off = true;
        outbox.state(plugin, State::Suspended, Some(Box::new(why)));
    }
    None
}

/// Reads, checks, links and starts a plugin.
fn begin(
    engine: &Engine,
    compilers: &Compilers,
    surroundings: &Surroundings,
    outbox: &mut Outbox,
    plugin: &mut Plugin,
) -> Result<(), Failure> {
    plugin.watch = Watch::new(Stamp::of(&plugin.entry.path));
    let module = compilers.module(engine, &plugin.entry.path);
    started(engine, surroundings, outbox, plugin, module)
}

/// Starts a plugin that has no version alive.
fn started(
    engine: &Engine,
    surroundings: &Surroundings,
    outbox: &mut Outbox,
    plugin: &mut Plugin,
    module: Result<Module, Failure>,
) -> Result<(), Failure> {
    let result = module.and_then(|module| {
        outbox.state(plugin, State::Loaded, None);
        let room = plugin.room(surroundings);
        let mut reached = Vec::new();
        let entry = plugin.entry.clone();
        let live = Live::start(engine, &entry, &module, room, |state| reached.push(state));
        for state in reached {
            outbox.state(plugin, state, None);
        }
        let mut live = live?;
        let called = live.run(&entry.name, Hook::Load, &[], Instant::now(), loaded);
        outbox.collect(&entry.name, &mut live);
        if let Some(called) = called {
            plugin.count(Hook::Load, called)?;
        }
        Ok(live)
    });
    plugin.in_a_row = 0;
    plugin.switched_off = false;
    match result {
        Ok(live) => {
            if !live.has_hooks() {
                let what = Diagnostic::warning(fp::NO_HOOK)
                    .arg("plugin", plugin.entry.name.as_str())
                    .arg("hooks", hook_names());
                outbox.report(Report::Warning {
                    plugin: plugin.entry.name.clone(),
                    what: Box::new(what),
                });
            }
            plugin.live = Some(live);
            plugin.not_taken = None;
            outbox.state(plugin, State::Running, None);
            Ok(())
        }
        Err(failure) => {
            plugin.watch.backoff.failed();
            outbox.state(plugin, State::Failed, Some(failure.diagnostic.clone()));
            Err(failure)
        }
    }
}

/// A new version was read: it takes the old one's place, or the old one goes on.
fn taken(
    engine: &Engine,
    surroundings: &Surroundings,
    outbox: &mut Outbox,
    plugin: &mut Plugin,
    module: Result<Module, Failure>,
) -> Result<(), Failure> {
    if plugin.live.is_none() {
        if plugin.state != State::Discovered {
            outbox.state(plugin, State::Discovered, None);
        }
        return started(engine, surroundings, outbox, plugin, module);
    }
    let name = plugin.entry.name.clone();
    match module.and_then(|module| version(engine, surroundings, outbox, plugin, &module)) {
        Ok(mut live) => {
            // The old one's last wishes come before the new one's first.
            let now = Instant::now();
            if let Some(result) = plugin.run(Hook::Unload, &[], now, |_, _, _| Ok(())) {
                ended(outbox, plugin, Hook::Unload, result);
            }
            outbox.collect(&name, &mut live);
            plugin.live = Some(live);
            plugin.reloads += 1;
            plugin.in_a_row = 0;
            plugin.not_taken = None;
            plugin.watch.backoff.succeeded();
            outbox.report(Report::Reloaded {
                plugin: name.clone(),
            });
            if plugin.state == State::Suspended && plugin.switched_off {
                plugin.switched_off = false;
                outbox.state(plugin, State::Running, None);
            }
            Ok(())
        }
        Err(failure) => {
            plugin.watch.backoff.failed();
            let why = Diagnostic::error(fp::RELOAD)
                .arg("plugin", name.as_str())
                .arg("cause", failure.to_string());
            plugin.not_taken = Some(failure.to_string());
            outbox.report(Report::Kept {
                plugin: name,
                why: Box::new(why),
            });
            Err(failure)
        }
    }
}

/// A version beside the one that runs, with its state, begun.
fn version(
    engine: &Engine,
    surroundings: &Surroundings,
    outbox: &mut Outbox,
    plugin: &mut Plugin,
    module: &Module,
) -> Result<Live, Failure> {
    let name = plugin.entry.name.clone();
    let now = Instant::now();
    let room = plugin.room(surroundings);
    let mut live = Live::start(engine, &plugin.entry, module, room, |_| {})?;
    let text = |_: &str, world: &mut foxvm::World, value: &foxvm::Value| match value.is_empty() {
        true => Ok(None),
        false => Ok(Some(world.read::<String>(value)?)),
    };
    let row = plugin.in_a_row;
    let saved = plugin.run(Hook::SaveState, &[], now, text).transpose();
    // Whether the old version could say its state is no failure of an event.
    plugin.in_a_row = row;
    if let Some(old) = &mut plugin.live {
        outbox.collect(&name, old);
    }
    if let Some(saved) = saved?.flatten() {
        let data = [Datum::Text(&saved)];
        if let Some(called) = live.run(&name, Hook::RestoreState, &data, now, |_, _, _| Ok(())) {
            called.result?;
        }
    }
    if let Some(called) = live.run(&name, Hook::Load, &[], now, loaded) {
        called.result?;
    }
    Ok(live)
}

/// Ends a plugin that is alive.
fn end(outbox: &mut Outbox, plugin: &mut Plugin) {
    plugin.loading = None;
    if plugin.live.is_none() {
        return;
    }
    let result = plugin.run(Hook::Unload, &[], Instant::now(), |_, _, _| Ok(()));
    if let Some(live) = &mut plugin.live {
        outbox.collect(&plugin.entry.name, live);
    }
    if let Some(Err(failure)) = result {
        outbox.report(Report::Fault {
            plugin: plugin.entry.name.clone(),
            hook: Hook::Unload,
            why: failure.diagnostic,
        });
    }
    outbox.state(plugin, State::Stopped, None);
    plugin.live = None;
    outbox.state(plugin, State::Unloaded, None);
}
