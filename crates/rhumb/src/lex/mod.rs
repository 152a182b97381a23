//! From text to tokens (docs/specs/rhumb.md §1).
//!
//! Tokens are flat, also where an interpolated text holds code that holds texts: a stack of modes on the heap
//! stands for the nesting. Line ends become tokens only where they end an expression (§1.3); comments are kept
//! beside the tokens, each with the token that it follows.
//!
//! Layout: `token.rs` the data, `chars.rs` which characters belong to labels and keys, `number.rs`, `date.rs`,
//! `text.rs`, `library.rs` literals, `lexer.rs` the loop.

mod chars;
mod date;
mod lexer;
mod library;
mod number;
mod text;
mod token;

pub use date::DateError;
pub use lexer::{Lexed, lex};
pub use token::{
    Bracket, Comment, CommentKind, DateComponent, DateLiteral, Literal, Sign, Token, TokenKind,
};
