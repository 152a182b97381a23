//! Messages, the log, overlays, the status bar, images and commands: what the user sees beside the terminal.

use foxvm::{Context, Error, Value};

use super::{Queued, member, missing, queue, room, word};
use crate::command::{self, Command};
use crate::report::Level;

/// Writes a line to the host's log; the level is error, warn, info or debug.
#[foxvm::native(name = "log")]
pub(crate) fn log(context: &mut Context<'_>, level: Value, message: &str) -> Result<(), Error> {
    context.work(message.len())?;
    let level = word(context, &level)?;
    room(context)?.log(Level::parse(&level), message);
    Ok(())
}

/// Shows a message to the user for a while.
#[foxvm::native(name = "notify", cap = "ui-overlay")]
pub(crate) fn notify(context: &mut Context<'_>, text: &str) -> Result<(), Error> {
    let body = command::text(text);
    queue(
        context,
        body.map(|body| Command::Notify {
            title: String::new(),
            body,
            level: "info".to_owned(),
        }),
    )
    .map(drop)
}

/// Shows a message with a title; the level is info, success, warning or error.
#[foxvm::native(name = "notify_with", cap = "ui-overlay")]
pub(crate) fn notify_with(
    context: &mut Context<'_>,
    title: &str,
    body: &str,
    level: Value,
) -> Queued {
    let level = word(context, &level)?;
    tell(context, title, body, &level)
}

/// Shows a message with a title.
fn tell(context: &mut Context<'_>, title: &str, body: &str, level: &str) -> Queued {
    let command = (|| {
        Ok(Command::Notify {
            title: command::text(title)?,
            body: command::text(body)?,
            level: match level.to_ascii_lowercase().as_str() {
                level @ ("info" | "success" | "warning" | "error") => level.to_owned(),
                _ => return Err("a level is info, success, warning or error"),
            },
        })
    })();
    queue(context, command)
}

/// Shows a message with a title, as an information.
#[foxvm::native(name = "notify_info", cap = "ui-overlay")]
pub(crate) fn notify_info(context: &mut Context<'_>, title: &str, body: &str) -> Queued {
    tell(context, title, body, "info")
}

/// Shows a message with a title, as a success.
#[foxvm::native(name = "notify_success", cap = "ui-overlay")]
pub(crate) fn notify_success(context: &mut Context<'_>, title: &str, body: &str) -> Queued {
    tell(context, title, body, "success")
}

/// Shows a message with a title, as a warning.
#[foxvm::native(name = "notify_warning", cap = "ui-overlay")]
pub(crate) fn notify_warning(context: &mut Context<'_>, title: &str, body: &str) -> Queued {
    tell(context, title, body, "warning")
}

/// Shows a message with a title, as an error.
#[foxvm::native(name = "notify_error", cap = "ui-overlay")]
pub(crate) fn notify_error(context: &mut Context<'_>, title: &str, body: &str) -> Queued {
    tell(context, title, body, "error")
}

/// Shows the palette of commands.
#[foxvm::native(name = "show_command_palette", cap = "ui-overlay")]
pub(crate) fn show_command_palette(context: &mut Context<'_>) -> Result<(), Error> {
    queue(context, Ok(Command::ShowCommandPalette)).map(drop)
}

/// Does a line contain a text?
#[foxvm::native(name = "line_contains", inline = "text.contains")]
pub(crate) fn line_contains(line: &str, wanted: &str) -> bool {
    line.contains(wanted)
}

/// Shows a text above the grid under a name; at most 10 at a time.
#[foxvm::native(name = "draw_overlay", cap = "ui-overlay")]
pub(crate) fn draw_overlay(
    context: &mut Context<'_>,
    id: &str,
    x: i64,
    y: i64,
    text: &str,
    style: &str,
) -> Queued {
    let command = (|| {
        Ok(Command::DrawOverlay {
            id: command::label(id)?,
            column: command::coordinate(x)?,
            row: command::coordinate(y)?,
            text: command::text(text)?,
            style: command::text(style)?,
        })
    })();
    queue(context, command)
}

/// Removes the overlay of that name.
#[foxvm::native(name = "remove_overlay", cap = "ui-overlay")]
pub(crate) fn remove_overlay(context: &mut Context<'_>, id: &str) -> Queued {
    queue(context, command::label(id).map(Command::RemoveOverlay))
}

/// Removes all overlays of this plugin.
#[foxvm::native(name = "clear_overlays", cap = "ui-overlay")]
pub(crate) fn clear_overlays(context: &mut Context<'_>) -> Queued {
    queue(context, Ok(Command::ClearOverlays))
}

/// Lets the user choose among texts.
#[foxvm::native(name = "show_modal", cap = "ui-overlay")]
pub(crate) fn show_modal(context: &mut Context<'_>, title: &str, items: Vec<String>) -> Queued {
    let command = (|| {
        Ok(Command::ShowModal {
            title: command::label(title)?,
            items: command::items(items)?,
        })
    })();
    queue(context, command)
}

/// Shows an item in the status bar; at most 5 at a time, greater priorities first.
#[foxvm::native(name = "add_status_item", cap = "ui-overlay")]
pub(crate) fn add_status_item(
    context: &mut Context<'_>,
    label: &str,
    content: &str,
    priority: i64,
) -> Queued {
    let command = (|| {
        Ok(Command::AddStatusItem {
            label: command::label(label)?,
            content: command::text(content)?,
            priority,
        })
    })();
    queue(context, command)
}

/// Removes the item of that label from the status bar.
#[foxvm::native(name = "remove_status_item", cap = "ui-overlay")]
pub(crate) fn remove_status_item(context: &mut Context<'_>, label: &str) -> Queued {
    queue(
        context,
        command::label(label).map(Command::RemoveStatusItem),
    )
}

/// Offers a command to the user; when it is chosen, onRemoteCommand gets its name.
#[foxvm::native(name = "register_command", cap = "command-registration")]
pub(crate) fn register_command(
    context: &mut Context<'_>,
    id: &str,
    label: &str,
    description: &str,
) -> Queued {
    let command = (|| {
        Ok(Command::RegisterCommand {
            id: command::label(id)?,
            label: command::label(label)?,
            description: command::text(description)?,
        })
    })();
    queue(context, command)
}

/// Shows a text in a box of its own above the grid under a name; at most 10 at a time with the other overlays.
#[foxvm::native(name = "spawn_overlay", cap = "ui-overlay")]
pub(crate) fn spawn_overlay(
    context: &mut Context<'_>,
    id: &str,
    x: i64,
    y: i64,
    width: i64,
    height: i64,
    text: &str,
) -> Queued {
    let command = command::spawn_overlay(id, [x, y, width, height], text);
    queue(context, command)
}

/// Shows a picture over the cells of a rectangle: width × height pixels of four bytes, red, green, blue, alpha. At most 64 at
/// a time, of 16 MiB together.
#[foxvm::native(name = "place_image", cap = "ui-overlay")]
pub(crate) fn place_image(context: &mut Context<'_>, image: Value) -> Queued {
    let id: String = member(context, &image, "Id")?;
    let mut number = |name| member::<i64>(context, &image, name);
    let place = [
        number("X")?,
        number("Y")?,
        number("Columns")?,
        number("Rows")?,
    ];
    let size = [number("Width")?, number("Height")?];
    let pixels = context
        .member(&image, "Pixels")?
        .ok_or_else(|| missing("Pixels"))?;
    // An array of bytes may be one of numbers.
    let pixels: Vec<u8> = if pixels.kind_name() == "bytes" {
        context.read(&pixels)?
    } else {
        let numbers: Vec<i64> = context.read(&pixels)?;
        let bytes: Result<_, _> = numbers.into_iter().map(u8::try_from).collect();
        bytes.map_err(|_| Error::host(foxvm::Fault::Range, "a pixel's parts are 0 to 255"))?
    };
    context.work(pixels.len())?;
    queue(context, command::image(&id, place, size, pixels))
}

/// Removes the picture of that name.
#[foxvm::native(name = "remove_image", cap = "ui-overlay")]
pub(crate) fn remove_image(context: &mut Context<'_>, id: &str) -> Queued {
    queue(context, command::label(id).map(Command::RemoveImage))
}

/// Queues a wish that is given as a value of the union Command.
#[foxvm::native(name = "queue_command", cap = "ui-overlay")]
pub(crate) fn queue_command(context: &mut Context<'_>, command: Value) -> Queued {
    let Some(name) = context.case_name(&command)? else {
        return Err(Error::host(
            foxvm::Fault::Type,
            "a wish is a case of Command",
        ));
    };
    let fields = context.case_fields(&command)?;
    let mut fields = fields.iter();
    let mut next = || fields.next().ok_or_else(|| missing("a field"));
    match name.as_str() {
        "DrawOverlay" => {
            let id: String = context.read(next()?)?;
            let (x, y) = (context.read(next()?)?, context.read(next()?)?);
            let text: String = context.read(next()?)?;
            let style: String = context.read(next()?)?;
            draw_overlay(context, &id, x, y, &text, &style)
        }
        "SpawnOverlay" => {
            let id: String = context.read(next()?)?;
            let mut place = [0; 4];
            for number in &mut place {
                *number = context.read(next()?)?;
            }
            let text: String = context.read(next()?)?;
            queue(context, command::spawn_overlay(&id, place, &text))
        }
        "RemoveOverlay" => {
            let id: String = context.read(next()?)?;
            remove_overlay(context, &id)
        }
        "ClearOverlays" => clear_overlays(context),
        "ShowModal" => {
            let title: String = context.read(next()?)?;
            let items = context.read(next()?)?;
            show_modal(context, &title, items)
        }
        "AddStatusItem" => {
            let label: String = context.read(next()?)?;
            let content: String = context.read(next()?)?;
            let priority = context.read(next()?)?;
            add_status_item(context, &label, &content, priority)
        }
        "RemoveStatusItem" => {
            let label: String = context.read(next()?)?;
            remove_status_item(context, &label)
        }
        _ => Ok(Some("no such command".to_owned())),
    }
}
