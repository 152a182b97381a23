//! The texts of labels, each stored once.

use std::collections::HashMap;
use std::sync::Arc;

use super::ids::LabelId;

/// An interner of label texts.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Labels {
    texts: Vec<Arc<str>>,
    known: HashMap<Arc<str>, LabelId>,
}

impl Labels {
    /// The text; empty for an index of another interner.
    #[must_use]
    pub fn text(&self, id: LabelId) -> &str {
        self.texts.get(id.index()).map_or("", |text| text)
    }

    /// The label of that text, if it is stored.
    #[must_use]
    pub fn get(&self, text: &str) -> Option<LabelId> {
        self.known.get(text).copied()
    }

    /// The label of that text, stored if it is new.
    pub fn intern(&mut self, text: &str) -> LabelId {
        if let Some(id) = self.get(text) {
            return id;
        }
        let id = LabelId::new(self.texts.len() as u32);
        let shared: Arc<str> = text.into();
        self.texts.push(Arc::clone(&shared));
        self.known.insert(shared, id);
        id
    }

    /// All labels with their texts, in the order they were stored.
    pub fn iter(&self) -> impl Iterator<Item = (LabelId, &str)> {
        self.texts
            .iter()
            .enumerate()
            .map(|(index, text)| (LabelId::new(index as u32), &**text))
    }

    /// How many labels there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}
