//! Keys, hints and what can be activated.

use foxvm::{Context, Error, Value};

use super::{Queued, member, missing, queue, room, word};
use crate::command::{self, Command, Target};

/// Was the last key pressed together with the leader key?
#[foxvm::native(name = "is_leader_key", cap = "input-filtering")]
pub(crate) fn is_leader_key(context: &mut Context<'_>) -> Result<bool, Error> {
    Ok(room(context)?.surroundings.shared().leader)
}

/// Shows hints on what can be activated.
#[foxvm::native(name = "nav.enter_hint_mode", cap = "ui-overlay")]
pub(crate) fn enter_hint_mode(context: &mut Context<'_>) -> Queued {
    queue(context, Ok(Command::EnterHintMode))
}

/// Ends hints and navigation.
#[foxvm::native(name = "nav.exit", cap = "ui-overlay")]
pub(crate) fn exit_nav_mode(context: &mut Context<'_>) -> Queued {
    queue(context, Ok(Command::ExitNavMode))
}

/// Makes a part of the screen something that can be activated; at most 50. The action is open-url:ADDRESS (http, https, file),
/// open-file:PATH or custom:NAME.
#[foxvm::native(name = "nav.register_focusable", cap = "ui-overlay")]
pub(crate) fn register_focusable(
    context: &mut Context<'_>,
    x: i64,
    y: i64,
    width: i64,
    height: i64,
    label: &str,
    action: &str,
) -> Queued {
    let command = (|| {
        Ok(Command::RegisterFocusable {
            column: command::coordinate(x)?,
            row: command::coordinate(y)?,
            width: command::extent(width)?,
            height: command::extent(height)?,
            label: command::label(label)?,
            action: command::target(action)?,
        })
    })();
    queue(context, command)
}

/// Removes what was registered under that label.
#[foxvm::native(name = "nav.unregister_focusable", cap = "ui-overlay")]
pub(crate) fn unregister_focusable(context: &mut Context<'_>, label: &str) -> Queued {
    queue(
        context,
        command::label(label).map(Command::UnregisterFocusable),
    )
}

/// The same, as a record of X, Y, Width, Height, Label and Action, a case OpenUrl, OpenFile or Custom.
#[foxvm::native(name = "nav.register", cap = "ui-overlay")]
pub(crate) fn register(context: &mut Context<'_>, focusable: Value) -> Queued {
    let mut number = |name| member::<i64>(context, &focusable, name);
    let (x, y) = (number("X")?, number("Y")?);
    let (width, height) = (number("Width")?, number("Height")?);
    let label: String = member(context, &focusable, "Label")?;
    let action = context
        .member(&focusable, "Action")?
        .ok_or_else(|| missing("Action"))?;
    let kind = word(context, &action)?;
    let fields = context.case_fields(&action)?;
    let to: String = match fields.first() {
        Some(to) => context.read(to)?,
        None => String::new(),
    };
    let command = (|| {
        let prefix = match kind.as_str() {
            "OpenUrl" => "open-url",
            "OpenFile" => "open-file",
            "Custom" => "custom",
            _ => return Err("an action is OpenUrl, OpenFile or Custom"),
        };
        let action: Target = command::target(&format!("{prefix}:{to}"))?;
        Ok(Command::RegisterFocusable {
            column: command::coordinate(x)?,
            row: command::coordinate(y)?,
            width: command::extent(width)?,
            height: command::extent(height)?,
            label: command::label(&label)?,
            action,
        })
    })();
    queue(context, command)
}

/// Uses another style of hints, by the daemon's name for it.
#[foxvm::native(name = "nav.set_style", cap = "ui-overlay")]
pub(crate) fn set_style(context: &mut Context<'_>, name: &str) -> Queued {
    queue(context, command::label(name).map(Command::SetNavStyle))
}

/// Uses another map of keys for navigation, by the daemon's name for it.
#[foxvm::native(name = "nav.set_keymap", cap = "input-filtering")]
pub(crate) fn set_keymap(context: &mut Context<'_>, name: &str) -> Queued {
    queue(context, command::label(name).map(Command::SetNavKeymap))
}
