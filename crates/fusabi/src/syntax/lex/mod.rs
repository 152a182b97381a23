//! Lexical analysis (docs/specs/fusabi.md §1.1): tokens, comments and errors of any text.
//!
//! Layout: `token.rs` what there is, `lexer.rs` the loop, `number.rs` numbers, `text.rs` strings and characters with their
//! escapes, `conditional.rs` `#if`.

mod conditional;
mod lexer;
mod number;
mod text;
mod token;

pub use lexer::{Lexed, lex};
pub use token::{Comment, CommentKind, DirectiveWord, Keyword, Punct, Token, TokenKind};
