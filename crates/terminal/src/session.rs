//! One terminal session: what the program writes on its way through the plugins to the screen, what the user types on its way
//! through them to the program, and what the plugins want done. It knows no file, no process and no clock of its own, so that
//! tests run it as the daemon does.

use std::time::{Duration, Instant};

use diag::{Catalogue, Diagnostic, Lang};
use plugins::{Flow, Hook, Host, Item, Key, Report, State};

use crate::compose::Picture;
use crate::emulator::{Damage, Emulator, Happened};
use crate::input::Held;
use crate::keys::Decoder;
use crate::layers::{Layers, Notice};
use crate::marks::{Mark, Scanner};
use crate::popup::Popup;
use crate::shell::Shell;
use crate::size::Size;
use crate::theme::{Colors, Ground};

/// A line that has no end by then is shown: a prompt, a progress bar.
const REST: Duration = Duration::from_millis(10);
/// Bytes of a line that are handed to plugins at once; the rest of a longer one comes as further lines.
const LINE: usize = 64 << 10;
/// How often plugins are asked for their part of the status bar.
const STATUS: Duration = Duration::from_secs(1);
/// How often new versions of plugins are looked for.
const POLL: Duration = Duration::from_millis(250);
/// Bytes of a command line that plugins are asked about.
pub(crate) const COMMAND: usize = 4 << 10;
/// Bytes that wait for a program which does not read; what comes beyond is lost.
const WAITING: usize = 1 << 20;
/// Reports of the host that are kept for the end.
const REPORTS: usize = 1_000;

/// What a session begins with.
#[derive(Debug)]
pub struct Settings {
    /// Of the whole terminal.
    pub size: Size,
    /// Of the terminal's own notices.
    pub lang: Lang,
    /// The key before keys that are for plugins, if there is one.
    pub leader: Option<Key>,
}

/// A line of a plugin's log.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Logged {
    /// The plugin.
    pub plugin: String,
    /// `error`, `warn`, `info` or `debug`.
    pub level: String,
    /// The line.
    pub text: String,
}

/// The session.
#[derive(Debug)]
pub(crate) struct Session {
    pub host: Host,
    pub emulator: Emulator,
    pub layers: Layers,
    pub popup: Option<Popup>,
    pub colors: Colors,
    pub shell: Shell,
    pub settings: Settings,
    pub decoder: Decoder,
    /// The leader key was pressed: the next key is for plugins.
    pub led: bool,
    /// Enter was pressed, and plugins are to be asked about the command line first.
    pub held: Option<Held>,
    /// Does a plugin want to be asked about command lines?
    pub asks_commands: bool,
    /// Can a plugin read the grid?
    reads_grid: bool,
    /// What `getCommands` and `getMenu` answered, by plugin.
    pub offered: Vec<(String, Item)>,
    /// Addresses that the user wants opened.
    pub opened: Vec<String>,
    /// The title that the program gave.
    pub title: Option<String>,
    /// Faults, warnings and failures, in order.
    pub reports: Vec<Diagnostic>,
    pub log: Vec<Logged>,
    /// Has anything changed since the picture was drawn?
    pub dirty: bool,
    pub bell: bool,
    /// The title changed, and plugins do not know it yet.
    retitled: bool,
    /// The bell rang, and plugins do not know it yet.
    rang: bool,
    /// Seconds that have passed, as plugins count them.
    ticks: i64,
    scanner: Scanner,
    line: Vec<u8>,
    /// Bytes of `line` that are shown already.
    shown: usize,
    /// When output came last.
    pub last_output: Option<Instant>,
    for_program: Vec<u8>,
    /// A row on its way to the grid.
    cells: Vec<shm::Cell>,
    resized: bool,
    next_status: Instant,
    next_poll: Instant,
}

impl Session {
    /// A session with a host whose plugins are loaded.
    pub fn new(host: Host, settings: Settings, now: Instant) -> Session {
        let mut session = Session {
            host,
            emulator: Emulator::new(settings.size),
            layers: Layers::default(),
            popup: None,
            colors: Colors::default(),
            shell: Shell::default(),
            decoder: Decoder::default(),
            led: false,
            held: None,
            asks_commands: false,
            reads_grid: false,
            offered: Vec::new(),
            opened: Vec::new(),
            title: None,
            reports: Vec::new(),
            log: Vec::new(),
            dirty: true,
            bell: false,
            retitled: false,
            rang: false,
            ticks: 0,
            scanner: Scanner::new(),
            line: Vec::new(),
            shown: 0,
            last_output: None,
            for_program: Vec::new(),
            cells: Vec::new(),
            resized: false,
            next_status: now,
            next_poll: now + POLL,
            settings,
        };
        let name = session.colors.name();
        session.host.set_theme(name);
        session.resize_grid();
        session.ask_offers();
        session.carry_out(now);
        session
    }

    /// Uses a theme from the beginning; `false` if there is none of that name.
    pub fn use_theme(&mut self, name: &str) -> bool {
        let before = self.colors.name();
        let found = self.colors.apply(name);
        self.recolored();
        if self.colors.name() != before {
            // What plugins want then is carried out at the next event, so that two of them cannot go on for ever.
            self.host.theme_changed(self.colors.name());
        }
        found
    }

    /// Takes output, as far as time allows: how many bytes it took. It takes at least one line, so that it gets on.
    pub fn output(&mut self, bytes: &[u8], now: Instant, until: Instant) -> usize {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let skipped = self.scanner.skips();
            let (taken, mark) = self.scanner.scan(rest);
            let piece = rest.get(..taken).unwrap_or_default();
            at += taken;
            if skipped {
                continue;
            }
            if self.emulator.full_screen() {
                // Pictures have no lines: what a full-screen program draws passes by.
                self.feed(piece);
            } else {
                self.line.extend_from_slice(piece);
                if mark == Some(Mark::Line) || self.line.len() >= LINE {
                    self.end_line(now);
                } else if mark.is_some() {
                    self.show_line();
                }
            }
            match mark {
                Some(Mark::Line | Mark::Screen) | None => {}
                Some(Mark::Overlong) => self.feed(b"\x18"),
                Some(mark) => self.marked(mark, now),
            }
            if Instant::now() >= until {
                break;
            }
        }
        self.last_output = Some(now);
        self.dirty = true;
        self.tell_happened(now);
        at
    }

    /// Tells plugins of the title and the bell: once for a piece of output, however often they came in it.
    fn tell_happened(&mut self, now: Instant) {
        let (retitled, rang) = (
            std::mem::take(&mut self.retitled),
            std::mem::take(&mut self.rang),
        );
        if !retitled && !rang {
            return;
        }
        self.show_plugins();
        if retitled {
            let title = self.title.clone().unwrap_or_default();
            self.host.title_change(&title);
        }
        if rang {
            self.host.bell();
        }
        self.carry_out(now);
    }

    fn feed(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.emulator.feed(bytes);
            self.happened();
        }
    }

    /// Shows what is there of a line.
    fn show_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.feed(line.get(self.shown..).unwrap_or_default());
        self.shown = line.len();
        self.line = line;
    }

    /// A line is whole: plugins see it, and it is shown as they leave it.
    fn end_line(&mut self, now: Instant) {
        let line = std::mem::take(&mut self.line);
        let shown = std::mem::take(&mut self.shown);
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let ending = line.get(text.len()..).unwrap_or_default();
        self.show_plugins();
        let flow = self.host.output(&String::from_utf8_lossy(text));
        self.carry_out(now);
        match flow {
            Flow::Pass => self.feed(line.get(shown..).unwrap_or_default()),
            Flow::Changed(new) => {
                if shown > 0 {
                    self.emulator.unwrite_line();
                }
                // What a plugin writes has its own lines, and the program's terminal would have made them so.
                let new = new.replace("\r\n", "\n").replace('\n', "\r\n");
                self.feed(new.as_bytes());
                // Whatever it began ends with it.
                self.feed(b"\x18");
                self.feed(ending);
            }
            Flow::Stopped if shown > 0 => self.emulator.unwrite_line(),
            Flow::Stopped => {}
        }
        self.line = line;
        self.line.clear();
    }

    /// Carries out what the emulator has to say.
    fn happened(&mut self) {
        for happened in self.emulator.take() {
            match happened {
                Happened::Answer(text) => self.send(text.as_bytes()),
                Happened::ColorAsked(index, form) => {
                    let rgb = match u8::try_from(index) {
                        Ok(index) => self.colors.palette(index),
                        Err(_) => {
                            let ground = if index == 257 {
                                Ground::Back
                            } else {
                                Ground::Fore
                            };
                            self.colors.published(Default::default(), ground)
                        }
                    };
                    let [_, r, g, b] = rgb.to_be_bytes();
                    let text = form(alacritty_terminal::vte::ansi::Rgb { r, g, b });
                    self.send(text.as_bytes());
                }
                Happened::Title(title) => {
                    self.retitled |= title != self.title;
                    self.title = title;
                }
                Happened::Bell => (self.bell, self.rang) = (true, true),
            }
        }
    }

    /// A mark of the shell.
    fn marked(&mut self, mark: Mark, now: Instant) {
        match mark {
            Mark::Prompt => self.shell.prompt(self.emulator.here()),
            Mark::Command => {
                self.shell.start = Some((self.emulator.here(), self.emulator.cursor().0));
            }
            Mark::Runs(said) => {
                let start = self.shell.start.take();
                let seen = || Some(self.emulator.text_from(start?, COMMAND));
                let command = said.or_else(seen).unwrap_or_default();
                let command = command.trim().to_owned();
                if self.shell.asked.take().is_none() {
                    self.runs_already(&command, now);
                }
                self.shell.running = Some(command);
            }
            Mark::Ran(exit) => {
                if let Some(command) = self.shell.running.take() {
                    self.show_plugins();
                    self.host.post_command(&command, exit.unwrap_or(0));
                    self.carry_out(now);
                }
            }
            Mark::Line | Mark::Screen | Mark::Overlong => {}
        }
    }

    /// A command line runs about which nobody was asked before: who does not want it can only have it interrupted.
    fn runs_already(&mut self, command: &str, now: Instant) {
        self.show_plugins();
        let flow = self.host.pre_command(command);
        self.carry_out(now);
        match flow {
            Flow::Pass => {}
            Flow::Stopped => self.send(b"\x03"),
            Flow::Changed(other) => {
                self.send(b"\x03");
                self.send(typed(&other).as_bytes());
                self.send(b"\r");
            }
        }
    }

    /// Puts bytes on the way to the program.
    pub fn send(&mut self, bytes: &[u8]) {
        if self.for_program.len() + bytes.len() <= WAITING {
            self.for_program.extend_from_slice(bytes);
        }
    }

    /// What the program is to get.
    pub fn take_for_program(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.for_program)
    }

    /// The size of the program's terminal, if it changed.
    pub fn take_resized(&mut self) -> Option<Size> {
        std::mem::take(&mut self.resized).then(|| self.program_size())
    }

    /// The size of the program's terminal: without the status bar.
    pub fn program_size(&self) -> Size {
        self.settings.size.above_status(self.layers.has_status())
    }

    /// The user's terminal has another size.
    pub fn resize(&mut self, size: Size, now: Instant) {
        self.settings.size = size;
        self.fit(now);
        self.dirty = true;
    }

    /// Brings the program's terminal to its size.
    fn fit(&mut self, now: Instant) {
        // Plugins that change the status bar when the size changes could go on for ever: they get two turns.
        for _ in 0..2 {
            let size = self.program_size();
            if (size.columns(), size.rows()) == self.emulator.size() {
                return;
            }
            if size.columns() != self.emulator.size().0 {
                self.shell.rewrapped();
            }
            self.emulator.resize(size);
            self.resized = true;
            self.resize_grid();
            self.host.resize(size.columns(), size.rows());
            self.carry_out_once(now);
        }
    }

    fn resize_grid(&mut self) {
        let (columns, rows) = self.emulator.size();
        self.host.update_grid(|grid| grid.resize(columns, rows));
        self.update_grid();
    }

    /// Brings the grid up to date before an event, if a plugin could read it then.
    pub fn show_plugins(&mut self) {
        if self.reads_grid {
            self.update_grid();
        }
    }

    /// Brings the grid up to date that plugins read and that is published.
    pub fn update_grid(&mut self) {
        let rows = match self.emulator.damage() {
            Damage::All => (0..self.emulator.size().1.min(shm::MAX_ROWS)).collect(),
            Damage::Rows(rows) => rows,
        };
        let (column, row) = self.emulator.cursor();
        let Session {
            host,
            emulator,
            colors,
            cells,
            ..
        } = self;
        host.update_grid(|grid| {
            for row in rows {
                emulator.published(row, colors, cells);
                grid.set_row(row, cells);
            }
            grid.set_cursor(column, row);
        });
    }

    /// Everything is to be published anew: colours are others.
    pub fn recolored(&mut self) {
        self.resize_grid();
        self.dirty = true;
    }

    /// Asks the plugins what they offer, and which of them want to be asked about command lines.
    fn ask_offers(&mut self) {
        self.offered = self.host.commands();
        self.offered.extend(self.host.menu());
        self.reads_grid = self.host.reads_grid();
        self.asks_commands = self.host.metrics().iter().any(|plugin| {
            let mut hooks = plugin.hooks.iter();
            hooks.any(|hook| hook.hook == Hook::PreCommand.name())
        });
    }

    /// Carries out what plugins want, and takes note of what happened to them.
    pub fn carry_out(&mut self, now: Instant) {
        self.carry_out_once(now);
        self.fit(now);
    }

    fn carry_out_once(&mut self, now: Instant) {
        let mut changed = false;
        for report in self.host.take_reports() {
            changed |= self.note(report, now);
        }
        for (plugin, command) in self.host.take_commands() {
            self.apply(&plugin, command, now);
        }
        if changed {
            self.ask_offers();
        }
    }

    /// Takes note of a report; does it change what plugins offer?
    fn note(&mut self, report: Report, now: Instant) -> bool {
        match report {
            Report::State {
                plugin, to, why, ..
            } => {
                if matches!(to, State::Failed | State::Unloaded) {
                    self.layers.forget(&plugin);
                }
                if let Some(why) = why {
                    self.flash(&plugin, &why, now);
                    self.keep(*why);
                }
                matches!(to, State::Running | State::Unloaded)
            }
            Report::Reloaded { plugin } => {
                self.layers.forget(&plugin);
                true
            }
            Report::Kept { plugin, why } => {
                self.flash(&plugin, &why, now);
                self.keep(*why);
                false
            }
            Report::Fault { why, .. } | Report::Warning { what: why, .. } => {
                self.keep(*why);
                false
            }
            Report::Log {
                plugin,
                level,
                text,
            } => {
                if self.log.len() < REPORTS {
                    let level = format!("{level:?}").to_lowercase();
                    self.log.push(Logged {
                        plugin,
                        level,
                        text,
                    });
                }
                false
            }
            _ => false,
        }
    }

    fn keep(&mut self, diagnostic: Diagnostic) {
        if self.reports.len() < REPORTS {
            self.reports.push(diagnostic);
        }
    }

    /// Shows what happened to a plugin for a while.
    fn flash(&mut self, plugin: &str, why: &Diagnostic, now: Instant) {
        let catalogue = Catalogue::for_lang(self.settings.lang);
        let notice = Notice {
            plugin: plugin.to_owned(),
            title: String::new(),
            body: catalogue.message(why),
            level: "error".to_owned(),
        };
        self.layers.flash(notice, now);
        self.dirty = true;
    }

    /// What time brings: a line that rests is shown, notices go, the status bar and plugins' files are looked at.
    pub fn tick(&mut self, now: Instant) {
        let rests = |last: Instant| now.saturating_duration_since(last) >= REST;
        if self.shown < self.line.len() && self.last_output.is_none_or(rests) {
            self.show_line();
            self.dirty = true;
            self.tell_happened(now);
        }
        self.dirty |= self.layers.expire(now);
        self.release(now);
        if now >= self.next_poll {
            self.next_poll = now + POLL;
            self.host.poll(now);
            self.carry_out(now);
        }
        if now >= self.next_status {
            self.next_status = now + STATUS;
            self.show_plugins();
            self.ticks += 1;
            self.host.tick(self.ticks);
            let texts = self.host.status_bar();
            if texts != self.layers.status_hooks {
                self.layers.status_hooks = texts;
                self.dirty = true;
            }
            self.carry_out(now);
        }
    }

    /// When the next tick is due.
    pub fn next_tick(&self) -> Instant {
        let rests = (self.shown < self.line.len())
            .then_some(self.last_output)
            .flatten()
            .map(|last| last + REST);
        let held = self.held.as_ref().map(|held| held.due(self.last_output));
        [rests, held, self.layers.next_end()]
            .into_iter()
            .flatten()
            .fold(self.next_poll.min(self.next_status), Instant::min)
    }

    /// What the user sees.
    pub fn picture(&self, all: bool) -> Picture {
        Picture::of(
            self.settings.size,
            &self.emulator,
            &self.layers,
            self.popup.as_ref(),
            all,
        )
    }

    /// The program has ended: what is left of its output is shown, and the client goes.
    pub fn finish(&mut self, client: Option<i64>, now: Instant) {
        if !self.line.is_empty() {
            match self.emulator.full_screen() {
                true => self.show_line(),
                false => self.end_line(now),
            }
        }
        self.update_grid();
        if let Some(client) = client {
            self.host.detach(client);
        }
        self.carry_out(now);
    }

    /// The plugins end. What they have on the screen goes with them; what they have to say is told.
    pub fn shut_down(&mut self, now: Instant) {
        self.host.shut_down();
        self.carry_out_once(now);
    }
}

/// A text as it can be typed: without what would steer the shell's line editor.
pub(crate) fn typed(text: &str) -> String {
    text.chars().filter(|scalar| !scalar.is_control()).collect()
}

#[cfg(test)]
mod tests;
