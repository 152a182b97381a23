//! Versions of plugins: begun, replaced, ended.

use std::time::Instant;

use diag::{Diagnostic, fp};
use foxvm::Module;

use crate::events::ended;
use crate::failure::Failure;
use crate::hook::Hook;
use crate::host::Base;
use crate::outbox::Outbox;
use crate::plugin::{Datum, Live, Plugin, loaded};
use crate::powers::hook_names;
use crate::report::Report;
use crate::state::State;

/// Reads, checks, links and starts a plugin.
pub(crate) fn begin(base: &Base, outbox: &mut Outbox, plugin: &mut Plugin) -> Result<(), Failure> {
    let module = plugin.read(base);
    started(base, outbox, plugin, module)
}

/// Starts a plugin that has no version alive.
fn started(
    base: &Base,
    outbox: &mut Outbox,
    plugin: &mut Plugin,
    module: Result<Module, Failure>,
) -> Result<(), Failure> {
    let result = module.and_then(|module| {
        outbox.state(plugin, State::Loaded, None);
        base.granted.check(&plugin.entry, &module)?;
        let room = plugin.room(&base.surroundings);
        let mut reached = Vec::new();
        let entry = plugin.entry.clone();
        let live = Live::start(&base.engine, &entry, &module, room, |state| {
            reached.push(state)
        });
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
            refused(outbox, plugin, &failure);
            outbox.state(plugin, State::Failed, Some(failure.diagnostic.clone()));
            Err(failure)
        }
    }
}

/// A new version was read: it takes the old one's place, or the old one goes on.
pub(crate) fn taken(
    base: &Base,
    outbox: &mut Outbox,
    plugin: &mut Plugin,
    module: Result<Module, Failure>,
) -> Result<(), Failure> {
    if plugin.live.is_none() {
        if plugin.state != State::Discovered {
            outbox.state(plugin, State::Discovered, None);
        }
        return started(base, outbox, plugin, module);
    }
    let name = plugin.entry.name.clone();
    match module.and_then(|module| version(base, outbox, plugin, &module)) {
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
            refused(outbox, plugin, &failure);
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

fn refused(outbox: &mut Outbox, plugin: &Plugin, failure: &Failure) {
    outbox.report(Report::Refused {
        plugin: plugin.entry.name.clone(),
        failure: failure.clone(),
    });
}

/// A version beside the one that runs, with its state, begun.
fn version(
    base: &Base,
    outbox: &mut Outbox,
    plugin: &mut Plugin,
    module: &Module,
) -> Result<Live, Failure> {
    base.granted.check(&plugin.entry, module)?;
    let name = plugin.entry.name.clone();
    let now = Instant::now();
    let room = plugin.room(&base.surroundings);
    let mut live = Live::start(&base.engine, &plugin.entry, module, room, |_| {})?;
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
pub(crate) fn end(outbox: &mut Outbox, plugin: &mut Plugin) {
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
