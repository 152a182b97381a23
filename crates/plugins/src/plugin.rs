//! One plugin: its World, its hooks, its counters.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use diag::{Diagnostic, fp};
use foxvm::{Border, Capability, Engine, Instance, Module, Value, World};

use crate::config::{Bounds, Entry};
use crate::failure::Failure;
use crate::hook::{COUNT, Hook, Key};
use crate::host::Base;
use crate::link::{Hooks, Slot, Target};
use crate::manifest;
use crate::metrics::{Counted, PluginMetrics};
use crate::powers;
use crate::reload::Loading;
use crate::room::{Room, Surroundings};
use crate::state::State;
use crate::store::Store;
use crate::watch::Watch;

/// What an event has to say.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Datum<'e> {
    Text(&'e str),
    Int(i64),
    Bytes(&'e [u8]),
    Key(&'e Key),
}

/// A plugin of a host.
#[derive(Debug)]
pub(crate) struct Plugin {
    pub entry: Entry,
    pub state: State,
    pub live: Option<Live>,
    pub in_a_row: u32,
    /// Was it switched off because it failed, not by somebody?
    pub switched_off: bool,
    pub reloads: u64,
    pub not_taken: Option<String>,
    pub store: Arc<Mutex<Store>>,
    pub settings: Arc<[(String, String)]>,
    pub watch: Watch,
    pub loading: Option<Loading>,
    counted: [Counted; COUNT],
}

/// A version of a plugin that lives.
#[derive(Debug)]
pub(crate) struct Live {
    pub world: World,
    pub powers: Vec<Capability>,
    instance: Instance,
    targets: [Option<Target>; COUNT],
    commands: Vec<(String, Target)>,
    bounds: Bounds,
    borders: Borders,
    /// When the World's time was moved on last: fibers that sleep go on by it.
    moved: Instant,
    /// What fibers failed by that nobody waits for, until a report tells it.
    lost: Arc<Mutex<Vec<String>>>,
}

/// What keys become in the plugin's module.
#[derive(Debug)]
struct Borders {
    key: Border,
    event: Border,
}

/// So many failures of fibers are kept for reports.
const LOST: usize = 64;

/// What a call of a hook came to, and what it cost.
pub(crate) struct Called<T> {
    pub result: Result<T, Failure>,
    time: std::time::Duration,
    fuel: u64,
}

impl Plugin {
    pub fn new(entry: Entry) -> Plugin {
        Plugin {
            state: State::Discovered,
            live: None,
            in_a_row: 0,
            switched_off: false,
            reloads: 0,
            not_taken: None,
            store: Arc::new(Mutex::new(Store::new(entry.bounds.data))),
            settings: entry.settings.clone().into(),
            watch: Watch::new(&entry.path),
            loading: None,
            counted: std::array::from_fn(|_| Counted::default()),
            entry,
        }
    }

    /// Reads its file now, and watches it from here on, with what it loads.
    pub fn read(&mut self, base: &Base) -> Result<Module, Failure> {
        self.watch = Watch::new(&self.entry.path);
        let read = base.read(&self.entry);
        self.watch.beside(read.files.unwrap_or_default());
        read.module
    }

    /// A room for a version of it.
    pub fn room(&self, surroundings: &Surroundings) -> Room {
        Room::new(
            surroundings.clone(),
            self.store.clone(),
            self.settings.clone(),
            Instant::now(),
        )
    }

    /// Other settings, for the version that lives too.
    pub fn set_settings(&mut self, settings: &[(String, String)]) {
        self.entry.settings = settings.to_vec();
        self.settings = settings.into();
        let room = self
            .live
            .as_mut()
            .and_then(|live| live.world.data::<Room>());
        if let Some(room) = room {
            room.settings = self.settings.clone();
        }
    }

    /// Calls a hook of the living version if it has it, and counts the call. `None` if it has not.
    pub fn run<T>(
        &mut self,
        hook: Hook,
        data: &[Datum<'_>],
        now: Instant,
        read: impl FnOnce(&str, &mut World, &Value) -> Result<T, Failure>,
    ) -> Option<Result<T, Failure>> {
        let called = self
            .live
            .as_mut()?
            .run(&self.entry.name, hook, data, now, read)?;
        Some(self.count(hook, called))
    }

    /// Calls the function that was registered for a command by attribute.
    pub fn run_command(&mut self, name: &str, now: Instant) -> Option<Result<(), Failure>> {
        let live = self.live.as_mut()?;
        let (_, target) = live.commands.iter().find(|(command, _)| command == name)?;
        let target = target.clone();
        let called = live.time(
            &self.entry.name,
            Hook::RemoteCommand,
            &target,
            &[Datum::Text(name)],
            now,
            |_, _, _| Ok(()),
        );
        Some(self.count(Hook::RemoteCommand, called))
    }

    /// Counts a call; a success ends a row of failures.
    pub fn count<T>(&mut self, hook: Hook, called: Called<T>) -> Result<T, Failure> {
        if let Some(counted) = self.counted.get_mut(hook.index()) {
            counted.add(called.time, called.fuel, called.result.is_err());
        }
        match &called.result {
            Ok(_) => self.in_a_row = 0,
            Err(_) => self.in_a_row = self.in_a_row.saturating_add(1),
        }
        called.result
    }

    pub fn metrics(&mut self) -> PluginMetrics {
        let counters = self.live.as_ref().map(|live| live.world.counters());
        let refused = self
            .live
            .as_mut()
            .and_then(|live| live.world.data::<Room>())
            .map_or(0, |room| room.queue.refused);
        let present = |hook: &Hook| {
            let live = self.live.as_ref();
            live.is_some_and(|live| matches!(live.targets.get(hook.index()), Some(Some(_))))
        };
        PluginMetrics {
            plugin: self.entry.name.clone(),
            state: self.state,
            powers: self.live.as_ref().map_or_else(Vec::new, |live| {
                live.powers.iter().map(ToString::to_string).collect()
            }),
            memory: counters.as_ref().map_or(0, |counters| counters.memory),
            memory_peak: counters.as_ref().map_or(0, |counters| counters.memory_peak),
            host_calls: counters.as_ref().map_or(0, |counters| counters.host_calls),
            refused_commands: refused,
            failures_in_a_row: self.in_a_row,
            reloads: self.reloads,
            not_taken: self.not_taken.clone(),
            hooks: Hook::ALL
                .into_iter()
                .filter(present)
                .filter_map(|hook| Some(self.counted.get(hook.index())?.of(hook)))
                .collect(),
        }
    }
}

/// What a plugin is and wants, found without running anything of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checked {
    /// The version that its manifest names.
    pub version: Option<String>,
    /// Its hooks; those of a record are known only when its entry has run.
    pub hooks: Vec<Hook>,
    /// What it may do.
    pub powers: Vec<Capability>,
}

/// Checks a plugin's module as far as that goes without running it.
pub(crate) fn check(engine: &Engine, entry: &Entry, module: &Module) -> Result<Checked, Failure> {
    let plugin = entry.name.as_str();
    let manifest = manifest::read(plugin, module)?;
    powers::check_api(plugin, &manifest)?;
    let powers = powers::effective(&manifest, &entry.grants);
    let hooks = Hooks::of(plugin, module)?;
    powers::check(plugin, engine, module, &manifest, &hooks, &powers)?;
    engine
        .world(entry.bounds.limits(), &powers)?
        .check_imports(module)
        .map_err(|error| powers::link_failure(plugin, error))?;
    Ok(Checked {
        version: manifest.version,
        hooks: hooks.present().collect(),
        powers,
    })
}

impl Live {
    /// Links a module and runs its entry. `reached` is told each state on the way.
    pub fn start(
        engine: &Engine,
        entry: &Entry,
        module: &Module,
        room: Room,
        mut reached: impl FnMut(State),
    ) -> Result<Live, Failure> {
        let plugin = entry.name.as_str();
        let manifest = manifest::read(plugin, module)?;
        powers::check_api(plugin, &manifest)?;
        let powers = powers::effective(&manifest, &entry.grants);
        let mut hooks = Hooks::of(plugin, module)?;
        powers::check(plugin, engine, module, &manifest, &hooks, &powers)?;
        let mut world = engine.world(entry.bounds.limits(), &powers)?;
        world.set_data(room);
        // No call waits: a daemon has more to do. Who sleeps goes on by `go_on`.
        world.set_driven(true);
        let lost: Arc<Mutex<Vec<String>>> = Arc::default();
        let heard = lost.clone();
        world.set_warnings(move |warning| {
            if let foxvm::Warning::ProcessFailed { .. } = warning {
                keep(&heard, warning.to_string());
            }
        });
        reached(State::Linked);
        let instance = world
            .bind(module)
            .map_err(|error| powers::link_failure(plugin, error))?;
        hooks.add_record(&mut world, &instance)?;
        // The record may have brought hooks that need something.
        powers::check(plugin, engine, module, &manifest, &hooks, &powers)?;
        reached(State::Initialised);
        let version = manifest.version.unwrap_or_default();
        let context = world.build(|made| {
            made.push("Plugin")?;
            made.push(plugin)?;
            made.push("Version")?;
            made.push(version.as_str())?;
            made.record(2)
        })?;
        let targets = hooks.targets(&mut world, &instance, &context)?;
        let commands = hooks
            .commands
            .iter()
            .map(|(command, found)| {
                let target = found.target(&mut world, &instance, &context)?;
                Ok((command.clone(), target))
            })
            .collect::<Result<_, foxvm::Error>>()?;
        Ok(Live {
            world,
            powers,
            instance,
            targets,
            commands,
            bounds: entry.bounds,
            borders: Borders {
                key: crate::api::border("Key"),
                event: crate::api::border("KeyEvent"),
            },
            moved: Instant::now(),
            lost,
        })
    }

    /// Can it read the grid?
    pub fn reads_grid(&self) -> bool {
        let imports = self.instance.module().imports();
        imports.iter().any(|import| {
            import.source == foxvm::ImportSource::Host && import.name.starts_with("term.")
        })
    }

    /// Fibers that sleep go on whose time has come, with the fuel that the last hook left and its time anew.
    pub fn go_on(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.moved);
        self.moved = self.moved.max(now);
        if let Err(error) = self.world.advance(passed) {
            keep(&self.lost, error.to_string());
        }
    }

    /// What fibers failed by since the last time.
    pub fn take_lost(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lost.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Has it any hook?
    pub fn has_hooks(&self) -> bool {
        self.targets.iter().any(Option::is_some) || !self.commands.is_empty()
    }

    /// Calls a hook if it has it.
    pub fn run<T>(
        &mut self,
        plugin: &str,
        hook: Hook,
        data: &[Datum<'_>],
        now: Instant,
        read: impl FnOnce(&str, &mut World, &Value) -> Result<T, Failure>,
    ) -> Option<Called<T>> {
        // Taken out for the call, so that nothing is cloned on the way that lines take.
        let target = self.targets.get_mut(hook.index())?.take()?;
        let called = self.time(plugin, hook, &target, data, now, read);
        if let Some(place) = self.targets.get_mut(hook.index()) {
            *place = Some(target);
        }
        Some(called)
    }

    fn time<T>(
        &mut self,
        plugin: &str,
        hook: Hook,
        target: &Target,
        data: &[Datum<'_>],
        now: Instant,
        read: impl FnOnce(&str, &mut World, &Value) -> Result<T, Failure>,
    ) -> Called<T> {
        if let Some(room) = self.world.data::<Room>() {
            room.queue.at(now);
        }
        self.world
            .set_call_limits(Some(self.bounds.fuel), Some(self.bounds.of(hook)));
        self.go_on(now);
        let before = self.world.fuel_used();
        let start = Instant::now();
        let result = self
            .call(target, data)
            .map_err(Failure::from)
            .and_then(|value| read(plugin, &mut self.world, &value));
        Called {
            result,
            time: start.elapsed(),
            fuel: self.world.fuel_used().saturating_sub(before),
        }
    }

    fn call(&mut self, target: &Target, data: &[Datum<'_>]) -> Result<Value, foxvm::Error> {
        match target {
            Target::Line(function) => {
                let line = match data {
                    [Datum::Text(line), ..] => line,
                    _ => "",
                };
                function.call(&mut self.world, (line,))
            }
            Target::Export {
                name,
                slots,
                context,
            } => {
                let mut values = Vec::with_capacity(slots.len());
                for (index, slot) in slots.iter().enumerate() {
                    values.push(match slot {
                        Slot::KeyCase => {
                            let code = match data {
                                [Datum::Key(key), ..] => key.code.as_str(),
                                _ => "",
                            };
                            let world = &mut self.world;
                            match self.instance.param_case(world, name, index, code)? {
                                Some(case) => case,
                                // The plugin's own keys do not have it: it is no event for the plugin.
                                None => return Ok(Value::empty()),
                            }
                        }
                        Slot::Context => context.clone(),
                        Slot::KeyRecord | Slot::KeyName => {
                            let (key, made) = match (slot, data) {
                                (Slot::KeyName, [Datum::Key(key), ..]) => {
                                    (self.world.value(key.code.as_str())?, &self.borders.key)
                                }
                                (_, [key, ..]) => (self.datum(*key)?, &self.borders.event),
                                (_, []) => (Value::empty(), &Border::Plain),
                            };
                            let world = &mut self.world;
                            let instance = &self.instance;
                            let key = instance
                                .described_value(world, made, &key)
                                .and_then(|key| instance.param_value(world, name, index, &key));
                            match key {
                                Ok(key) => key,
                                // The record was compared when it was linked, so it is the code that has no case.
                                Err(error) if type_fault(&error) => return Ok(Value::empty()),
                                Err(error) => return Err(error),
                            }
                        }
                        Slot::Unit => Value::empty(),
                        Slot::Datum(index) => match data.get(*index) {
                            Some(datum) => self.datum(*datum)?,
                            None => Value::empty(),
                        },
                        Slot::KeyCode => match data {
                            [Datum::Key(key), ..] => self.world.value(key.code.as_str())?,
                            _ => Value::empty(),
                        },
                        Slot::KeyMods => match data {
                            [Datum::Key(key), ..] => Value::int(i64::from(key.mods)),
                            _ => Value::empty(),
                        },
                    });
                }
                self.instance.call(&mut self.world, name, &values)
            }
            Target::Value(function) => {
                let mut values = Vec::with_capacity(data.len().max(1));
                for datum in data {
                    values.push(self.datum(*datum)?);
                }
                if values.is_empty() {
                    // A function of Fusabi without arguments takes `()`.
                    values.push(Value::empty());
                }
                self.world.call(function, &values)
            }
        }
    }

    fn datum(&mut self, datum: Datum<'_>) -> Result<Value, foxvm::Error> {
        match datum {
            Datum::Text(text) => self.world.value(text),
            Datum::Int(number) => Ok(Value::int(number)),
            Datum::Bytes(bytes) => self.world.value(bytes),
            Datum::Key(key) => self.world.build(|made| {
                made.push("Code")?;
                made.push(key.code.as_str())?;
                made.push("Mods")?;
                made.push(i64::from(key.mods))?;
                made.record(2)
            }),
        }
    }
}

fn type_fault(error: &foxvm::Error) -> bool {
    error
        .fault()
        .is_some_and(|report| report.fault == foxvm::Fault::Type)
}

fn keep(lost: &Mutex<Vec<String>>, text: String) {
    let mut lost = lost.lock().unwrap_or_else(PoisonError::into_inner);
    if lost.len() < LOST {
        lost.push(text);
    }
}

/// What `onLoad` answered: nothing is good, `Error why` and `false` are not.
pub(crate) fn loaded(plugin: &str, world: &mut World, value: &Value) -> Result<(), Failure> {
    let refused = |text: String| {
        Err(Diagnostic::error(fp::LOAD_REFUSED)
            .arg("plugin", plugin)
            .arg("text", text)
            .into())
    };
    if value.kind_name() == "bool" && !world.read::<bool>(value)? {
        return refused("false".to_owned());
    }
    match world.case(value)? {
        Some((case, fields)) if case == "Error" => {
            let why = match fields.first() {
                Some(why) => world.display(why)?,
                None => case,
            };
            refused(why)
        }
        _ => Ok(()),
    }
}
