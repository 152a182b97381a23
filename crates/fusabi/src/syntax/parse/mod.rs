//! The parser: recursive descent over the tokens of the layout stage, operators by precedence climbing.
//!
//! It reads any text to its end. What is wrong is reported once per place; then it goes on behind the statement, at the
//! virtual tokens that the layout stage put there. What nests is limited to [`crate::MAX_DEPTH`]; what repeats is a loop.
//!
//! Layout: `cursor.rs` tokens, errors and recovery, `declaration.rs` files and modules, `type_definition.rs` types and members,
//! `binding.rs` bindings and attributes, `statement.rs` blocks, `operators.rs` precedence climbing, application and what
//! stands behind an operand, `primary.rs` operands, `group.rs` what stands in brackets, `control.rs` words that begin an
//! expression, `literal.rs` constants and interpolated strings, `pattern.rs` patterns, `types.rs` types.

mod binding;
mod control;
mod cursor;
mod declaration;
mod group;
mod literal;
mod operators;
mod pattern;
mod primary;
mod statement;
mod type_definition;
mod types;

use crate::diagnostics::{SyntaxError, SyntaxErrorKind};
use crate::options::Options;
use crate::source::Source;
use crate::syntax::layout::{Anchor, lay_out};
use crate::syntax::lex::{Comment, DirectiveWord, Token, TokenKind, lex};
use crate::syntax::tree::{Constant, Literal, Span, Tree};

/// Whether a text is all there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Completeness {
    /// Nothing is missing at its end.
    Complete,
    /// The only thing wrong with it is that it ends too early: a prompt asks for more lines.
    Incomplete,
    /// Something else is wrong.
    Wrong,
}

/// What the parser makes of a text.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The text that all spans refer to.
    pub source: Source,
    /// The tree; [`Expr::Error`](crate::tree::Expr::Error) and its like where it could not be read.
    pub tree: Tree,
    /// Errors and warnings in the order of the text.
    pub errors: Vec<SyntaxError>,
    /// The lexer's tokens, without virtual ones.
    pub tokens: Vec<Token>,
    /// Comments in the order of the text.
    pub comments: Vec<Comment>,
    /// What the columns of its lines follow ([`layout::LaidOut::anchors`](crate::syntax::layout::LaidOut::anchors)).
    pub anchors: Vec<(usize, Anchor)>,
    /// Whether the text was read with the compatibility switch of §1.14, by option or by directive.
    pub compat: bool,
}

impl Parsed {
    /// Whether there is an error; warnings are none.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors.iter().any(|error| !error.is_warning())
    }

    /// Whether the text is all there.
    #[must_use]
    pub fn completeness(&self) -> Completeness {
        let mut errors = self.errors.iter().filter(|error| !error.is_warning());
        match (errors.next(), errors.next()) {
            (None, _) => Completeness::Complete,
            (Some(first), None) if first.incomplete => Completeness::Incomplete,
            // An unclosed bracket and what is missing in it are one thing.
            (Some(_), Some(_))
                if self
                    .errors
                    .iter()
                    .all(|error| error.incomplete || error.is_warning()) =>
            {
                Completeness::Incomplete
            }
            _ => Completeness::Wrong,
        }
    }
}

/// Reads a text.
#[must_use]
pub fn parse(text: &str, options: &Options) -> Parsed {
    let Ok(source) = Source::new(text) else {
        let error = SyntaxError::new(SyntaxErrorKind::TooLong, Span::default());
        return Parsed {
            source: Source::default(),
            tree: Tree::default(),
            errors: vec![error],
            tokens: Vec::new(),
            comments: Vec::new(),
            anchors: Vec::new(),
            compat: options.compat,
        };
    };
    let lexed = lex(source.text(), options);
    let compat = options.compat || says_compat(&lexed.tokens, &lexed.constants);
    let laid_out = lay_out(&lexed.tokens);
    let tree = Tree::with(lexed.symbols, lexed.constants);
    let mut parser = cursor::Parser::new(source.text(), laid_out.tokens, tree, compat);
    parser.file();
    let mut errors = lexed.errors;
    // A string or comment that is not closed explains whatever is missing at the end.
    let explained = errors.iter().any(|error| error.incomplete);
    // So does a token that stands too far left for what is wrong with it.
    let offside: Vec<Span> = laid_out.errors.iter().map(|error| error.span).collect();
    errors.extend(laid_out.errors);
    errors.extend(parser.errors.into_iter().filter(|error| {
        !(explained && error.incomplete) && offside.binary_search(&error.span).is_err()
    }));
    errors.sort_by_key(|error| error.span);
    errors.dedup_by(|later, earlier| later.kind == earlier.kind && later.span == earlier.span);
    errors.truncate(cursor::MOST_ERRORS);
    Parsed {
        tree: parser.tree,
        errors,
        tokens: lexed.tokens,
        comments: lexed.comments,
        anchors: laid_out.anchors,
        compat,
        source,
    }
}

/// Whether `#fusabi "compat"` stands before everything but directives.
fn says_compat(tokens: &[Token], constants: &[Constant]) -> bool {
    let mut in_fusabi = false;
    for token in tokens {
        match token.kind {
            TokenKind::Directive(word) => in_fusabi = word == DirectiveWord::Fusabi,
            TokenKind::Literal(id) => {
                let constant = constants.get(id.index()).map(|constant| &constant.value);
                if in_fusabi
                    && matches!(constant, Some(Literal::String(text)) if &**text == "compat")
                {
                    return true;
                }
            }
            _ => return false,
        }
    }
    false
}
