//! Reading blocks from a terminal.

use rhumb::Locale;

/// What can be completed.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Labels.
    pub labels: Vec<String>,
    /// Names of fields.
    pub fields: Vec<String>,
}

/// What was read.
pub enum Read {
    /// A block.
    Block(String),
    /// Nothing: the line was given up.
    Nothing,
    /// The end of the input.
    End,
}

/// A prompt on a terminal.
pub struct Prompt {}

impl Prompt {
    /// A prompt.
    pub fn new(_locale: Locale) -> Prompt {
        Prompt {}
    }

    /// Says what can be completed from now on.
    pub fn know(&mut self, _known: Known) {}

    /// Reads a block.
    pub fn read(&mut self) -> Read {
        Read::End
    }
}
