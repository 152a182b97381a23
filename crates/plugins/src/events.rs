//! Events: through the chain of plugins, in their order.

use std::borrow::Cow;
use std::time::Instant;

use diag::{Diagnostic, fp};

use crate::action::{Answer, Flow, answer};
use crate::config::Config;
use crate::failure::Failure;
use crate::hook::{Hook, Key, modifiers};
use crate::host::{Host, named};
use crate::outbox::Outbox;
use crate::plugin::{Datum, Plugin};
use crate::report::Report;
use crate::state::State;

impl Host {
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
        self.base.surroundings.shared().leader = key.mods & modifiers::LEADER != 0;
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

    /// Time passes: call it at even distances, with the number of the tick. Plugins have no clock without its capability.
    pub fn tick(&mut self, number: i64) {
        self.tell(Hook::Tick, &[Datum::Int(number)]);
    }

    /// The terminal's title changed.
    pub fn title_change(&mut self, title: &str) {
        self.tell(Hook::TitleChange, &[Datum::Text(title)]);
    }

    /// The terminal rang its bell.
    pub fn bell(&mut self) {
        self.tell(Hook::Bell, &[]);
    }

    /// Another theme is in use: kept as [`Host::set_theme`] does, and told.
    pub fn theme_changed(&mut self, name: &str) {
        self.set_theme(name);
        self.tell(Hook::ThemeChanged, &[Datum::Text(name)]);
    }

    /// Takes the plugins' own settings from a configuration that was read anew, and tells those plugins whose settings are others
    /// now; their names. Grants and limits are those with which a plugin was loaded.
    pub fn config_reloaded(&mut self, config: &Config) -> Vec<String> {
        let now = Instant::now();
        let mut told = Vec::new();
        for plugin in &mut self.plugins {
            let entry = config
                .plugins
                .iter()
                .find(|entry| entry.name == plugin.entry.name);
            let Some(entry) = entry.filter(|entry| entry.settings != plugin.entry.settings) else {
                continue;
            };
            plugin.set_settings(&entry.settings);
            event(
                &mut self.outbox,
                plugin,
                Hook::ConfigReloaded,
                &[],
                now,
                |_, _, _| Ok(()),
            );
            told.push(plugin.entry.name.clone());
        }
        told
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

    fn tell(&mut self, hook: Hook, data: &[Datum<'_>]) {
        let now = Instant::now();
        for plugin in &mut self.plugins {
            event(&mut self.outbox, plugin, hook, data, now, |_, _, _| Ok(()));
        }
    }
}

/// Calls a hook of a plugin that runs; what it answered, if it did and did not fail.
pub(crate) fn event<T>(
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
pub(crate) fn ended<T>(
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
