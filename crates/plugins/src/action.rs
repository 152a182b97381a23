//! What a hook answers (docs/specs/fusabi.md §6.2, rulings: Fusabi 9).

use diag::{Diagnostic, fp};
use foxvm::{Value, World};

use crate::failure::Failure;
use crate::hook::Hook;

/// What becomes of an event's data after the chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Flow<T> {
    /// As it was.
    Pass,
    /// This in its place.
    Changed(T),
    /// Nothing: a plugin stopped it.
    Stopped,
}

/// What one hook answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Answer {
    Continue,
    Stop,
    Text(String),
    Bytes(Vec<u8>),
}

/// What a hook's value means.
pub(crate) fn answer(
    plugin: &str,
    hook: Hook,
    world: &mut World,
    value: &Value,
) -> Result<Answer, Failure> {
    if value.is_empty() {
        return Ok(Answer::Continue);
    }
    let unknown = |found: &str| {
        Failure::from(
            Diagnostic::error(fp::ANSWER)
                .arg("plugin", plugin)
                .arg("hook", hook.name())
                .arg("found", found),
        )
    };
    match value.kind_name() {
        "bool" => Ok(if world.read::<bool>(value)? {
            Answer::Continue
        } else {
            Answer::Stop
        }),
        "text" => Ok(Answer::Text(world.read(value)?)),
        "bytes" => Ok(Answer::Bytes(world.read(value)?)),
        kind => {
            let Some((case, fields)) = world.case(value)? else {
                return Err(unknown(kind));
            };
            match (case.as_str(), fields.as_slice()) {
                ("Continue" | "Ok" | "None", _) => Ok(Answer::Continue),
                ("Stop", []) => Ok(Answer::Stop),
                ("Modify" | "ModifyBytes", [data]) if data.kind_name() == "text" => {
                    Ok(Answer::Text(world.read(data)?))
                }
                ("Modify" | "ModifyBytes", [data]) if data.kind_name() == "bytes" => {
                    Ok(Answer::Bytes(world.read(data)?))
                }
                // A byte array of Fusabi may be an array of numbers.
                ("ModifyBytes", [data]) => {
                    let numbers: Vec<i64> = world.read(data)?;
                    let bytes: Result<Vec<u8>, _> = numbers.into_iter().map(u8::try_from).collect();
                    bytes
                        .map(Answer::Bytes)
                        .map_err(|_| unknown("numbers that are no bytes"))
                }
                (case, _) => Err(unknown(&format!("`{case}`"))),
            }
        }
    }
}
