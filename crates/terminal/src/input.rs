//! What the user types, on its way to the program: raw bytes and keys through the plugins, the leader key, scrolling, lists.

use std::time::{Duration, Instant};

use alacritty_terminal::term::TermMode;
use plugins::{Flow, Key, modifiers};

use crate::keys::{Press, encode};
use crate::popup::Outcome;
use crate::session::{COMMAND, Session, typed};

/// The echo of what was typed has come when nothing came for so long.
const ECHO: Duration = Duration::from_millis(20);
/// It is not waited for longer.
const PATIENCE: Duration = Duration::from_millis(250);
/// Presses that wait behind an Enter about which plugins are asked.
const WAITING: usize = 4_096;

/// An Enter that waits until the command line's echo is on the screen, and what was typed behind it.
#[derive(Debug)]
pub(crate) struct Held {
    since: Instant,
    enter: Press,
    rest: Vec<Press>,
}

impl Held {
    /// When it is let go.
    pub fn due(&self, last_output: Option<Instant>) -> Instant {
        let quiet = last_output.map_or(self.since, |last| last.max(self.since)) + ECHO;
        quiet.min(self.since + PATIENCE)
    }
}

impl Session {
    /// Takes input.
    pub fn input(&mut self, bytes: &[u8], now: Instant) {
        if self.popup.is_some() {
            // The terminal's own lists are not the program's input.
            let presses = self.decoder.read(bytes);
            presses.into_iter().for_each(|press| self.press(press, now));
            return;
        }
        self.show_plugins();
        let flow = self.host.input(bytes);
        self.carry_out(now);
        let presses = match flow {
            Flow::Pass => self.decoder.read(bytes),
            Flow::Changed(bytes) => self.decoder.read(&bytes),
            Flow::Stopped => return,
        };
        for press in presses {
            match &mut self.held {
                Some(held) if held.rest.len() < WAITING => held.rest.push(press),
                Some(_) => {}
                None => self.press(press, now),
            }
        }
    }

    /// One press.
    fn press(&mut self, press: Press, now: Instant) {
        let Some(key) = &press.key else {
            self.type_bytes(&press.bytes);
            return;
        };
        if let Some(mut popup) = self.popup.take() {
            self.dirty = true;
            match popup.press(key, &self.layers) {
                Outcome::Stays => self.popup = Some(popup),
                Outcome::Gone => {}
                Outcome::Chosen(choice) => self.chosen(&choice.plugin, &choice.id, now),
                Outcome::Activated(of) => self.activated(&of, now),
            }
            return;
        }
        let leader = self.settings.leader.as_ref() == Some(key);
        if leader && !self.led {
            self.led = true;
            return;
        }
        // Pressed twice, it is a key like others.
        let led = std::mem::take(&mut self.led) && !leader;
        let mut pressed = key.clone();
        if led {
            pressed.mods |= modifiers::LEADER;
        }
        self.show_plugins();
        let flow = self.host.key_press(&pressed);
        self.carry_out(now);
        let changed = match flow {
            Flow::Stopped => return,
            Flow::Changed(key) => Some(key),
            Flow::Pass => None,
        };
        let key = changed.as_ref().unwrap_or(&pressed);
        if led {
            // Keys behind the leader are for plugins; one of them is the terminal's own.
            if key.code == "KeyP" && self.popup.is_none() {
                self.show_palette();
                self.dirty = true;
            }
            return;
        }
        if self.scroll_key(key) {
            return;
        }
        let at_prompt = self.shell.start.is_some() && !self.emulator.full_screen();
        if key.code == "Enter" && key.mods == 0 && at_prompt && self.asks_commands {
            self.held = Some(Held {
                since: now,
                enter: press,
                rest: Vec::new(),
            });
            return;
        }
        let mode = self.emulator.mode();
        // Bytes that mean the same in every mode are passed on as they came.
        let moves = matches!(
            key.code.as_str(),
            "Up" | "Down" | "Left" | "Right" | "Home" | "End"
        );
        match changed.is_some() || (moves && mode.contains(TermMode::APP_CURSOR)) {
            true => {
                if let Some(bytes) = encode(key, mode) {
                    self.type_bytes(&bytes);
                }
            }
            false => self.type_bytes(&press.bytes),
        }
    }

    /// Scrolls back and forth by Shift and PageUp or PageDown, where the program has no screen of its own.
    fn scroll_key(&mut self, key: &Key) -> bool {
        if key.mods != modifiers::SHIFT || self.emulator.full_screen() {
            return false;
        }
        let page = i32::try_from(self.emulator.size().1.saturating_sub(1))
            .unwrap_or(1)
            .max(1);
        match key.code.as_str() {
            "PageUp" => self.emulator.scroll(page),
            "PageDown" => self.emulator.scroll(-page),
            _ => return false,
        }
        self.dirty = true;
        true
    }

    /// Sends what the user typed, and shows where it goes.
    fn type_bytes(&mut self, bytes: &[u8]) {
        if self.emulator.scrolled() > 0 {
            self.emulator.scroll_to_end();
            self.dirty = true;
        }
        self.send(bytes);
    }

    /// Lets an Enter go whose command line is on the screen, as plugins want it.
    pub fn release(&mut self, now: Instant) {
        let due = |held: &Held| held.due(self.last_output) <= now;
        if !self.held.as_ref().is_some_and(due) {
            return;
        }
        let Some(held) = self.held.take() else { return };
        match self.shell.start {
            Some(start) => {
                let command = self.emulator.text_from(start, COMMAND).trim().to_owned();
                self.show_plugins();
                let flow = self.host.pre_command(&command);
                self.carry_out(now);
                match flow {
                    Flow::Pass => {
                        self.shell.asked = Some(command);
                        self.type_bytes(&held.enter.bytes);
                    }
                    // To the end of the line, and away with what is before: line editors and terminals agree on these two.
                    Flow::Stopped => self.type_bytes(b"\x05\x15"),
                    Flow::Changed(other) => {
                        self.type_bytes(b"\x05\x15");
                        self.type_bytes(typed(&other).as_bytes());
                        self.type_bytes(&held.enter.bytes);
                        self.shell.asked = Some(other);
                    }
                }
            }
            None => self.type_bytes(&held.enter.bytes),
        }
        for press in held.rest {
            match &mut self.held {
                Some(held) => held.rest.push(press),
                None => self.press(press, now),
            }
        }
    }
}
