//! The host functions that plugins may import (docs/specs/fusabi.md §6.3), in groups. Their documentation and capabilities
//! stand with them; under which names and types Fusabi knows them says `api/mod.rs`.
//!
//! A function that queues a command answers nothing, or why the command was refused: `quota`, `rate`, or what is wrong with
//! its arguments. Reading outside of the grid answers nothing. None of them is a fault. What is declared in Fusabi as a
//! record, a case or an option comes and goes as a neutral value: the machine makes the module's own of it.

use foxvm::{Context, Error, FromFox, Value};

use crate::command::Command;
use crate::room::Room;

pub(crate) mod data;
pub(crate) mod interface;
pub(crate) mod navigation;
pub(crate) mod terminal;

/// What the plugin that calls has.
fn room<'c>(context: &'c mut Context<'_>) -> Result<&'c mut Room, Error> {
    context
        .data::<Room>()
        .ok_or_else(|| Error::new("this World is no plugin's"))
}

/// Queues a command if it is well formed; nothing, or why not.
fn queue(
    context: &mut Context<'_>,
    command: Result<Command, &'static str>,
) -> Result<Option<String>, Error> {
    let room = room(context)?;
    let queued = match command {
        Ok(command) => room.queue.push(command),
        Err(why) => {
            room.queue.refused += 1;
            Err(why)
        }
    };
    Ok(queued.err().map(str::to_owned))
}

/// Queues a command that somebody may want to know the fate of, or not.
type Queued = Result<Option<String>, Error>;

/// A word for which a module may have a case: the case's name, or the text.
fn word(context: &mut Context<'_>, value: &Value) -> Result<String, Error> {
    match context.case_name(value)? {
        Some(name) => Ok(name),
        None => context.read(value),
    }
}

/// A member of a record.
fn member<T: FromFox>(context: &mut Context<'_>, record: &Value, name: &str) -> Result<T, Error> {
    match context.member(record, name)? {
        Some(found) => context.read(&found),
        None => Err(missing(name)),
    }
}

fn missing(name: &str) -> Error {
    Error::host(foxvm::Fault::Type, format!("a record without `{name}`"))
}
