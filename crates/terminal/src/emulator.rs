//! What a program writes becomes a grid of cells: the emulator of crate `alacritty_terminal`, and what this terminal needs of it.
//!
//! Nothing that the program writes reaches the user's terminal as it is: all that is shown is drawn from these cells.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use alacritty_terminal::Term;
use alacritty_terminal::event::{Event, EventListener};
use alacritty_terminal::grid::{Dimensions, Scroll};
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::term::{Config, Osc52, TermDamage, TermMode};
use alacritty_terminal::vte::ansi::{
    Attr, ClearMode, Color, Handler, NamedColor, Processor, Rgb, Timeout,
};
use shm::flags;

use crate::glyph::{Glyph, MARKS, Paint, STRIKE, Style};
use crate::size::Size;
use crate::theme::{Colors, Ground};

/// Rows above the screen that are kept for scrolling back.
const HISTORY: usize = 2_000;
/// Events of one piece of output that are kept; a program that asks for more answers gets none.
const EVENTS: usize = 256;
/// Bytes of a title that are kept.
const TITLE: usize = 256;

/// Something beside the grid that the output brought about.
pub(crate) enum Happened {
    /// The program asked for something: this is the answer to it.
    Answer(String),
    /// The program asked which colour this is, and gets the answer in this form.
    ColorAsked(usize, Arc<dyn Fn(Rgb) -> String + Sync + Send>),
    /// The title is another, or none.
    Title(Option<String>),
    /// The bell rang.
    Bell,
}

/// Takes the emulator's events.
#[derive(Clone, Default)]
struct Outbox(Rc<RefCell<Vec<Happened>>>);

impl EventListener for Outbox {
    fn send_event(&self, event: Event) {
        let happened = match event {
            Event::PtyWrite(text) => Happened::Answer(text),
            Event::ColorRequest(index, form) => Happened::ColorAsked(index, form),
            Event::Title(title) => {
                let end = title.floor_char_boundary(title.len().min(TITLE));
                let plain = title.get(..end).unwrap_or_default().chars();
                Happened::Title(Some(plain.filter(|scalar| !scalar.is_control()).collect()))
            }
            Event::ResetTitle => Happened::Title(None),
            Event::Bell => Happened::Bell,
            _ => return,
        };
        // Never held while the emulator runs: it is borrowed here and in `take` only.
        if let Ok(mut events) = self.0.try_borrow_mut()
            && events.len() < EVENTS
        {
            events.push(happened);
        }
    }
}

/// The screen is drawn at its own pace, so synchronized updates hold nothing back in the parser.
#[derive(Default)]
struct Unsynchronized;

impl Timeout for Unsynchronized {
    fn set_timeout(&mut self, _: Duration) {}

    fn clear_timeout(&mut self) {}

    fn pending_timeout(&self) -> bool {
        false
    }
}

/// Which of the grid's rows changed.
#[derive(PartialEq, Eq, Debug)]
pub(crate) enum Damage {
    All,
    Rows(Vec<usize>),
}

/// The emulator.
pub(crate) struct Emulator {
    term: Term<Outbox>,
    parser: Processor<Unsynchronized>,
    outbox: Outbox,
    /// Rows that left the history at its far end.
    forgotten: u64,
    /// Cells were written beside the parser.
    touched: bool,
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Emulator")
    }
}

impl Emulator {
    pub fn new(size: Size) -> Emulator {
        let config = Config {
            // Twice as many, so that what is over can be counted before it goes.
            scrolling_history: 2 * HISTORY,
            // Programs do not reach the user's clipboard.
            osc52: Osc52::Disabled,
            ..Config::default()
        };
        let outbox = Outbox::default();
        Emulator {
            term: Term::new(config, &size, outbox.clone()),
            parser: Processor::new(),
            outbox,
            forgotten: 0,
            touched: false,
        }
    }

    /// Takes output.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.parser.advance(&mut self.term, bytes);
        self.prune_marks();
        let history = self.term.history_size();
        if history > HISTORY && !self.full_screen() {
            let grid = self.term.grid_mut();
            grid.update_history(HISTORY);
            grid.update_history(2 * HISTORY);
            self.forgotten += (history - HISTORY) as u64;
        }
    }

    /// A program could put marks without end on one character.
    fn prune_marks(&mut self) {
        let point = self.term.grid().cursor.point;
        let before = point.column.0.saturating_sub(2)..=point.column.0;
        for column in before {
            let Some(cell) = cell_mut(&mut self.term, column, point.line.0) else {
                continue;
            };
            let Some(marks) = cell.zerowidth().filter(|marks| marks.len() > MARKS) else {
                continue;
            };
            let kept: Vec<char> = marks.iter().take(MARKS).copied().collect();
            let (link, under) = (cell.hyperlink(), cell.underline_color());
            cell.extra = None;
            cell.set_hyperlink(link);
            cell.set_underline_color(under);
            kept.into_iter().for_each(|mark| cell.push_zerowidth(mark));
        }
    }

    /// What happened since the last call.
    pub fn take(&mut self) -> Vec<Happened> {
        self.outbox
            .0
            .try_borrow_mut()
            .map_or_else(|_| Vec::new(), |mut events| std::mem::take(&mut *events))
    }

    pub fn resize(&mut self, size: Size) {
        self.term.resize(size);
        self.touched = true;
    }

    /// Columns and rows.
    pub fn size(&self) -> (usize, usize) {
        (self.term.columns(), self.term.screen_lines())
    }

    pub fn mode(&self) -> TermMode {
        *self.term.mode()
    }

    /// Does the program use the alternate screen?
    pub fn full_screen(&self) -> bool {
        self.mode().contains(TermMode::ALT_SCREEN)
    }

    /// Column and row of the cursor.
    pub fn cursor(&self) -> (usize, usize) {
        let point = self.term.grid().cursor.point;
        (point.column.0, usize::try_from(point.line.0).unwrap_or(0))
    }

    /// Where the cursor is shown: nowhere while it is hidden or scrolled away.
    pub fn shown_cursor(&self) -> Option<(usize, usize)> {
        let (column, row) = self.cursor();
        let row = row + self.term.grid().display_offset();
        (self.mode().contains(TermMode::SHOW_CURSOR) && row < self.size().1)
            .then_some((column, row))
    }

    /// The colour of what is written next, as if the program had said so.
    pub fn set_color(&mut self, paint: Paint) {
        let color = match paint {
            Paint::Default => Color::Named(NamedColor::Foreground),
            Paint::Index(index) => Color::Indexed(index),
            Paint::Rgb(r, g, b) => Color::Spec(Rgb { r, g, b }),
        };
        self.term.terminal_attribute(Attr::Foreground(color));
    }

    /// Writes a cell; what is no character of one column is shown as U+FFFD.
    pub fn set_cell(&mut self, column: usize, row: usize, new: shm::Cell) {
        let glyph = Glyph::new(new.scalar(), Style::default());
        let rgb = |word: u32, usual: u32, named: NamedColor| {
            let [_, r, g, b] = word.to_be_bytes();
            match word == usual {
                true => Color::Named(named),
                false => Color::Spec(Rgb { r, g, b }),
            }
        };
        let Ok(line) = i32::try_from(row) else { return };
        let Some(cell) = cell_mut(&mut self.term, column, line) else {
            return;
        };
        let (was_wide, was_behind) = (
            cell.flags.contains(Flags::WIDE_CHAR),
            cell.flags.contains(Flags::WIDE_CHAR_SPACER),
        );
        let wrapped = cell.flags & Flags::WRAPLINE;
        *cell = Cell {
            c: match glyph.width {
                1 => glyph.scalar,
                _ => char::REPLACEMENT_CHARACTER,
            },
            fg: rgb(
                new.foreground,
                shm::DEFAULT_FOREGROUND,
                NamedColor::Foreground,
            ),
            bg: rgb(
                new.background,
                shm::DEFAULT_BACKGROUND,
                NamedColor::Background,
            ),
            flags: wrapped | of_published(new.flags),
            extra: None,
        };
        // The other half of a wide character.
        let other = match (was_wide, was_behind) {
            (true, _) => Some(column + 1),
            (_, true) => column.checked_sub(1),
            _ => None,
        };
        if let Some(cell) = other.and_then(|column| cell_mut(&mut self.term, column, line)) {
            cell.clear_wide();
            cell.flags.remove(Flags::WIDE_CHAR_SPACER);
        }
        self.touched = true;
    }

    /// Takes back the line in which the cursor stands, from its beginning, over as many rows as it was wrapped.
    pub fn unwrite_line(&mut self) {
        let (_, mut row) = self.cursor();
        let last = self.size().0.saturating_sub(1);
        while let Some(above) = row.checked_sub(1)
            && let Ok(line) = i32::try_from(above)
            && cell_mut(&mut self.term, last, line)
                .is_some_and(|cell| cell.flags.contains(Flags::WRAPLINE))
        {
            row = above;
        }
        let top = match self.mode().contains(TermMode::ORIGIN) {
            // Then rows are counted from the scrolling region, and the line stays where it is.
            true => return,
            false => i32::try_from(row).unwrap_or(0),
        };
        self.term.goto(top, 0);
        self.term.clear_screen(ClearMode::Below);
        self.touched = true;
    }

    /// Which rows changed since the last call.
    pub fn damage(&mut self) -> Damage {
        let touched = std::mem::take(&mut self.touched);
        let scrolled = self.term.grid().display_offset() > 0;
        let damage = match self.term.damage() {
            TermDamage::Partial(lines) if !touched && !scrolled => {
                Damage::Rows(lines.map(|line| line.line).collect())
            }
            _ => Damage::All,
        };
        self.term.reset_damage();
        damage
    }

    /// Reads a row of the screen into `glyphs`; `scrolled` is as the user sees it, else as the program does.
    pub fn row(&self, row: usize, scrolled: bool, glyphs: &mut Vec<Glyph>) {
        glyphs.clear();
        let (columns, rows) = self.size();
        let offset = match scrolled {
            true => self.term.grid().display_offset(),
            false => 0,
        };
        let (Ok(row), Ok(offset)) = (i32::try_from(row), i32::try_from(offset)) else {
            return;
        };
        let line = Line(row - offset);
        let there = line >= self.term.topmost_line() && (row as usize) < rows;
        if there {
            let cells = &self.term.grid()[line];
            glyphs.extend((0..columns).map(|column| self.glyph(&cells[Column(column)])));
        }
    }

    /// Reads a row of the screen as it is published, as far as that has room for it.
    pub fn published(&self, row: usize, colors: &Colors, cells: &mut Vec<shm::Cell>) {
        cells.clear();
        let (columns, rows) = self.size();
        let Some(line) = i32::try_from(row).ok().filter(|_| row < rows) else {
            return;
        };
        let row = &self.term.grid()[Line(line)];
        // Neighbours mostly look alike, and what a colour is takes longer to find out than whether it is the same.
        let mut last = (Cell::default().fg, Cell::default().bg);
        let resolved = |(fore, back)| {
            (
                colors.published(self.paint(fore), Ground::Fore),
                colors.published(self.paint(back), Ground::Back),
            )
        };
        let mut words = resolved(last);
        for column in 0..columns.min(shm::MAX_COLUMNS) {
            let cell = &row[Column(column)];
            if (cell.fg, cell.bg) != last {
                last = (cell.fg, cell.bg);
                words = resolved(last);
            }
            let scalar = match cell.c {
                // The place behind a wide character is empty, as the published layout has it.
                _ if cell.flags.contains(Flags::WIDE_CHAR_SPACER) => '\0',
                _ if cell.flags.contains(Flags::HIDDEN) => ' ',
                scalar if scalar.is_control() => ' ',
                scalar => scalar,
            };
            let published = shm::Cell::new(scalar).colors(words.0, words.1);
            cells.push(match cell.flags.is_empty() {
                true => published,
                false => published.flags(to_published(cell.flags) & !STRIKE),
            });
        }
    }

    fn glyph(&self, cell: &Cell) -> Glyph {
        let style = Style {
            foreground: self.paint(cell.fg),
            background: self.paint(cell.bg),
            flags: to_published(cell.flags),
        };
        if cell.flags.contains(Flags::WIDE_CHAR_SPACER) {
            return Glyph::behind(style);
        }
        let hidden = cell.flags.contains(Flags::HIDDEN);
        let mut glyph = Glyph::new(if hidden { ' ' } else { cell.c }, style);
        if let Some(marks) = cell.zerowidth().filter(|_| !hidden) {
            glyph.marks = marks
                .iter()
                .take(MARKS)
                .filter(|mark| !mark.is_control())
                .collect();
        }
        // The emulator's word counts where the two differ about a width.
        glyph.width = 1 + u8::from(cell.flags.contains(Flags::WIDE_CHAR));
        glyph
    }

    /// A colour of a cell, with what the program changed of the palette.
    fn paint(&self, color: Color) -> Paint {
        let changed = |index: usize| {
            let own =
                (index < alacritty_terminal::term::color::COUNT).then(|| self.term.colors()[index]);
            own.flatten().map(|rgb| Paint::Rgb(rgb.r, rgb.g, rgb.b))
        };
        match color {
            Color::Spec(rgb) => Paint::Rgb(rgb.r, rgb.g, rgb.b),
            Color::Indexed(index) => changed(usize::from(index)).unwrap_or(Paint::Index(index)),
            Color::Named(named) => changed(named as usize).unwrap_or(match named as usize {
                index @ 0..16 => Paint::Index(index as u8),
                dim @ 259..267 => Paint::Index((dim - 259) as u8),
                _ => Paint::Default,
            }),
        }
    }

    /// The number of the row in which the cursor stands, counted from the beginning of the session.
    pub fn here(&self) -> u64 {
        self.forgotten + (self.term.history_size() + self.cursor().1) as u64
    }

    /// The text from a place to the cursor; rows by [`Emulator::here`]'s count.
    pub fn text_from(&self, (start, column): (u64, usize), most: usize) -> String {
        let (end_column, _) = self.cursor();
        let here = self.here();
        let mut text = String::new();
        let mut glyphs = Vec::new();
        for number in start..=here {
            let top = self.forgotten + self.term.history_size() as u64;
            // Only what is still on the screen: command lines are short.
            let Some(row) = number
                .checked_sub(top)
                .and_then(|row| usize::try_from(row).ok())
            else {
                continue;
            };
            self.row(row, false, &mut glyphs);
            let first = if number == start { column } else { 0 };
            let last = if number == here {
                end_column
            } else {
                glyphs.len()
            };
            let shown = glyphs.iter().take(last).skip(first);
            for glyph in shown.filter(|glyph| glyph.width > 0) {
                text.push(glyph.scalar);
                text.push_str(&glyph.marks);
            }
            if text.len() > most {
                break;
            }
        }
        let end = text.floor_char_boundary(text.len().min(most));
        text.truncate(end);
        text
    }

    /// Rows that the user has scrolled back.
    pub fn scrolled(&self) -> usize {
        self.term.grid().display_offset()
    }

    /// Scrolls back by rows, or forward by negative ones.
    pub fn scroll(&mut self, rows: i32) {
        self.term.scroll_display(Scroll::Delta(rows));
    }

    /// Scrolls to the end.
    pub fn scroll_to_end(&mut self) {
        self.term.scroll_display(Scroll::Bottom);
    }

    /// Scrolls so that a row, by [`Emulator::here`]'s count, is the first one shown, as far as it is kept.
    pub fn scroll_to(&mut self, number: u64) {
        let top = self.forgotten + self.term.history_size() as u64;
        self.scroll_to_end();
        if let Ok(back) = i32::try_from(top.saturating_sub(number)) {
            self.scroll(back);
        }
    }

    /// The number of the first row that is shown.
    pub fn first_shown(&self) -> u64 {
        self.forgotten
            + (self.term.history_size() - self.scrolled().min(self.term.history_size())) as u64
    }
}

/// A cell of the screen.
fn cell_mut(term: &mut Term<Outbox>, column: usize, line: i32) -> Option<&mut Cell> {
    let there = column < term.columns() && (0..=term.bottommost_line().0).contains(&line);
    there.then(|| &mut term.grid_mut()[Line(line)][Column(column)])
}

const FLAGS: [(Flags, u8); 6] = [
    (Flags::BOLD, flags::BOLD),
    (Flags::ITALIC, flags::ITALIC),
    (Flags::ALL_UNDERLINES, flags::UNDERLINE),
    (Flags::INVERSE, flags::INVERSE),
    (Flags::DIM, flags::DIM),
    (Flags::STRIKEOUT, STRIKE),
];

fn to_published(cell: Flags) -> u8 {
    let found = FLAGS.iter().filter(|(flag, _)| cell.intersects(*flag));
    found.fold(0, |all, (_, bit)| all | bit)
}

fn of_published(bits: u8) -> Flags {
    let found = FLAGS.iter().filter(|(_, bit)| bits & bit != 0);
    found.fold(Flags::empty(), |all, (flag, _)| match *flag {
        Flags::ALL_UNDERLINES => all | Flags::UNDERLINE,
        flag => all | flag,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(emulator: &Emulator, row: usize) -> String {
        let mut glyphs = Vec::new();
        emulator.row(row, false, &mut glyphs);
        let text: String = glyphs.iter().map(|glyph| glyph.scalar).collect();
        text.trim_end().to_owned()
    }

    #[test]
    fn a_wrapped_line_is_taken_back_whole() {
        let mut emulator = Emulator::new(Size::new(10, 5));
        emulator.feed(b"first\r\n0123456789abcdefghijKLM");
        assert_eq!(text(&emulator, 3), "KLM");
        emulator.unwrite_line();
        assert_eq!(emulator.cursor(), (0, 1));
        assert_eq!(
            (text(&emulator, 0), text(&emulator, 1)),
            ("first".into(), "".into())
        );
        emulator.feed(b"new");
        assert_eq!(text(&emulator, 1), "new");
    }

    #[test]
    fn rows_are_counted_though_the_history_is_bounded() {
        let mut emulator = Emulator::new(Size::new(10, 5));
        for number in 0..10_000 {
            emulator.feed(format!("{number}\r\n").as_bytes());
        }
        assert_eq!(emulator.here(), 10_000);
        assert!(emulator.term.history_size() <= HISTORY);
        emulator.scroll_to(9_000);
        assert_eq!(emulator.first_shown(), 9_000);
        let mut glyphs = Vec::new();
        emulator.row(0, true, &mut glyphs);
        assert_eq!(glyphs[0].scalar, '9');
    }

    #[test]
    fn marks_on_one_character_have_an_end() {
        let mut emulator = Emulator::new(Size::new(10, 5));
        emulator.feed("e".as_bytes());
        for _ in 0..100 {
            emulator.feed("\u{301}".repeat(100).as_bytes());
        }
        let cell = cell_mut(&mut emulator.term, 0, 0).unwrap();
        assert_eq!(cell.zerowidth().map(<[char]>::len), Some(MARKS));
    }

    #[test]
    fn cells_beside_the_parser_and_colours_take_effect() {
        let mut emulator = Emulator::new(Size::new(10, 5));
        emulator.feed("漢".as_bytes());
        emulator.set_cell(
            1,
            0,
            shm::Cell::new('x').colors(0xff01_0203, shm::DEFAULT_BACKGROUND),
        );
        emulator.set_cell(99, 99, shm::Cell::new('x'));
        emulator.set_cell(4, 0, shm::Cell::new('\u{1b}'));
        emulator.set_color(Paint::Index(1));
        emulator.feed(b"red");
        let mut glyphs = Vec::new();
        emulator.row(0, false, &mut glyphs);
        assert_eq!((glyphs[0].scalar, glyphs[1].scalar), (' ', 'x'));
        assert_eq!(glyphs[1].style.foreground, Paint::Rgb(1, 2, 3));
        assert_eq!(
            (glyphs[2].scalar, glyphs[2].style.foreground),
            ('r', Paint::Index(1))
        );
        assert_eq!(glyphs[4].scalar, 'd');
    }

    #[test]
    fn no_output_breaks_it() {
        // A generator of its own, so that a failure is found again: xorshift.
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        const PIECES: [&str; 12] = [
            "\u{1b}[",
            "\u{1b}]133;",
            "?1049",
            "h",
            "l",
            ";",
            "999",
            "m",
            "漢",
            "\u{301}",
            "\n",
            "r",
        ];
        let mut emulator = Emulator::new(Size::new(7, 3));
        for turn in 0..20_000 {
            let number = next();
            match number % 16 {
                15 => emulator.feed(&number.to_le_bytes()),
                14 if turn % 50 == 0 => {
                    emulator.resize(Size::new(
                        (number >> 8) as u16 % 30,
                        (number >> 24) as u16 % 9,
                    ));
                }
                13 => emulator.unwrite_line(),
                12 => emulator.set_cell(
                    number as usize >> 8 & 31,
                    number as usize >> 20 & 15,
                    shm::Cell::new('漢'),
                ),
                piece => emulator.feed(PIECES.get(piece as usize).unwrap_or(&"x").as_bytes()),
            }
            let mut glyphs = Vec::new();
            (0..10).for_each(|row| emulator.row(row, true, &mut glyphs));
            emulator.text_from((emulator.here().saturating_sub(3), 2), 100);
            emulator.take();
        }
    }
}
