//! What plugins offer to the user: commands, menus, parts of the status bar.

use std::time::Instant;

use foxvm::{Value, Visit, World};

use crate::events::event;
use crate::failure::Failure;
use crate::hook::Hook;
use crate::host::Host;

/// Something that a plugin offers to the user.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Item {
    /// What `onRemoteCommand` gets when it is chosen.
    pub id: String,
    /// What the user reads.
    pub label: String,
    /// What it does; may be empty.
    pub description: String,
}

impl Item {
    /// From words in order, or keys and values in turn.
    fn of(words: &[String], keyed: bool) -> Item {
        let mut item = Item::default();
        if keyed {
            for pair in words.chunks_exact(2) {
                let [key, value] = pair else { continue };
                match key.to_ascii_lowercase().as_str() {
                    "id" | "name" | "command" => item.id.clone_from(value),
                    "label" | "title" => item.label.clone_from(value),
                    "description" | "desc" => item.description.clone_from(value),
                    _ => {}
                }
            }
        } else {
            let word = |at: usize| words.get(at).cloned().unwrap_or_default();
            item = Item {
                id: word(0),
                label: word(1),
                description: word(2),
            };
        }
        if item.label.is_empty() {
            item.label.clone_from(&item.id);
        }
        item
    }
}

impl Host {
    /// What the plugins offer to the user by `getCommands`.
    pub fn commands(&mut self) -> Vec<(String, Item)> {
        self.items(Hook::Commands)
    }

    /// What the plugins offer to the user by `getMenu`.
    pub fn menu(&mut self) -> Vec<(String, Item)> {
        self.items(Hook::Menu)
    }

    fn items(&mut self, hook: Hook) -> Vec<(String, Item)> {
        let mut all = Vec::new();
        let now = Instant::now();
        for plugin in &mut self.plugins {
            let Some(found) = event(&mut self.outbox, plugin, hook, &[], now, items) else {
                continue;
            };
            let name = &plugin.entry.name;
            all.extend(found.into_iter().map(|item| (name.clone(), item)));
        }
        all
    }

    /// The plugins' parts of the status bar, in order; what is no text is left out.
    pub fn status_bar(&mut self) -> Vec<(String, String)> {
        let mut all = Vec::new();
        let now = Instant::now();
        for plugin in &mut self.plugins {
            let read = |_: &str, world: &mut World, value: &Value| match value.is_empty() {
                true => Ok(String::new()),
                false => Ok(world.read::<String>(value)?),
            };
            let text = event(&mut self.outbox, plugin, Hook::StatusBar, &[], now, read);
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                all.push((plugin.entry.name.clone(), text));
            }
        }
        all
    }
}

/// The items that `getCommands` or `getMenu` answered: a sequence of records, tuples or texts.
fn items(_: &str, world: &mut World, value: &Value) -> Result<Vec<Item>, Failure> {
    if value.is_empty() {
        return Ok(Vec::new());
    }
    let items = world.walk(value, 2, |walk| {
        let mut items = Vec::new();
        let mut depth = 0;
        let mut words: Vec<String> = Vec::new();
        let mut keyed = false;
        while let Some(visit) = walk.step()? {
            let word = match visit {
                Visit::List(_) | Visit::Map(_) => {
                    keyed = matches!(visit, Visit::Map(_));
                    depth += 1;
                    words.clear();
                    continue;
                }
                Visit::Close => {
                    if depth == 2 {
                        items.push(Item::of(&words, keyed));
                    }
                    depth -= 1;
                    continue;
                }
                Visit::Text(text) => text.to_owned(),
                // Items are texts; what is none is not shown.
                _ => String::new(),
            };
            if depth == 1 {
                items.push(Item::of(&[word], false));
            } else {
                words.push(word);
            }
        }
        Ok(items)
    })?;
    Ok(items)
}
