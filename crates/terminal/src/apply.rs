//! What plugins want of the terminal, carried out (docs/specs/fusabi.md §6.3). All of it was validated and bounded by the host.

use std::time::Instant;

use plugins::{Command, Target};

use crate::glyph::{Paint, Style, rgb};
use crate::layers::{Focusable, Image, Notice, Overlay};
use crate::popup::{Choice, List, Popup};
use crate::session::Session;

impl Session {
    /// Carries out one command.
    pub fn apply(&mut self, plugin: &str, command: Command, now: Instant) {
        self.dirty = true;
        let of = |name: String| (plugin.to_owned(), name);
        match command {
            Command::Notify { title, body, level } => {
                let notice = Notice {
                    plugin: plugin.to_owned(),
                    title,
                    body,
                    level,
                };
                self.layers.notify(notice, now);
            }
            Command::SetColor(name) => {
                if let Some(paint) = Paint::parse(&name) {
                    self.emulator.set_color(paint);
                }
            }
            Command::ShowCommandPalette => self.show_palette(),
            Command::SetCell { column, row, cell } => self.emulator.set_cell(column, row, cell),
            Command::DrawOverlay {
                id,
                column,
                row,
                text,
                style,
            } => {
                let style = Style::parse(&style);
                let overlay = Overlay {
                    column,
                    row,
                    text,
                    style,
                    extent: None,
                };
                self.layers.overlays.insert(of(id), overlay);
            }
            Command::SpawnOverlay {
                id,
                column,
                row,
                width,
                height,
                text,
            } => {
                let overlay = Overlay {
                    column,
                    row,
                    text,
                    style: Style::parse("bright-white on blue"),
                    extent: Some((width, height)),
                };
                self.layers.overlays.insert(of(id), overlay);
            }
            Command::PlaceImage {
                id,
                column,
                row,
                columns,
                rows,
                width,
                pixels,
                ..
            } => {
                let image = Image::of((column, row), (columns, rows), width, &pixels);
                self.layers.images.insert(of(id), image);
            }
            Command::RemoveImage(id) => drop(self.layers.images.remove(&of(id))),
            Command::SetNavStyle(words) => self.layers.hint_style = Some(Style::parse(&words)),
            Command::SetNavKeymap(words) => self.layers.hint_letters = letters(&words),
            Command::ThemeUpdate(parts) => {
                for (part, color) in &parts {
                    if let Some(rgb) = rgb(color) {
                        self.colors.update(part, rgb);
                    }
                }
                self.recolored();
            }
            Command::RemoveOverlay(id) => drop(self.layers.overlays.remove(&of(id))),
            Command::ClearOverlays => self.layers.overlays.retain(|(owner, _), _| owner != plugin),
            Command::ShowModal { title, items } => {
                let entries = items.into_iter().map(|item| Choice {
                    plugin: plugin.to_owned(),
                    id: item.clone(),
                    label: item,
                });
                self.popup = Some(Popup::List(List {
                    title,
                    entries: entries.collect(),
                    at: 0,
                }));
            }
            Command::AddStatusItem {
                label,
                content,
                priority,
            } => drop(self.layers.status.insert(of(label), (content, priority))),
            Command::RemoveStatusItem(label) => drop(self.layers.status.remove(&of(label))),
            Command::PromptJump(direction) => {
                if let Some(row) = self.shell.jump(self.emulator.first_shown(), direction) {
                    self.emulator.scroll_to(row);
                }
            }
            Command::ApplyTheme(name) => drop(self.use_theme(&name)),
            Command::SetPaletteColor { index, color } => {
                if let Some(rgb) = rgb(&color) {
                    self.colors.change(index, rgb);
                    self.recolored();
                }
            }
            Command::RegisterCommand {
                id,
                label,
                description,
            } => drop(self.layers.commands.insert(of(id), (label, description))),
            // Without anything to activate there is nothing to hint at.
            Command::EnterHintMode if !self.layers.focusables.is_empty() => {
                self.popup = Some(Popup::Hints(String::new()));
            }
            Command::ExitNavMode if matches!(self.popup, Some(Popup::Hints(_))) => {
                self.popup = None;
            }
            Command::RegisterFocusable {
                column,
                row,
                label,
                action,
                ..
            } => {
                let focusable = Focusable {
                    column,
                    row,
                    action,
                };
                self.layers.focusable(of(label), focusable);
            }
            Command::UnregisterFocusable(label) => {
                let of = of(label);
                self.layers.focusables.retain(|(known, _)| *known != of);
            }
            // Nothing to do; or a command of a later host that this terminal does not know.
            _ => {}
        }
    }

    /// Shows the palette: what plugins offer, and what they registered.
    pub fn show_palette(&mut self) {
        let offered = self.offered.iter().map(|(plugin, item)| Choice {
            plugin: plugin.clone(),
            id: item.id.clone(),
            label: labelled(&item.label, &item.description),
        });
        let registered = self
            .layers
            .commands
            .iter()
            .map(|((plugin, id), (label, description))| Choice {
                plugin: plugin.clone(),
                id: id.clone(),
                label: labelled(label, description),
            });
        let mut entries: Vec<Choice> = Vec::new();
        for choice in offered.chain(registered) {
            let known = |known: &Choice| known.plugin == choice.plugin && known.id == choice.id;
            if !entries.iter().any(known) {
                entries.push(choice);
            }
        }
        self.popup = Some(Popup::List(List {
            title: "›".to_owned(),
            entries,
            at: 0,
        }));
    }

    /// Something was chosen: its plugin is told.
    pub fn chosen(&mut self, plugin: &str, id: &str, now: Instant) {
        self.show_plugins();
        // A plugin that has gone meanwhile is told nothing.
        let _ = self.host.remote_command(plugin, id);
        self.carry_out(now);
    }

    /// Something on the screen was activated.
    pub fn activated(&mut self, of: &(String, String), now: Instant) {
        let found = self.layers.focusables.iter().find(|(known, _)| known == of);
        let Some((_, focusable)) = found else { return };
        match focusable.action.clone() {
            Target::Custom(name) => self.chosen(&of.0, &name, now),
            Target::OpenUrl(address) | Target::OpenFile(address) => self.opened.push(address),
        }
    }
}

/// The letters of hints: each once; none if there are too few to tell two hints apart.
fn letters(words: &str) -> Option<String> {
    let mut letters = String::new();
    for letter in words.chars().filter(char::is_ascii_alphabetic) {
        let letter = letter.to_ascii_lowercase();
        if !letters.contains(letter) {
            letters.push(letter);
        }
    }
    (letters.len() >= 8).then_some(letters)
}

fn labelled(label: &str, description: &str) -> String {
    match description.is_empty() {
        true => label.to_owned(),
        false => format!("{label} — {description}"),
    }
}
