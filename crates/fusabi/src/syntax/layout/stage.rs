//! The loop of the layout rule.

use super::MOST_CONTEXTS;
use super::context::{Block, Closer, Context, Kind, Stage, block_ends_at};
use super::signs::{begins_declaration, grace, is_continuator, is_infix};
use crate::diagnostics::{SyntaxError, SyntaxErrorKind};
use crate::syntax::lex::{Keyword as K, Punct as P, Token, TokenKind as T};
use crate::syntax::tree::{Span, Symbol};

/// Inserts the virtual tokens.
#[must_use]
pub fn lay_out(tokens: &[Token]) -> LaidOut {
    let mut stage = LayoutStage {
        tokens,
        at: 0,
        stack: Vec::new(),
        open: [0; Closer::COUNT],
        line_column: 0,
        line_token: 0,
        closed: None,
        anchors: Vec::new(),
        out: Vec::with_capacity(tokens.len() + tokens.len() / 4),
        errors: Vec::new(),
    };
    stage.run();
    LaidOut {
        tokens: stage.out,
        errors: stage.errors,
        anchors: stage.anchors,
    }
}

/// What the layout rule makes of tokens.
#[derive(Clone, Debug)]
pub struct LaidOut {
    /// The tokens with virtual ones between them.
    pub tokens: Vec<Token>,
    /// What stands too far left, or is nested too deeply.
    pub errors: Vec<SyntaxError>,
    /// For each token that is first on its line, in order, its index and what its column follows.
    pub anchors: Vec<(usize, Anchor)>,
}

/// What the column of a line follows: the formatter moves them together. Tokens are indexes into the lexer's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchor {
    /// That many columns right of a token.
    Token(usize, i64),
    /// One step right of a token: the body of what it begins.
    Body(usize),
    /// One step right of the line of a token.
    BodyOfLine(usize),
    /// At the column of the line of a token, or one step right of it.
    Bar(usize, bool),
    /// At the column of the line of a token: what closes a bracket.
    Line(usize),
}

struct LayoutStage<'t> {
    tokens: &'t [Token],
    /// Index of the token that is looked at.
    at: usize,
    stack: Vec<Context>,
    /// How many brackets of each kind are open.
    open: [u32; Closer::COUNT],
    /// Column of the first token of the line.
    line_column: u32,
    /// Index of it.
    line_token: usize,
    /// The bracket that was closed last: its token.
    closed: Option<usize>,
    anchors: Vec<(usize, Anchor)>,
    out: Vec<Token>,
    errors: Vec<SyntaxError>,
}

const BLOCK: Block = Block {
    start: 0,
    emits: true,
    bracketed: false,
    decls: false,
    fields: false,
    value: false,
};

impl LayoutStage<'_> {
    fn run(&mut self) {
        let first = self.tokens.first().map_or(0, |token| token.column);
        let decls = Block {
            emits: false,
            decls: true,
            ..BLOCK
        };
        self.push(Kind::Block(decls), first);
        while let Some(&token) = self.tokens.get(self.at) {
            if token.kind == T::End || self.stack.len() > MOST_CONTEXTS {
                break;
            }
            self.token(token);
            self.at += 1;
        }
        if self.stack.len() > MOST_CONTEXTS {
            let span = self
                .tokens
                .get(self.at)
                .map_or_else(Span::default, |token| token.span);
            self.errors
                .push(SyntaxError::new(SyntaxErrorKind::TooDeep, span));
        }
        self.pop_to(0);
        if let Some(&end) = self.tokens.last() {
            self.out.push(end);
        }
    }

    fn next(&self) -> Option<&Token> {
        self.tokens.get(self.at + 1)
    }

    fn previous(&self) -> Option<&Token> {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at))
    }

    /// Whether the token before this one is an infix operator that wants an operand.
    fn after_infix(&self) -> bool {
        let Some(previous) = self.previous() else {
            return false;
        };
        // A `=` or `<-` that began a block has it; a `>` that touches what stands before it closes type arguments.
        let began_block = matches!(
            self.out.last().map(|token| token.kind),
            Some(T::Open | T::Close)
        );
        let before = self.at.checked_sub(2).and_then(|at| self.tokens.get(at));
        let touches = before.is_some_and(|before| before.span.end == previous.span.start);
        let closes_types = touches
            && matches!(
                previous.kind,
                T::Operator(Symbol::GREATER | Symbol::COMPOSE | Symbol::SHIFT_RIGHT)
            );
        !began_block && !closes_types && is_infix(previous, self.tokens.get(self.at))
    }

    // The stack.

    fn push(&mut self, kind: Kind, column: u32) {
        if let Kind::Bracket(closer) = kind
            && let Some(count) = self.open.get_mut(closer.index())
        {
            *count += 1;
        }
        let opener = self.out.len().saturating_sub(1);
        let token = match kind {
            Kind::Block(block) => block.start,
            Kind::Rules { .. } => self.at + 1,
            Kind::Fun { .. } => self.line_token,
            Kind::Let { .. } | Kind::Type { .. } | Kind::Module { .. }
                if column == self.line_column =>
            {
                self.line_token
            }
            _ => self.at,
        };
        self.stack.push(Context {
            kind,
            column,
            opener,
            token,
        });
    }

    fn pop(&mut self) {
        match self.stack.pop().map(|context| context.kind) {
            Some(Kind::Block(block)) if block.emits => {
                let end = self.out.last().map_or(0, |token| token.span.end);
                self.emit(T::Close, end);
            }
            Some(Kind::Bracket(closer)) => {
                if let Some(count) = self.open.get_mut(closer.index()) {
                    *count -= 1;
                }
            }
            _ => {}
        }
    }

    /// Pops until that many are left.
    fn pop_to(&mut self, length: usize) {
        while self.stack.len() > length {
            self.pop();
        }
    }

    /// Index of the innermost context inside of the innermost bracket for which that holds.
    fn find(&self, mut holds: impl FnMut(Kind) -> bool) -> Option<usize> {
        for (index, context) in self.stack.iter().enumerate().rev() {
            if holds(context.kind) {
                return Some(index);
            }
            if matches!(context.kind, Kind::Bracket(_)) {
                return None;
            }
        }
        None
    }

    fn set(&mut self, index: usize, kind: Kind) {
        if let Some(context) = self.stack.get_mut(index) {
            context.kind = kind;
        }
    }

    fn emit(&mut self, kind: T, at: u32) {
        self.out.push(Token {
            kind,
            span: Span::at(at),
            column: 0,
            first: false,
        });
    }

    /// Begins a block at the next token.
    fn block(&mut self, block: Block) {
        let Some(&next) = self.next() else {
            return;
        };
        if block.emits {
            self.emit(T::Open, next.span.start);
        }
        let block = Block {
            start: self.at + 1,
            ..block
        };
        self.push(Kind::Block(block), next.column);
    }

    // One token.

    fn token(&mut self, token: Token) {
        if token.first {
            self.line_column = token.column;
            self.line_token = self.at;
            self.closed = None;
        }
        if let Some(closer) = Closer::of(token.kind) {
            self.close(closer);
        } else {
            if token.first {
                self.recover_brackets(&token);
                self.end_offside(&token);
            }
            self.end_for(&token);
        }
        if token.first {
            self.anchor(&token);
            self.separate(&token);
        }
        let token = self.else_if(token);
        self.out.push(token);
        self.begin(&token);
    }

    /// Notes what the column of a line follows.
    fn anchor(&mut self, token: &Token) {
        let Some(top) = self.stack.last() else {
            return;
        };
        let offset = |context: &Context| i64::from(token.column) - i64::from(context.column);
        let below = self
            .stack
            .len()
            .checked_sub(2)
            .and_then(|index| self.stack.get(index));
        let fresh = top.token == self.at;
        let anchor = match (self.closed, top.kind, below) {
            (Some(opener), ..) => Anchor::Line(opener),
            (None, Kind::Block(_), Some(below)) if fresh => match below.kind {
                Kind::Bracket(_) | Kind::Fun { .. } => Anchor::BodyOfLine(below.token),
                Kind::Block(_) => Anchor::BodyOfLine(self.at.saturating_sub(1)),
                _ => Anchor::Body(below.token),
            },
            (None, Kind::Rules { .. }, _) if fresh => {
                let before = self.at.saturating_sub(1);
                let line = self
                    .anchors
                    .iter()
                    .rev()
                    .find(|&&(token, _)| token <= before);
                let line = line.and_then(|&(token, _)| self.tokens.get(token));
                let deeper = line.is_some_and(|line| token.column > line.column);
                Anchor::Bar(before, deeper)
            }
            _ => Anchor::Token(top.token, offset(top)),
        };
        self.anchors.push((self.at, anchor));
    }

    /// `else if` on one line.
    fn else_if(&mut self, token: Token) -> Token {
        if token.kind == T::Keyword(K::Else)
            && let Some(next) = self.next()
            && next.kind == T::Keyword(K::If)
            && !next.first
        {
            let span = token.span.to(next.span);
            self.at += 1;
            if let Some(index) = self.find(|kind| kind == Kind::If(Stage::Else)) {
                self.set(index, Kind::If(Stage::Condition));
            }
            return Token {
                kind: T::Keyword(K::Elif),
                span,
                ..token
            };
        }
        token
    }

    fn close(&mut self, closer: Closer) {
        if self
            .open
            .get(closer.index())
            .is_none_or(|&count| count == 0)
        {
            return;
        }
        while let Some(context) = self.stack.last() {
            let found = context.kind == Kind::Bracket(closer);
            if found {
                self.closed = Some(context.token);
            }
            if found
                && matches!(
                    self.tokens.get(self.at).map(|t| t.kind),
                    Some(T::InterpolatedMiddle(_))
                )
            {
                return;
            }
            self.pop();
            if found {
                return;
            }
        }
    }

    /// A declaration at the column of declarations ends the brackets that are open: they were never closed.
    fn recover_brackets(&mut self, token: &Token) {
        if !begins_declaration(token) || self.open.iter().all(|&count| count == 0) {
            return;
        }
        let decls =
            |context: &Context| matches!(context.kind, Kind::Block(Block { decls: true, .. }));
        if let Some(index) = self.stack.iter().rposition(decls)
            && self
                .stack
                .get(index)
                .is_some_and(|decls| token.column <= decls.column)
        {
            self.pop_to(index + 1);
        }
    }

    fn end_offside(&mut self, token: &Token) {
        let after_infix = self.after_infix();
        let next = self.next().copied();
        while let [.., below, top] = self.stack.as_slice() {
            let ends = match &top.kind {
                Kind::Block(block) => {
                    block_ends_at(block, top.column, below, token, next.as_ref(), after_infix)
                }
                // A header without `=`: what follows are the declarations of the file.
                Kind::Module { head: true } => token.kind != T::Punct(P::Equals),
                _ => top.ends_at(token),
            };
            if !ends {
                break;
            }
            let header = matches!(top.kind, Kind::Module { head: true });
            self.pop();
            if let [file] = self.stack.as_mut_slice()
                && header
            {
                file.column = token.column;
            }
        }
    }

    /// Words that belong to an open context end everything above it.
    fn end_for(&mut self, token: &Token) {
        let found = match token.kind {
            T::Keyword(K::Then) => self.find(|kind| kind == Kind::If(Stage::Condition)),
            T::Keyword(K::Else | K::Elif) => self.find(|kind| kind == Kind::If(Stage::Then)),
            T::Keyword(K::With) => self.find(|kind| {
                matches!(
                    kind,
                    Kind::Match { head: true } | Kind::Try { head: true } | Kind::Type { .. }
                )
            }),
            T::Keyword(K::Finally) => self.find(|kind| kind == Kind::Try { head: true }),
            T::Keyword(K::Do) => self.find(|kind| kind == Kind::Loop { head: true }),
            T::Keyword(K::Done) => self.find(|kind| kind == Kind::Loop { head: false }),
            T::Keyword(K::In) => self
                .find(|kind| matches!(kind, Kind::Loop { head: true } | Kind::Let { head: false })),
            T::Keyword(K::And | K::AndBang) => self.find(|kind| {
                matches!(kind, Kind::Let { head: false } | Kind::Type { head: false })
            }),
            T::Punct(P::Bar) => self.find(|kind| matches!(kind, Kind::Rules { .. })),
            T::Punct(P::Semicolon) => {
                let value =
                    self.find(|kind| matches!(kind, Kind::Block(Block { value: true, .. })));
                if let Some(index) = value {
                    self.pop_to(index);
                }
                return;
            }
            T::Punct(P::SemicolonTwice) => {
                let decls = |context: &Context| {
                    matches!(context.kind, Kind::Block(Block { decls: true, .. }))
                };
                self.stack.iter().rposition(decls)
            }
            _ => return,
        };
        let Some(index) = found else {
            return;
        };
        self.pop_to(index + 1);
        let kind = self.stack.last().map(|context| context.kind);
        let changed = match (token.kind, kind) {
            (T::Keyword(K::Then), _) => Kind::If(Stage::Then),
            (T::Keyword(K::Else), _) => Kind::If(Stage::Else),
            (T::Keyword(K::Elif), _) => Kind::If(Stage::Condition),
            (T::Keyword(K::With), Some(Kind::Match { .. })) => Kind::Match { head: false },
            (T::Keyword(K::With | K::Finally), Some(Kind::Try { .. })) => Kind::Try { head: false },
            (T::Keyword(K::Do), _) => Kind::Loop { head: false },
            (T::Keyword(K::And | K::AndBang), Some(Kind::Let { .. })) => Kind::Let { head: true },
            (T::Keyword(K::And), Some(Kind::Type { .. })) => Kind::Type { head: true },
            (T::Keyword(K::In), Some(Kind::Let { .. })) => {
                self.pop();
                return;
            }
            (T::Keyword(K::Done), _) => {
                self.pop();
                return;
            }
            _ => return,
        };
        self.set(index, changed);
    }

    /// The separator before a token that begins a statement, or the complaint that it stands too far left.
    fn separate(&mut self, token: &Token) {
        let next = self.next().copied();
        let after_infix = self.after_infix();
        let only = self.stack.len() == 1;
        // Neither in the body of the `fun` nor deep enough to go on with what it stands in.
        if matches!(
            self.stack.last().map(|top| top.kind),
            Some(Kind::Fun { head: false })
        ) && !after_infix
            && !is_continuator(token, next.as_ref())
        {
            self.errors
                .push(SyntaxError::new(SyntaxErrorKind::Offside, token.span));
            return;
        }
        let Some(Context {
            kind: Kind::Block(block),
            column,
            ..
        }) = self.stack.last_mut()
        else {
            return;
        };
        let declares = block.decls && begins_declaration(token);
        if block.start == self.at || (after_infix && !declares) {
            return;
        }
        let continues = is_continuator(token, next.as_ref());
        if token.column < *column {
            let grace = if is_infix(token, next.as_ref()) {
                grace(token)
            } else {
                0
            };
            let closes = Closer::of(token.kind).is_some();
            if closes || token.column + grace >= *column {
                return;
            }
            self.errors
                .push(SyntaxError::new(SyntaxErrorKind::Offside, token.span));
            if !only || continues {
                return;
            }
            *column = token.column;
        }
        if token.column == *column && !continues {
            self.emit(T::Separator, token.span.start);
        }
    }

    /// What a token begins.
    fn begin(&mut self, token: &Token) {
        let column = token.column;
        if let Some(closer) = Closer::opened_by(token.kind) {
            let fields = match token.kind {
                T::Punct(P::BraceOpen) => self.begins_record(),
                T::Punct(P::RecordOpen) => true,
                _ => false,
            };
            self.push(Kind::Bracket(closer), column);
            self.bracketed(fields);
            return;
        }
        match token.kind {
            T::InterpolatedMiddle(_) => self.bracketed(false),
            T::Keyword(word) => self.begin_word(word, token),
            T::Punct(P::Equals) => self.begin_equals(),
            T::Punct(P::Arrow) => {
                let kind = match self.stack.last().map(|context| context.kind) {
                    Some(Kind::Fun { head: true }) => Kind::Fun { head: false },
                    Some(Kind::Loop { head: true }) => Kind::Loop { head: false },
                    Some(kind @ Kind::Rules { .. }) => kind,
                    _ => return,
                };
                self.set(self.stack.len() - 1, kind);
                self.block(BLOCK);
            }
            T::Punct(P::Assign) | T::Operator(Symbol::ASSIGN) => self.block_below(),
            _ => {}
        }
    }

    fn bracketed(&mut self, fields: bool) {
        self.block(Block {
            emits: false,
            bracketed: true,
            fields,
            ..BLOCK
        });
    }

    /// A block if its first token stands on a deeper line.
    fn block_below(&mut self) {
        let block = |context: &&Context| matches!(context.kind, Kind::Block(_));
        let enclosing = self
            .stack
            .iter()
            .rev()
            .find(block)
            .map_or(0, |context| context.column);
        if self
            .next()
            .is_some_and(|next| next.first && next.column > enclosing)
        {
            self.block(BLOCK);
        }
    }

    fn begin_word(&mut self, word: K, token: &Token) {
        let column = token.column;
        // `[<A>] let` and `static member` begin where their line's first part does.
        let begun = match self.previous().map(|previous| previous.kind) {
            Some(T::Punct(P::AttributeClose) | T::Keyword(K::Static)) if !token.first => {
                self.line_column
            }
            _ => column,
        };
        match word {
            K::Let | K::LetBang | K::Use | K::UseBang | K::Member | K::Override => {
                self.push(Kind::Let { head: true }, begun);
            }
            K::Type => self.push(Kind::Type { head: true }, begun),
            K::Module => self.push(Kind::Module { head: true }, begun),
            K::If => self.push(Kind::If(Stage::Condition), column),
            K::Match | K::MatchBang => self.push(Kind::Match { head: true }, column),
            K::For | K::While => self.push(Kind::Loop { head: true }, column),
            K::Fun => self.push(Kind::Fun { head: true }, self.line_column),
            K::Try => {
                self.push(Kind::Try { head: true }, column);
                self.block(BLOCK);
            }
            K::Function => self.rules(),
            K::With => match self.stack.last().map(|context| context.kind) {
                Some(Kind::Match { .. } | Kind::Try { .. }) => self.rules(),
                Some(Kind::Type { .. }) => self.block(BLOCK),
                Some(Kind::Block(Block {
                    bracketed: true, ..
                })) => self.begin_copy(),
                _ => {}
            },
            K::Then | K::Else | K::Do | K::Finally => self.block(BLOCK),
            K::Return | K::ReturnBang | K::Yield | K::YieldBang | K::DoBang | K::Lazy => {
                self.block_below()
            }
            _ => {}
        }
    }

    /// The fields behind `{ e with`.
    fn begin_copy(&mut self) {
        if let [.., below, _] = self.stack.as_slice()
            && matches!(below.kind, Kind::Bracket(Closer::Sign(P::BraceClose)))
            && let Some(opener) = self.out.get_mut(below.opener)
            && opener.kind == T::Punct(P::BraceOpen)
        {
            opener.kind = T::CopyOpen;
        }
        self.bracketed(true);
    }

    fn rules(&mut self) {
        if let Some(&next) = self.next() {
            let leading_bar = next.kind == T::Punct(P::Bar);
            // `with e ->` at the end of a line: the body may stand left of the pattern, but right of the line's beginning.
            let column = if leading_bar || next.first {
                next.column
            } else {
                self.line_column
            };
            self.push(Kind::Rules { leading_bar }, column);
        }
    }

    fn begin_equals(&mut self) {
        let (kind, block) = match self.stack.last().map(|context| context.kind) {
            Some(Kind::Let { head: true }) => (Kind::Let { head: false }, BLOCK),
            Some(Kind::Type { head: true }) => (Kind::Type { head: false }, BLOCK),
            Some(Kind::Module { head: true }) => {
                let decls = Block {
                    decls: true,
                    ..BLOCK
                };
                (Kind::Module { head: false }, decls)
            }
            Some(kind @ Kind::Block(Block { fields: true, .. })) => (
                kind,
                Block {
                    value: true,
                    ..BLOCK
                },
            ),
            _ => return,
        };
        self.set(self.stack.len() - 1, kind);
        self.block(block);
    }

    /// Whether a brace at this place begins a record: `name =` or `A.name =` follows.
    fn begins_record(&self) -> bool {
        let mut names = self.tokens.get(self.at + 1..).unwrap_or(&[]).iter();
        loop {
            if !matches!(names.next().map(|t| t.kind), Some(T::Ident(_))) {
                return false;
            }
            match names.next().map(|t| t.kind) {
                Some(T::Punct(P::Dot)) => {}
                other => return other == Some(T::Punct(P::Equals)),
            }
        }
    }
}
