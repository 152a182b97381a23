//! Names and operators, stored once per tree; those of the language have fixed places.

use std::collections::HashMap;

use super::ids::Symbol;

/// The texts of symbols.
#[derive(Clone, PartialEq, Debug)]
pub struct Symbols {
    texts: Vec<Box<str>>,
    index: HashMap<Box<str>, Symbol>,
}

macro_rules! known {
    ($($name:ident $text:literal)*) => {
        known!(@ 0usize; $($name $text)*);

        const KNOWN: &[&str] = &[$($text),*];
    };
    (@ $at:expr; $name:ident $text:literal $($rest:tt)*) => {
        impl Symbol {
            #[doc = concat!("`", $text, "`")]
            pub const $name: Self = Self::new($at);
        }
        known!(@ $at + 1usize; $($rest)*);
    };
    (@ $at:expr;) => {};
}

known! {
    EQUAL "="
    NOT_EQUAL "<>"
    LESS "<"
    GREATER ">"
    LESS_EQUAL "<="
    GREATER_EQUAL ">="
    DOUBLE_EQUAL "=="
    BANG_EQUAL "!="
    PLUS "+"
    MINUS "-"
    STAR "*"
    SLASH "/"
    PERCENT "%"
    POWER "**"
    CONCAT "++"
    APPEND "@"
    CARET "^"
    CONS "::"
    AND "&&"
    OR "||"
    AMP "&"
    OR_WORD "or"
    PIPE "|>"
    PIPE2 "||>"
    PIPE3 "|||>"
    BACK "<|"
    BACK2 "<||"
    BACK3 "<|||"
    COMPOSE ">>"
    COMPOSE_BACK "<<"
    ASSIGN ":="
    BANG "!"
    TILDE3 "~~~"
    BIT_AND "&&&"
    BIT_OR "|||"
    BIT_XOR "^^^"
    SHIFT_LEFT "<<<"
    SHIFT_RIGHT ">>>"
    WILDCARD "_"
    PRIVATE "private"
    INTERNAL "internal"
    PUBLIC "public"
    BREAK "break"
    CONTINUE "continue"
    GET "get"
    SET "set"
    STRUCT "struct"
    QUESTION "?"
    DOLLAR "$"
}

impl Default for Symbols {
    fn default() -> Self {
        let mut symbols = Self {
            texts: Vec::new(),
            index: HashMap::new(),
        };
        for text in KNOWN {
            symbols.intern(text);
        }
        symbols
    }
}

impl Symbols {
    /// The symbol of that text, stored if it is new.
    pub fn intern(&mut self, text: &str) -> Symbol {
        if let Some(&symbol) = self.index.get(text) {
            return symbol;
        }
        let symbol = Symbol::new(self.texts.len());
        self.texts.push(text.into());
        self.index.insert(text.into(), symbol);
        symbol
    }

    /// The symbol of that text, if it occurs.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Symbol> {
        self.index.get(text).copied()
    }

    /// Its text; empty for a symbol of another tree.
    #[must_use]
    pub fn text(&self, symbol: Symbol) -> &str {
        self.texts.get(symbol.index()).map_or("", |text| text)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.texts.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_symbols_have_their_places() {
        let mut symbols = Symbols::default();
        for (at, text) in KNOWN.iter().enumerate() {
            assert_eq!(symbols.intern(text).index(), at, "{text}");
        }
        assert_eq!(symbols.text(Symbol::DOLLAR), "$");
        assert_eq!(symbols.count(), KNOWN.len());
    }
}
