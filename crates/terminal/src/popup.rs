//! What takes the keys for a while: a list to choose from, or hints.

use plugins::Key;

use crate::layers::{Layers, Of};

/// A list or hints.
#[derive(Debug)]
pub(crate) enum Popup {
    List(List),
    /// What was typed of a hint.
    Hints(String),
}

/// Something to choose from.
#[derive(Debug)]
pub(crate) struct List {
    pub title: String,
    pub entries: Vec<Choice>,
    pub at: usize,
}

/// What is chosen: the plugin that is told, what it is told, what the user reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Choice {
    pub plugin: String,
    pub id: String,
    pub label: String,
}

/// What a key did.
#[derive(PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    /// It stays.
    Stays,
    /// It goes.
    Gone,
    /// It goes, and this was chosen.
    Chosen(Choice),
    /// It goes, and this is activated.
    Activated(Of),
}

impl Popup {
    /// What a key does.
    pub fn press(&mut self, key: &Key, layers: &Layers) -> Outcome {
        if matches!(key.code.as_str(), "Escape") {
            return Outcome::Gone;
        }
        match self {
            Popup::List(list) => list.press(&key.code),
            Popup::Hints(typed) => {
                let Some(letter) = key.code.strip_prefix("Key") else {
                    return Outcome::Gone;
                };
                typed.push_str(&letter.to_ascii_lowercase());
                let count = layers.focusables.len();
                let letters = layers.hint_letters();
                let names = || (0..count).map(|at| hint(at, count, letters));
                let found = names().position(|name| name == *typed);
                match found.and_then(|at| layers.focusables.get(at)) {
                    Some((of, _)) => Outcome::Activated(of.clone()),
                    None if names().any(|name| name.starts_with(typed.as_str())) => Outcome::Stays,
                    None => Outcome::Gone,
                }
            }
        }
    }
}

impl List {
    fn press(&mut self, code: &str) -> Outcome {
        let last = self.entries.len().saturating_sub(1);
        self.at = match code {
            "Up" => self.at.checked_sub(1).unwrap_or(last),
            "Down" | "Tab" => match self.at < last {
                true => self.at + 1,
                false => 0,
            },
            "Home" => 0,
            "End" => last,
            "Enter" => {
                return match self.entries.get(self.at) {
                    Some(entry) => Outcome::Chosen(entry.clone()),
                    None => Outcome::Gone,
                };
            }
            _ => self.at,
        };
        Outcome::Stays
    }
}

/// The letters of the hint at a place among `count`: one, or two if one is not enough for all. Eight letters or more make
/// sixty-four hints of two, which is more than a plugin may have; what is beyond has none.
pub(crate) fn hint(at: usize, count: usize, letters: &str) -> String {
    let most = letters.len().max(1);
    let letter = |number: usize| letters.chars().nth(number % most);
    match count <= most {
        true => letter(at).into_iter().collect(),
        false if at < most * most => [letter(at / most), letter(at)]
            .into_iter()
            .flatten()
            .collect(),
        false => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use plugins::Target;

    use super::*;
    use crate::layers::Focusable;

    fn press(popup: &mut Popup, code: &str, layers: &Layers) -> Outcome {
        let key = Key {
            code: code.to_owned(),
            mods: 0,
        };
        popup.press(&key, layers)
    }

    #[test]
    fn a_list_is_walked_and_chosen_from() {
        let choice = |id: &str| Choice {
            plugin: "p".to_owned(),
            id: id.to_owned(),
            label: id.to_owned(),
        };
        let mut popup = Popup::List(List {
            title: String::new(),
            entries: vec![choice("a"), choice("b"), choice("c")],
            at: 0,
        });
        let layers = Layers::default();
        for code in ["Up", "Up", "Down", "Down", "Down", "KeyX"] {
            assert_eq!(press(&mut popup, code, &layers), Outcome::Stays);
        }
        assert_eq!(
            press(&mut popup, "Enter", &layers),
            Outcome::Chosen(choice("b"))
        );
        assert_eq!(press(&mut popup, "Escape", &layers), Outcome::Gone);
    }

    #[test]
    fn hints_have_two_letters_where_one_is_not_enough() {
        let mut layers = Layers::default();
        for number in 0..30 {
            let focusable = Focusable {
                column: 0,
                row: 0,
                action: Target::Custom(number.to_string()),
            };
            layers.focusable(("p".to_owned(), format!("{number:02}")), focusable);
        }
        let mut popup = Popup::Hints(String::new());
        assert_eq!(press(&mut popup, "KeyB", &layers), Outcome::Stays);
        let found = press(&mut popup, "KeyC", &layers);
        assert_eq!(found, Outcome::Activated(("p".to_owned(), "28".to_owned())));
        let mut popup = Popup::Hints(String::new());
        assert_eq!(press(&mut popup, "KeyZ", &layers), Outcome::Gone);
        layers.focusables.truncate(3);
        let mut popup = Popup::Hints(String::new());
        let found = press(&mut popup, "KeyC", &layers);
        assert_eq!(found, Outcome::Activated(("p".to_owned(), "02".to_owned())));
    }
}
