//! From text to tree: [`lex`] makes tokens, [`layout`] columns into virtual tokens, [`parse`] a [`tree`].

pub mod layout;
pub mod lex;
pub mod parse;
pub mod tree;
