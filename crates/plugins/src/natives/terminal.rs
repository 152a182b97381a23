//! The terminal: its grid, its colours, its prompts and themes.

use foxvm::{Context, Error, Value};
use shm::Cell;

use super::{Queued, member, queue, room, word};
use crate::command::{self, Command};

/// Lines that one call of `term.lines` answers.
const LINES: i64 = 100;

/// Sets the colour of what is written next: its name, or #rrggbb.
#[foxvm::native(name = "set_color", cap = "terminal-control")]
pub(crate) fn set_color(context: &mut Context<'_>, color: &str) -> Result<(), Error> {
    queue(context, command::label(color).map(Command::SetColor)).map(drop)
}

/// Sets the colour of what is written next: a text, or a case whose name is the colour's, or that holds #rrggbb.
#[foxvm::native(name = "setColor", cap = "terminal-control")]
pub(crate) fn set_color_case(context: &mut Context<'_>, color: Value) -> Result<(), Error> {
    let fields = context.case_fields(&color)?;
    let command = match fields.first() {
        None => command::label(&word(context, &color)?),
        Some(hex) => command::hex_color(&context.read::<String>(hex)?),
    };
    queue(context, command.map(Command::SetColor)).map(drop)
}

/// Writes a character into a cell, between events; false if there is no such cell or no room for the command.
#[foxvm::native(name = "update_cell", cap = "terminal-control")]
pub(crate) fn update_cell(
    context: &mut Context<'_>,
    x: i64,
    y: i64,
    ch: Value,
) -> Result<Value, Error> {
    let ch: String = context.read(&ch)?;
    let cell = ch.chars().next().map_or_else(Cell::default, Cell::new);
    write_cell(context, x, y, cell).map(Value::bool)
}

/// Writes a cell with colours (0xAARRGGBB) and flags (1 bold, 2 italic, 4 underline, 8 inverse, 16 dim), between events; false
/// if there is no such cell or no room for the command.
#[foxvm::native(name = "term.set_cell", cap = "terminal-control")]
pub(crate) fn set_cell(
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

/// Writes a cell, given as a record, between events; false if there is no such cell or no room for the command.
#[foxvm::native(name = "term.put_cell", cap = "terminal-control")]
pub(crate) fn put_cell(
    context: &mut Context<'_>,
    x: i64,
    y: i64,
    cell: Value,
) -> Result<Value, Error> {
    let ch: String = member(context, &cell, "Char")?;
    let mut number = |name| member::<i64>(context, &cell, name);
    let (foreground, background) = (number("Foreground")?, number("Background")?);
    let flags = number("Flags")?;
    set_cell(context, x, y, &ch, foreground, background, flags).map(Value::bool)
}

/// Reads the grid.
fn grid<T>(context: &mut Context<'_>, read: impl FnOnce(&crate::Grid) -> T) -> Result<T, Error> {
    Ok(room(context)?.surroundings.screen.read(read))
}

/// A place of the grid; one that no grid has for negative numbers.
fn place(number: i64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Columns and rows of the terminal.
#[foxvm::native(name = "term.size")]
pub(crate) fn size(context: &mut Context<'_>) -> Result<(i64, i64), Error> {
    grid(context, |grid| pair(grid.size()))
}

/// Column and row of the cursor.
#[foxvm::native(name = "term.cursor")]
pub(crate) fn cursor(context: &mut Context<'_>) -> Result<(i64, i64), Error> {
    grid(context, |grid| pair(grid.cursor()))
}

fn pair((column, row): (usize, usize)) -> (i64, i64) {
    (column as i64, row as i64)
}

/// Columns of the terminal.
#[foxvm::native(name = "term.columns")]
pub(crate) fn columns(context: &mut Context<'_>) -> Result<i64, Error> {
    grid(context, |grid| grid.size().0 as i64)
}

/// Rows of the terminal.
#[foxvm::native(name = "term.rows")]
pub(crate) fn rows(context: &mut Context<'_>) -> Result<i64, Error> {
    grid(context, |grid| grid.size().1 as i64)
}

/// Column of the cursor.
#[foxvm::native(name = "term.cursor_column")]
pub(crate) fn cursor_column(context: &mut Context<'_>) -> Result<i64, Error> {
    grid(context, |grid| grid.cursor().0 as i64)
}

/// Row of the cursor.
#[foxvm::native(name = "term.cursor_row")]
pub(crate) fn cursor_row(context: &mut Context<'_>) -> Result<i64, Error> {
    grid(context, |grid| grid.cursor().1 as i64)
}

/// A cell: a record of Char (text), Foreground, Background and Flags; empty outside of the grid.
#[foxvm::native(name = "term.cell")]
pub(crate) fn cell(context: &mut Context<'_>, x: i64, y: i64) -> Result<Option<Value>, Error> {
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
pub(crate) fn line(context: &mut Context<'_>, y: i64) -> Result<Option<String>, Error> {
    let line = grid(context, |grid| grid.line(place(y)))?;
    context.work(line.as_ref().map_or(0, String::len))?;
    Ok(line)
}

/// The texts of the rows from one to another, both included, as far as there are any.
#[foxvm::native(name = "term.lines")]
pub(crate) fn lines(context: &mut Context<'_>, from: i64, to: i64) -> Result<Vec<String>, Error> {
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
pub(crate) fn sequence(context: &mut Context<'_>) -> Result<i64, Error> {
    grid(context, |grid| {
        i64::try_from(grid.sequence()).unwrap_or(i64::MAX)
    })
}

/// Goes to a prompt: up, down, first or last.
#[foxvm::native(name = "prompt_jump", cap = "terminal-control")]
pub(crate) fn prompt_jump(context: &mut Context<'_>, direction: Value) -> Queued {
    let direction = word(context, &direction)?;
    queue(
        context,
        command::direction(&direction).map(Command::PromptJump),
    )
}

/// Uses the theme of that name.
#[foxvm::native(name = "apply_theme", cap = "terminal-control")]
pub(crate) fn apply_theme(context: &mut Context<'_>, name: &str) -> Queued {
    queue(context, command::label(name).map(Command::ApplyTheme))
}

/// The name of the theme in use.
#[foxvm::native(name = "current_theme")]
pub(crate) fn current_theme(context: &mut Context<'_>) -> Result<String, Error> {
    Ok(room(context)?.surroundings.shared().theme.clone())
}

/// Changes a colour of the palette, 0 to 255, to #rrggbb.
#[foxvm::native(name = "set_palette_color", cap = "terminal-control")]
pub(crate) fn set_palette_color(context: &mut Context<'_>, index: i64, color: &str) -> Queued {
    let command = (|| {
        Ok(Command::SetPaletteColor {
            index: u8::try_from(index).map_err(|_| "a palette has the colours 0 to 255")?,
            color: command::hex_color(color)?,
        })
    })();
    queue(context, command)
}

/// Changes parts of the theme in use: pairs of a part's name and #rrggbb.
#[foxvm::native(name = "update_theme", cap = "terminal-control")]
pub(crate) fn update_theme(context: &mut Context<'_>, colors: Vec<(String, String)>) -> Queued {
    queue(context, command::theme(colors).map(Command::ThemeUpdate))
}
