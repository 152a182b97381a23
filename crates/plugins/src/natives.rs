//! The host functions that plugins may import (docs/specs/fusabi.md §6.3). Their documentation, types and capabilities stand
//! with them, and [`page`] writes the page of them.
//!
//! A function that queues a command answers nothing, or why the command was refused: `quota`, `rate`, or what is wrong with
//! its arguments. Reading outside of the grid answers nothing. None of them is a fault.

use std::fmt::Write as _;

use foxvm::{Context, Engine, Error, Native, Value};
use shm::Cell;

use crate::command::{self, Command};
use crate::report::Level;
use crate::room::Room;

/// Lines that one call of `term.lines` answers.
const LINES: i64 = 100;

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

/// Writes a line to the host's log; the level is error, warn, info or debug.
#[foxvm::native(name = "log")]
fn log(context: &mut Context<'_>, level: &str, message: &str) -> Result<(), Error> {
    context.work(message.len())?;
    room(context)?.log(Level::parse(level), message);
    Ok(())
}

/// Shows a message to the user for a while.
#[foxvm::native(name = "notify", cap = "ui-overlay")]
fn notify(context: &mut Context<'_>, text: &str) -> Result<(), Error> {
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
fn notify_with(
    context: &mut Context<'_>,
    title: &str,
    body: &str,
    level: &str,
) -> Result<Option<String>, Error> {
    let command = (|| {
        Ok(Command::Notify {
            title: command::text(title)?,
            body: command::text(body)?,
            level: match level {
                "info" | "success" | "warning" | "error" => level.to_owned(),
                _ => return Err("a level is info, success, warning or error"),
            },
        })
    })();
    queue(context, command)
}

/// Sets the colour of what is written next: its name, or #rrggbb.
#[foxvm::native(name = "set_color", cap = "terminal-control")]
fn set_color(context: &mut Context<'_>, color: &str) -> Result<(), Error> {
    queue(context, command::label(color).map(Command::SetColor)).map(drop)
}

/// Sets the colour of what is written next: a text, or a union case whose name is the colour's.
#[foxvm::native(name = "setColor", cap = "terminal-control")]
fn set_color_case(context: &mut Context<'_>, color: Value) -> Result<(), Error> {
    let name = match context.case_name(&color)? {
        Some(name) => name,
        None => context.read::<String>(&color)?,
    };
    queue(context, command::label(&name).map(Command::SetColor)).map(drop)
}

/// Was the last key pressed together with the leader key?
#[foxvm::native(name = "is_leader_key", cap = "input-filtering")]
fn is_leader_key(context: &mut Context<'_>) -> Result<bool, Error> {
    Ok(room(context)?.surroundings.shared().leader)
}

/// Was the last key pressed together with the leader key?
#[foxvm::native(name = "isLeaderKey", cap = "input-filtering")]
fn is_leader_key_camel(context: &mut Context<'_>) -> Result<bool, Error> {
    is_leader_key(context)
}

/// Shows the palette of commands.
#[foxvm::native(name = "show_command_palette", cap = "ui-overlay")]
fn show_command_palette(context: &mut Context<'_>) -> Result<(), Error> {
    queue(context, Ok(Command::ShowCommandPalette)).map(drop)
}

/// Shows the palette of commands.
#[foxvm::native(name = "showCommandPalette", cap = "ui-overlay")]
fn show_command_palette_camel(context: &mut Context<'_>) -> Result<(), Error> {
    show_command_palette(context)
}

/// Does a line contain a text?
#[foxvm::native(name = "line_contains", inline = "text.contains")]
fn line_contains(line: &str, wanted: &str) -> bool {
    line.contains(wanted)
}

/// Writes a character into a cell, between events; false if there is no such cell or no room for the command.
#[foxvm::native(name = "update_cell", cap = "terminal-control")]
fn update_cell(context: &mut Context<'_>, x: i64, y: i64, ch: &str) -> Result<bool, Error> {
    let cell = ch.chars().next().map_or_else(Cell::default, Cell::new);
    write_cell(context, x, y, cell)
}

/// Writes a cell with colours (0xAARRGGBB) and flags (1 bold, 2 italic, 4 underline, 8 inverse, 16 dim), between events; false
/// if there is no such cell or no room for the command.
#[foxvm::native(name = "term.set_cell", cap = "terminal-control")]
fn set_cell(
    context: &mut Context<'_>,
    x: i64,
    y: i64,
    ch: &str,
    foreground: i64,
    background: i64,
    flags: i64,
) -> Result<bool, Error> {
    let (Ok(foreground), Ok(background), Ok(flags)) = (
        u32::try_from(foreground),
        u32::try_from(background),
        u8::try_from(flags),
    ) else {
        return Ok(false);
    };
    let cell = ch.chars().next().map_or_else(Cell::default, Cell::new);
    let cell = cell.colors(foreground, background).flags(flags);
    write_cell(context, x, y, cell)
}

fn write_cell(context: &mut Context<'_>, x: i64, y: i64, cell: Cell) -> Result<bool, Error> {
    let room = room(context)?;
    let (columns, rows) = room.surroundings.screen.read(crate::Grid::size);
    let place = |number: i64, bound: usize| usize::try_from(number).ok().filter(|at| *at < bound);
    let (Some(column), Some(row)) = (place(x, columns), place(y, rows)) else {
        return Ok(false);
    };
    Ok(queue(context, Ok(Command::SetCell { column, row, cell }))?.is_none())
}

/// Reads the grid.
fn grid<T>(context: &mut Context<'_>, read: impl FnOnce(&crate::Grid) -> T) -> Result<T, Error> {
    Ok(room(context)?.surroundings.screen.read(read))
}

/// A place of the grid; one that no grid has for negative numbers.
fn place(number: i64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Columns of the terminal.
#[foxvm::native(name = "term.columns")]
fn columns(context: &mut Context<'_>) -> Result<i64, Error> {
    grid(context, |grid| grid.size().0 as i64)
}

/// Rows of the terminal.
#[foxvm::native(name = "term.rows")]
fn rows(context: &mut Context<'_>) -> Result<i64, Error> {
    grid(context, |grid| grid.size().1 as i64)
}

/// Column of the cursor.
#[foxvm::native(name = "term.cursor_column")]
fn cursor_column(context: &mut Context<'_>) -> Result<i64, Error> {
    grid(context, |grid| grid.cursor().0 as i64)
}

/// Row of the cursor.
#[foxvm::native(name = "term.cursor_row")]
fn cursor_row(context: &mut Context<'_>) -> Result<i64, Error> {
    grid(context, |grid| grid.cursor().1 as i64)
}

/// A cell: a record of Char (text), Foreground, Background and Flags; empty outside of the grid.
#[foxvm::native(name = "term.cell")]
fn cell(context: &mut Context<'_>, x: i64, y: i64) -> Result<Option<Value>, Error> {
    let Some(cell) = grid(context, |grid| grid.cell(place(x), place(y)))? else {
        return Ok(None);
    };
    let mut made = context.builder();
    made.push("Char")?;
    made.push(cell.scalar().to_string())?;
    made.push("Foreground")?;
    made.push(i64::from(cell.foreground))?;
    made.push("Background")?;
    made.push(i64::from(cell.background))?;
    made.push("Flags")?;
    made.push(i64::from(cell.flags))?;
    made.record(4)?;
    made.finish().map(Some)
}

/// The text of a row without blanks at its end; empty outside of the grid.
#[foxvm::native(name = "term.line")]
fn line(context: &mut Context<'_>, y: i64) -> Result<Option<String>, Error> {
    let line = grid(context, |grid| grid.line(place(y)))?;
    context.work(line.as_ref().map_or(0, String::len))?;
    Ok(line)
}

/// The texts of the rows from one to another, both included, as far as there are any.
#[foxvm::native(name = "term.lines")]
fn lines(context: &mut Context<'_>, from: i64, to: i64) -> Result<Vec<String>, Error> {
    let (from, to) = (from.max(0), to.min(from.max(0).saturating_add(LINES - 1)));
    let lines: Vec<String> = grid(context, |grid| {
        (from..=to)
            .filter_map(|row| grid.line(place(row)))
            .collect()
    })?;
    context.work(lines.iter().map(String::len).sum())?;
    Ok(lines)
}

/// A number that grows whenever the grid changes.
#[foxvm::native(name = "term.sequence")]
fn sequence(context: &mut Context<'_>) -> Result<i64, Error> {
    grid(context, |grid| {
        i64::try_from(grid.sequence()).unwrap_or(i64::MAX)
    })
}

/// Keeps a value under a key, for this plugin and its later versions; false if its store is full.
#[foxvm::native(name = "data.set")]
fn data_set(context: &mut Context<'_>, key: &str, value: &str) -> Result<bool, Error> {
    context.work(key.len() + value.len())?;
    Ok(room(context)?.store().set(key, value))
}

/// The value under a key; empty if there is none.
#[foxvm::native(name = "data.get")]
fn data_get(context: &mut Context<'_>, key: &str) -> Result<Option<String>, Error> {
    let value = room(context)?.store().get(key).map(str::to_owned);
    context.work(value.as_ref().map_or(0, String::len))?;
    Ok(value)
}

/// A setting of the plugin in plugins.toml; empty if there is none.
#[foxvm::native(name = "config.get")]
fn config_get(context: &mut Context<'_>, key: &str) -> Result<Option<String>, Error> {
    let settings = &room(context)?.settings;
    let found = settings.iter().find(|(name, _)| name == key);
    Ok(found.map(|(_, value)| value.clone()))
}

/// Shows a text above the grid under a name; at most 10 at a time.
#[foxvm::native(name = "draw_overlay", cap = "ui-overlay")]
fn draw_overlay(
    context: &mut Context<'_>,
    id: &str,
    x: i64,
    y: i64,
    text: &str,
    style: &str,
) -> Result<Option<String>, Error> {
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
fn remove_overlay(context: &mut Context<'_>, id: &str) -> Result<Option<String>, Error> {
    queue(context, command::label(id).map(Command::RemoveOverlay))
}

/// Removes all overlays of this plugin.
#[foxvm::native(name = "clear_overlays", cap = "ui-overlay")]
fn clear_overlays(context: &mut Context<'_>) -> Result<Option<String>, Error> {
    queue(context, Ok(Command::ClearOverlays))
}

/// Lets the user choose among texts.
#[foxvm::native(name = "show_modal", cap = "ui-overlay")]
fn show_modal(
    context: &mut Context<'_>,
    title: &str,
    items: Vec<String>,
) -> Result<Option<String>, Error> {
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
fn add_status_item(
    context: &mut Context<'_>,
    label: &str,
    content: &str,
    priority: i64,
) -> Result<Option<String>, Error> {
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
fn remove_status_item(context: &mut Context<'_>, label: &str) -> Result<Option<String>, Error> {
    queue(
        context,
        command::label(label).map(Command::RemoveStatusItem),
    )
}

/// Goes to a prompt: up, down, first or last.
#[foxvm::native(name = "prompt_jump", cap = "terminal-control")]
fn prompt_jump(context: &mut Context<'_>, direction: &str) -> Result<Option<String>, Error> {
    queue(
        context,
        command::direction(direction).map(Command::PromptJump),
    )
}

/// Uses the theme of that name.
#[foxvm::native(name = "apply_theme", cap = "terminal-control")]
fn apply_theme(context: &mut Context<'_>, name: &str) -> Result<Option<String>, Error> {
    queue(context, command::label(name).map(Command::ApplyTheme))
}

/// The name of the theme in use.
#[foxvm::native(name = "current_theme")]
fn current_theme(context: &mut Context<'_>) -> Result<String, Error> {
    Ok(room(context)?.surroundings.shared().theme.clone())
}

/// Changes a colour of the palette, 0 to 255, to #rrggbb.
#[foxvm::native(name = "set_palette_color", cap = "terminal-control")]
fn set_palette_color(
    context: &mut Context<'_>,
    index: i64,
    color: &str,
) -> Result<Option<String>, Error> {
    let command = (|| {
        Ok(Command::SetPaletteColor {
            index: u8::try_from(index).map_err(|_| "a palette has the colours 0 to 255")?,
            color: command::hex_color(color)?,
        })
    })();
    queue(context, command)
}

/// Offers a command to the user; when it is chosen, onRemoteCommand gets its name.
#[foxvm::native(name = "register_command", cap = "command-registration")]
fn register_command(
    context: &mut Context<'_>,
    id: &str,
    label: &str,
    description: &str,
) -> Result<Option<String>, Error> {
    let command = (|| {
        Ok(Command::RegisterCommand {
            id: command::label(id)?,
            label: command::label(label)?,
            description: command::text(description)?,
        })
    })();
    queue(context, command)
}

/// Shows hints on what can be activated.
#[foxvm::native(name = "nav.enter_hint_mode", cap = "ui-overlay")]
fn enter_hint_mode(context: &mut Context<'_>) -> Result<Option<String>, Error> {
    queue(context, Ok(Command::EnterHintMode))
}

/// Ends hints and navigation.
#[foxvm::native(name = "nav.exit", cap = "ui-overlay")]
fn exit_nav_mode(context: &mut Context<'_>) -> Result<Option<String>, Error> {
    queue(context, Ok(Command::ExitNavMode))
}

/// Makes a part of the screen something that can be activated; at most 50. The action is open-url:ADDRESS (http, https, file),
/// open-file:PATH or custom:NAME.
#[foxvm::native(name = "nav.register_focusable", cap = "ui-overlay")]
fn register_focusable(
    context: &mut Context<'_>,
    x: i64,
    y: i64,
    width: i64,
    height: i64,
    label: &str,
    action: &str,
) -> Result<Option<String>, Error> {
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
fn unregister_focusable(context: &mut Context<'_>, label: &str) -> Result<Option<String>, Error> {
    queue(
        context,
        command::label(label).map(Command::UnregisterFocusable),
    )
}

/// All host functions for plugins, with what is known about them.
pub fn documented() -> Vec<Native> {
    vec![
        log::native(),
        notify::native(),
        notify_with::native(),
        set_color::native(),
        set_color_case::native(),
        is_leader_key::native(),
        is_leader_key_camel::native(),
        show_command_palette::native(),
        show_command_palette_camel::native(),
        line_contains::native(),
        update_cell::native(),
        columns::native(),
        rows::native(),
        cursor_column::native(),
        cursor_row::native(),
        cell::native(),
        line::native(),
        lines::native(),
        sequence::native(),
        set_cell::native(),
        data_set::native(),
        data_get::native(),
        config_get::native(),
        draw_overlay::native(),
        remove_overlay::native(),
        clear_overlays::native(),
        show_modal::native(),
        add_status_item::native(),
        remove_status_item::native(),
        prompt_jump::native(),
        apply_theme::native(),
        current_theme::native(),
        set_palette_color::native(),
        register_command::native(),
        enter_hint_mode::native(),
        exit_nav_mode::native(),
        register_focusable::native(),
        unregister_focusable::native(),
    ]
}

/// Offers them.
pub(crate) fn offer(engine: &Engine) -> Result<(), Error> {
    documented()
        .into_iter()
        .try_for_each(|native| engine.register(native))
}

/// The table of host functions and hooks of `docs/plugin-api.md`.
pub fn page() -> String {
    let mut text = String::from(
        "# Hooks and host functions of plugins\n\n\
         Written from the tables in `crates/plugins` (`FOX_BLESS=1 cargo test -p plugins --test page`).\n\n\
         ## Hooks\n\n| hook | also | called with | capability | time |\n|---|---|---|---|---|\n",
    );
    for hook in crate::Hook::ALL {
        let payload: Vec<&str> = hook.payload().iter().map(|kind| kind.name()).collect();
        let capability = hook
            .capability()
            .map_or("–".to_owned(), |name| format!("`{name}`"));
        let _ = writeln!(
            text,
            "| `{}` | `{}` | ({}) | {capability} | {} ms |",
            hook.name(),
            hook.snake_name(),
            payload.join(", "),
            hook.deadline().as_millis()
        );
    }
    text.push_str(
        "\n## Host functions\n\n| function | types | capability | what it does |\n|---|---|---|---|\n",
    );
    for native in documented() {
        let signature = native.signature();
        let params: Vec<String> = native
            .parameter_names()
            .iter()
            .zip(&signature.params)
            .map(|(name, ty)| format!("{name}: {ty}"))
            .collect();
        let capabilities: Vec<String> = native
            .capabilities()
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        let capabilities = if capabilities.is_empty() {
            "–".to_owned()
        } else {
            capabilities.join(", ")
        };
        let doc: Vec<&str> = native.documentation().lines().map(str::trim).collect();
        let _ = writeln!(
            text,
            "| `{}` | `({}) -> {}` | {capabilities} | {} |",
            native.name(),
            params.join(", "),
            signature.result,
            doc.join(" ")
        );
    }
    text
}
