//! The tree of a source text.
//!
//! An arena: nodes are small copies that refer to each other by index, so a tree of any shape is copied and dropped without
//! recursion. Children stand before their parents. Lists of nodes are ranges of pools ([`Many`]).
//!
//! Layout: `ids.rs` indexes, lists and spans; `expr.rs`, `pattern.rs`, `types.rs`, `decl.rs` the nodes; `literal.rs` constants,
//! `format_spec.rs` typed format strings, `symbols.rs` the interner, `operator.rs` the operators in one table, `print.rs` the
//! s-expression form for tests and for comparing trees.

mod decl;
mod expr;
mod format_spec;
mod ids;
mod literal;
mod operator;
mod pattern;
mod print;
mod symbols;
mod types;

pub use decl::{
    Access, Attribute, Binding, CaseDef, CaseField, Decl, Directive, EnumCase, FieldDef, Header,
    Member, TypeDef, TypeKind, TypeParam,
};
pub use expr::{
    Attributes, BangBinding, Branch, CastKind, CollectionBody, CollectionKind, Expr, FieldInit,
    Name, Piece, Record, Rule, Slice, Stmt, StmtKind,
};
pub use format_spec::{Amount, BadFormat, FormatKind, FormatPart, FormatSpec, parse_format};
pub use ids::{
    DeclId, ExprId, LiteralId, Many, MeasureId, PatternId, RecordId, Span, Symbol, TypeId,
};
pub use literal::{Constant, IntKind, Literal};
pub use operator::{Associativity, Level, infix, is_prefix};
pub use pattern::{FieldPattern, Pattern};
pub use print::{print, print_expr};
pub use symbols::Symbols;
pub use types::{Constraint, Factor, Measure, Type, TypeField};

/// A parsed source text.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    exprs: Vec<Expr>,
    expr_spans: Vec<Span>,
    patterns: Vec<Pattern>,
    pattern_spans: Vec<Span>,
    types: Vec<Type>,
    type_spans: Vec<Span>,
    decls: Vec<Decl>,
    decl_spans: Vec<Span>,
    constants: Vec<Constant>,
    measures: Vec<Measure>,
    records: Vec<Record>,
    symbols: Symbols,
    header: Header,
    top: Many<DeclId>,
    pools: Pools,
}

/// What lists are made of.
pub trait Pooled: Copy + Sized {
    #[doc(hidden)]
    fn pool(pools: &Pools) -> &Vec<Self>;
    #[doc(hidden)]
    fn pool_mut(pools: &mut Pools) -> &mut Vec<Self>;
}

macro_rules! pools {
    ($($name:ident: $kind:ty;)*) => {
        /// The items of all lists.
        #[doc(hidden)]
        #[derive(Clone, Debug, Default)]
        pub struct Pools {
            $($name: Vec<$kind>,)*
        }

        $(impl Pooled for $kind {
            fn pool(pools: &Pools) -> &Vec<Self> {
                &pools.$name
            }

            fn pool_mut(pools: &mut Pools) -> &mut Vec<Self> {
                &mut pools.$name
            }
        })*
    };
}

pools! {
    exprs: ExprId;
    patterns: PatternId;
    types: TypeId;
    decls: DeclId;
    literals: LiteralId;
    stmts: Stmt;
    bangs: BangBinding;
    bindings: Binding;
    rules: Rule;
    branches: Branch;
    slices: Slice;
    names: Name;
    inits: FieldInit;
    pieces: Piece;
    field_patterns: FieldPattern;
    type_fields: TypeField;
    constraints: Constraint;
    factors: Factor;
    attributes: Attribute;
    type_params: TypeParam;
    type_defs: TypeDef;
    field_defs: FieldDef;
    case_defs: CaseDef;
    case_fields: CaseField;
    enum_cases: EnumCase;
    members: Member;
}

macro_rules! arenas {
    ($($node:ident $id:ident $nodes:ident $spans:ident $get:ident $place:ident $count:ident $add:ident $what:literal;)*) => {$(
        #[doc = concat!("The ", $what, "; [`", stringify!($node), "::Error`] for an index of another tree.")]
        #[must_use]
        pub fn $get(&self, id: $id) -> $node {
            self.$nodes.get(id.index()).copied().unwrap_or($node::Error)
        }

        #[doc = concat!("Where the ", $what, " stands.")]
        #[must_use]
        pub fn $place(&self, id: $id) -> Span {
            self.$spans.get(id.index()).copied().unwrap_or_default()
        }

        #[doc = concat!("How many there are: the number of rows of a table with one row for each ", $what, ".")]
        #[must_use]
        pub const fn $count(&self) -> usize {
            self.$nodes.len()
        }

        #[doc = concat!("Adds the ", $what, ".")]
        pub fn $add(&mut self, node: $node, span: Span) -> $id {
            let id = $id::new(self.$nodes.len());
            self.$nodes.push(node);
            self.$spans.push(span);
            id
        }
    )*};
}

impl Tree {
    arenas! {
        Expr ExprId exprs expr_spans expr span expr_count add_expr "expression";
        Pattern PatternId patterns pattern_spans pattern pattern_span pattern_count add_pattern "pattern";
        Type TypeId types type_spans ty type_span type_count add_type "type";
        Decl DeclId decls decl_spans decl decl_span decl_count add_decl "declaration";
    }

    /// The expressions, children before their parents.
    pub fn expressions(&self) -> impl Iterator<Item = (ExprId, Expr)> + '_ {
        self.exprs
            .iter()
            .enumerate()
            .map(|(at, node)| (ExprId::new(at), *node))
    }

    /// How the file begins.
    #[must_use]
    pub const fn header(&self) -> Header {
        self.header
    }

    /// The declarations of the file, in order.
    #[must_use]
    pub fn decls(&self) -> &[DeclId] {
        self.list(self.top)
    }

    /// The items of a list; none for a list of another tree.
    #[must_use]
    pub fn list<T: Pooled>(&self, list: Many<T>) -> &[T] {
        T::pool(&self.pools).get(list.range()).unwrap_or(&[])
    }

    /// Stores a list.
    pub fn add_list<T: Pooled>(&mut self, items: &[T]) -> Many<T> {
        if items.is_empty() {
            return Many::default();
        }
        let pool = T::pool_mut(&mut self.pools);
        let start = pool.len() as u32;
        pool.extend_from_slice(items);
        Many::new(start, items.len() as u32)
    }

    /// A constant; `()` for an index of another tree.
    #[must_use]
    pub fn constant(&self, id: LiteralId) -> &Constant {
        const UNIT: &Constant = &Constant {
            value: Literal::Unit,
            measure: None,
        };
        self.constants.get(id.index()).unwrap_or(UNIT)
    }

    /// Adds a constant.
    pub fn add_constant(&mut self, constant: Constant) -> LiteralId {
        self.constants.push(constant);
        LiteralId::new(self.constants.len() - 1)
    }

    /// A unit of measure.
    #[must_use]
    pub fn measure(&self, id: MeasureId) -> Option<&Measure> {
        self.measures.get(id.index())
    }

    /// Adds a unit of measure.
    pub fn add_measure(&mut self, measure: Measure) -> MeasureId {
        self.measures.push(measure);
        MeasureId::new(self.measures.len() - 1)
    }

    /// A record expression.
    #[must_use]
    pub fn record(&self, id: RecordId) -> Option<&Record> {
        self.records.get(id.index())
    }

    /// Adds a record expression.
    pub fn add_record(&mut self, record: Record) -> RecordId {
        self.records.push(record);
        RecordId::new(self.records.len() - 1)
    }

    /// Names and operators.
    #[must_use]
    pub const fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    /// The text of a symbol; empty for one of another tree.
    #[must_use]
    pub fn text(&self, symbol: Symbol) -> &str {
        self.symbols.text(symbol)
    }

    /// The symbol of that text, stored if it is new.
    pub fn intern(&mut self, text: &str) -> Symbol {
        self.symbols.intern(text)
    }

    pub(super) fn with(symbols: Symbols, constants: Vec<Constant>) -> Self {
        Self {
            symbols,
            constants,
            ..Self::default()
        }
    }

    pub(super) fn set_top(&mut self, header: Header, decls: &[DeclId]) {
        self.header = header;
        self.top = self.add_list(decls);
    }

    /// The operand on the left that a node begins with, if it is one whose left spine can be as long as the text: walk it with
    /// a loop, everything else nests no deeper than [`crate::MAX_DEPTH`].
    #[must_use]
    pub fn left(&self, id: ExprId) -> Option<ExprId> {
        match self.expr(id) {
            Expr::Binary { left, .. } => Some(left),
            Expr::Apply { callee, .. } => Some(callee),
            Expr::Field { target, .. }
            | Expr::Index { target, .. }
            | Expr::TypeApply { target, .. } => Some(target),
            Expr::Cast { value, .. } | Expr::Annotated { value, .. } => Some(value),
            Expr::Computation { builder, .. } => Some(builder),
            _ => None,
        }
    }

    /// The node and its left spine, outermost first; the last one has no left operand.
    #[must_use]
    pub fn left_spine(&self, id: ExprId) -> Vec<ExprId> {
        std::iter::successors(Some(id), |&id| self.left(id)).collect()
    }

    /// The names of `A.B.x` with their places, if the expression is nothing but names and dots.
    #[must_use]
    pub fn path_of(&self, id: ExprId) -> Option<Vec<Name>> {
        let mut names = Vec::new();
        let mut at = id;
        loop {
            match self.expr(at) {
                Expr::Field {
                    target,
                    name,
                    name_at,
                } => {
                    let span = Span::new(name_at, self.span(at).end);
                    names.push(Name { symbol: name, span });
                    at = target;
                }
                Expr::Name(symbol) => {
                    let span = self.span(at);
                    names.push(Name { symbol, span });
                    names.reverse();
                    return Some(names);
                }
                _ => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_small() {
        assert!(size_of::<Expr>() <= 24, "{}", size_of::<Expr>());
        assert!(size_of::<Pattern>() <= 24, "{}", size_of::<Pattern>());
        assert_eq!(size_of::<Option<ExprId>>(), 4);
    }
}
