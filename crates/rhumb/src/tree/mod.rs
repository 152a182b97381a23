//! The tree of a source text.
//!
//! An arena: nodes refer to each other by index, so a tree of any shape is dropped without recursion. Every
//! expression and pattern has a span. Children stand before their parents.
//!
//! Layout: `ids.rs` indexes and spans, `literal.rs` what literals hold, `operator.rs` the operators in one table,
//! `expr.rs` expressions with fields, steps, arguments, targets, parameters and destructurings, `pattern.rs`
//! rules and patterns, `label.rs` the interner, `print.rs` the s-expression form for tests.

mod expr;
mod ids;
mod label;
mod literal;
mod operator;
mod pattern;
mod print;

pub use expr::{
    Arg, ArgKind, DestructureItem, DestructureKind, Emission, EventKind, Expr, Field, FieldKind,
    FieldName, LambdaHead, LambdaKind, Mutability, Param, ParamKind, Step, StepKind, SubfieldInto,
    Target, Term, TextPiece,
};
pub use ids::{DestructureId, ExprId, LabelId, PatternId, Span};
pub use label::Labels;
pub use literal::{
    CalendarDate, ClockTime, DatePart, Duration, Library, LibraryVersion, Moment, Number, Resolver,
    Version, VersionPart,
};
pub use operator::{Associativity, BinaryOp, FieldOp, FlowOp, Level, PrefixOp};
pub use pattern::{Event, Pattern, PatternItem, PatternItemKind, Rule, RuleKind, RuleMode, Topic};
pub use print::{print, print_in};

/// A `%=` or `%?` behind a statement (§10.3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Meta {
    /// The statement it is attached to: an expression of a document, routine, argument, field or rule list.
    pub expr: ExprId,
    /// From `%` to the end of the line.
    pub span: Span,
    /// Which one.
    pub kind: MetaKind,
}

/// The two meta-operators.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MetaKind {
    /// `%= expected % name`
    Assertion {
        /// Text between `%=` and a further `%`, without blanks around; never parsed.
        expected: String,
        /// Text behind the further `%`, without blanks around.
        name: Option<String>,
    },
    /// `%? anything`
    Inspection,
}

/// A parsed source text.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Tree {
    exprs: Vec<Expr>,
    expr_spans: Vec<Span>,
    patterns: Vec<Pattern>,
    pattern_spans: Vec<Span>,
    destructures: Vec<Vec<DestructureItem>>,
    labels: Labels,
    statements: Vec<ExprId>,
    metas: Vec<Meta>,
}

impl Tree {
    /// An empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The statements of the document, in order.
    #[must_use]
    pub fn statements(&self) -> &[ExprId] {
        &self.statements
    }

    /// The expression; [`Expr::Error`] for an index of another tree.
    #[must_use]
    pub fn expr(&self, id: ExprId) -> &Expr {
        self.exprs.get(id.index()).unwrap_or(&Expr::Error)
    }

    /// Where the expression stands.
    #[must_use]
    pub fn span(&self, id: ExprId) -> Span {
        self.expr_spans.get(id.index()).copied().unwrap_or_default()
    }

    /// The pattern; [`Pattern::Error`] for an index of another tree.
    #[must_use]
    pub fn pattern(&self, id: PatternId) -> &Pattern {
        self.patterns.get(id.index()).unwrap_or(&Pattern::Error)
    }

    /// Where the pattern stands.
    #[must_use]
    pub fn pattern_span(&self, id: PatternId) -> Span {
        self.pattern_spans
            .get(id.index())
            .copied()
            .unwrap_or_default()
    }

    /// The items of a destructuring; none for an index of another tree.
    #[must_use]
    pub fn destructure(&self, id: DestructureId) -> &[DestructureItem] {
        self.destructures.get(id.index()).map_or(&[], Vec::as_slice)
    }

    /// The text of a label; empty for an index of another tree.
    #[must_use]
    pub fn label(&self, id: LabelId) -> &str {
        self.labels.text(id)
    }

    /// All labels.
    #[must_use]
    pub const fn labels(&self) -> &Labels {
        &self.labels
    }

    /// Assertions and inspections, in the order of the text.
    #[must_use]
    pub fn metas(&self) -> &[Meta] {
        &self.metas
    }

    /// The assertions and inspections behind this expression, in the order of the text.
    pub fn metas_of(&self, id: ExprId) -> impl Iterator<Item = &Meta> {
        // A statement's expression is added before its metas and after those of the statements in it, so they are sorted.
        let first = self.metas.partition_point(|meta| meta.expr < id);
        let metas = self.metas.get(first..).unwrap_or(&[]);
        metas.iter().take_while(move |meta| meta.expr == id)
    }

    /// All expressions, those inside others before them or after.
    pub fn ids(&self) -> impl Iterator<Item = ExprId> + use<> {
        (0..self.exprs.len() as u32).map(ExprId::new)
    }

    /// How many expressions there are.
    #[must_use]
    pub const fn expr_count(&self) -> usize {
        self.exprs.len()
    }

    /// Adds an expression.
    pub fn add(&mut self, expr: Expr, span: Span) -> ExprId {
        // Indexes fit: every node takes at least a byte of a source of less than 4 GiB, or is made from one that does.
        let id = ExprId::new(self.exprs.len() as u32);
        self.exprs.push(expr);
        self.expr_spans.push(span);
        id
    }

    /// Adds a pattern.
    pub fn add_pattern(&mut self, pattern: Pattern, span: Span) -> PatternId {
        let id = PatternId::new(self.patterns.len() as u32);
        self.patterns.push(pattern);
        self.pattern_spans.push(span);
        id
    }

    /// Adds the items of a destructuring.
    pub fn add_destructure(&mut self, items: Vec<DestructureItem>) -> DestructureId {
        let id = DestructureId::new(self.destructures.len() as u32);
        self.destructures.push(items);
        id
    }

    /// The label of that text, stored if it is new.
    pub fn intern(&mut self, text: &str) -> LabelId {
        self.labels.intern(text)
    }

    /// A tree without nodes that knows these labels.
    pub(crate) fn with_labels(labels: Labels) -> Self {
        Self {
            labels,
            ..Self::default()
        }
    }

    /// Takes an expression out to make another of it; [`Expr::Error`] stays in its place.
    pub(crate) fn take(&mut self, id: ExprId) -> Expr {
        let place = self.exprs.get_mut(id.index());
        place.map_or(Expr::Error, |expr| std::mem::replace(expr, Expr::Error))
    }

    /// Puts an expression and its span in the place of another.
    pub(crate) fn put(&mut self, id: ExprId, expr: Expr, span: Span) {
        if let (Some(place), Some(old)) = (
            self.exprs.get_mut(id.index()),
            self.expr_spans.get_mut(id.index()),
        ) {
            *place = expr;
            *old = span;
        }
    }

    /// Sets the statements of the document.
    pub fn set_statements(&mut self, statements: Vec<ExprId>) {
        self.statements = statements;
    }

    /// Adds an assertion or inspection.
    pub fn add_meta(&mut self, meta: Meta) {
        self.metas.push(meta);
    }
}
