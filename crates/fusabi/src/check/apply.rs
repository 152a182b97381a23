//! Names, fields and applications: everything that stands on a left spine.

use super::codes;
use super::state::Checker;
use crate::library::library;
use crate::tree::{Expr, ExprId, Literal};
use crate::typed::{Builder, CallShape, CaseId, DefinedId, LibraryId, Meaning};
use crate::types::{Mismatch, Node, Ty};

/// What stands left of the next node of a spine.
#[derive(Clone, Debug)]
pub enum Head {
    /// A value of that type.
    Typed(Ty),
    /// Functions of the library: the first that fits is meant.
    Library(Vec<LibraryId>),
    /// Methods of the library on a target whose type has these arguments.
    Method(Vec<LibraryId>, Vec<Ty>),
    /// A function of the host, of that type.
    Host(Ty),
    /// A case.
    Case(CaseId),
    /// A constructor of an object type.
    Construct(DefinedId),
    /// A member, of that type.
    Member(Ty),
    /// A builder of the language.
    Builder(Builder),
    /// A case of the active pattern around it.
    ActiveResult(u32),
}

impl Checker<'_> {
    /// Checks a node with its left spine, from the innermost node out.
    pub fn spine(&mut self, id: ExprId, expected: Ty) {
        let mut nodes = self.tree().left_spine(id);
        nodes.reverse();
        let mut at = 0;
        let Some(&first) = nodes.first() else { return };
        let mut head = match self.tree().expr(first) {
            Expr::Name(symbol) => {
                let (head, used) = self.path(&nodes, symbol);
                at = used;
                head
            }
            // `(a.[0] <- 1).[1]`: a functional update (E5).
            Expr::Paren(_) if nodes.len() > 1 && self.is_indexed_assign(first) => {
                let bare = self.bare(first);
                let ty = self.fresh();
                if let Expr::Assign { target, value } = self.tree().expr(bare) {
                    self.update(bare, target, value, ty);
                }
                self.same_type(first, bare);
                Head::Typed(ty)
            }
            _ if first != id => Head::Typed(self.infer(first)),
            // A spine of one node that is no name has no left operand and is checked elsewhere.
            _ => return,
        };
        let mut last = nodes.get(at).copied().unwrap_or(first);
        for &node in nodes.get(at + 1..).unwrap_or(&[]) {
            let wanted = if node == id { Some(expected) } else { None };
            head = self.step_out(node, last, head, wanted);
            last = node;
        }
        let span = self.tree().span(id);
        let ty = self.head_type(id, head, Some(expected));
        self.want_type(span, expected, ty);
        self.typed(id, expected);
    }

    fn is_indexed_assign(&self, id: ExprId) -> bool {
        matches!(self.tree().expr(self.bare(id)), Expr::Assign { target, .. }
            if matches!(self.tree().expr(target), Expr::Index { .. }))
    }

    /// One node further out.
    fn step_out(&mut self, node: ExprId, left: ExprId, head: Head, wanted: Option<Ty>) -> Head {
        self.at = self.tree().span(node);
        let result = match self.tree().expr(node) {
            Expr::Apply { args, .. } => {
                let args = self.tree().list(args).to_vec();
                Head::Typed(self.apply(node, left, head, &args, wanted))
            }
            Expr::Field { name, .. } => {
                let target = self.head_type(left, head, None);
                let name = self.name(name);
                self.field(node, target, name)
            }
            Expr::Index { slices, .. } => {
                let target = self.head_type(left, head, None);
                let slices = self.tree().list(slices).to_vec();
                Head::Typed(self.index(node, target, &slices))
            }
            Expr::TypeApply { args, .. } => {
                let args: Vec<Ty> = self
                    .tree()
                    .list(args)
                    .to_vec()
                    .into_iter()
                    .map(|arg| self.written_type(arg))
                    .collect();
                let ty = self.head_type(left, head, None);
                // Of a function they are its type's variables, in the order in which they occur: `Array.zeroCreate<int>`.
                let parts = match self.types.node(ty) {
                    Node::Function(..) => Some(self.types.unknowns(ty)),
                    _ => self.types.as_named(ty).map(|(_, parts)| parts.to_vec()),
                };
                if let Some(parts) = parts {
                    let span = self.tree().span(node);
                    if parts.len() == args.len() {
                        for (part, arg) in parts.into_iter().zip(args) {
                            self.want_type(span, arg, part);
                        }
                    }
                }
                self.mean(node, Meaning::Same);
                Head::Typed(ty)
            }
            Expr::Binary {
                operator, right, ..
            } => {
                let left_type = self.head_type(left, head, None);
                Head::Typed(self.binary(node, operator, left, left_type, right, wanted))
            }
            Expr::Cast { ty, kind, .. } => {
                let left_type = self.head_type(left, head, None);
                Head::Typed(self.cast(node, left_type, ty, kind))
            }
            Expr::Annotated { ty, .. } => {
                let left_type = self.head_type(left, head, None);
                let written = self.written_type(ty);
                let span = self.tree().span(left);
                self.want_type(span, written, left_type);
                Head::Typed(written)
            }
            Expr::Computation { body, .. } => match head {
                Head::Builder(builder) => {
                    Head::Typed(self.computation(node, builder, body, wanted))
                }
                head => {
                    let ty = self.head_type(left, head, None);
                    Head::Typed(self.user_computation(node, left, ty, body))
                }
            },
            _ => head,
        };
        if let Head::Typed(ty) = result {
            self.typed(node, ty);
        }
        result
    }

    /// The type of a head that nothing is applied to. With several overloads the first that is wanted.
    pub fn head_type(&mut self, node: ExprId, head: Head, wanted: Option<Ty>) -> Ty {
        let ty = match head {
            Head::Typed(ty) | Head::Host(ty) | Head::Member(ty) => ty,
            Head::Library(ids) => self.choose(node, &ids, &[], wanted, Meaning::Library),
            Head::Method(ids, args) => self.choose(node, &ids, &args, wanted, Meaning::Method),
            Head::Case(id) => {
                let (fields, result) = self.case_types(id);
                if fields.is_empty() {
                    result
                } else {
                    let argument = self.types.tuple(&fields);
                    self.types.function(argument, result)
                }
            }
            Head::Construct(id) => {
                let (argument, result) = self.construct_types(id);
                self.types.function(argument, result)
            }
            Head::Builder(_) => self.types.named(DefinedId::BUILDER, &[]),
            Head::ActiveResult(case) => self.active_result(case, None),
        };
        self.typed(node, ty);
        ty
    }

    fn choose(
        &mut self,
        node: ExprId,
        ids: &[LibraryId],
        args: &[Ty],
        wanted: Option<Ty>,
        meaning: fn(LibraryId) -> Meaning,
    ) -> Ty {
        if let (Some(wanted), true) = (wanted, ids.len() > 1) {
            for &id in ids {
                let mark = self.types.attempt();
                let ty = self.library_type(id, args);
                if self.coerce(wanted, ty).is_ok() {
                    self.types.keep(mark);
                    self.mean(node, meaning(id));
                    return ty;
                }
                self.types.undo(mark);
            }
        }
        let Some(&id) = ids.first() else {
            return self.fresh();
        };
        self.mean(node, meaning(id));
        self.library_type(id, args)
    }

    /// An application.
    fn apply(
        &mut self,
        node: ExprId,
        left: ExprId,
        head: Head,
        args: &[ExprId],
        wanted: Option<Ty>,
    ) -> Ty {
        match head {
            Head::Library(ids) => {
                if let Some(ty) = self.formatted(node, left, &ids, args, wanted) {
                    return ty;
                }
                self.apply_library(node, left, &ids, &[], args, wanted, Meaning::Library)
            }
            Head::Method(ids, types) => {
                self.apply_library(node, left, &ids, &types, args, wanted, Meaning::Method)
            }
            Head::Case(id) => self.apply_case(node, left, id, args, wanted),
            Head::ActiveResult(case) => {
                self.at = self.tree().span(node);
                let ty = self.active_result(case, args.first().copied());
                self.typed(left, ty);
                ty
            }
            Head::Builder(builder) => self.apply_builder(node, builder, args),
            Head::Host(ty) if args.len() == 1 && self.spreads(ty, args) => {
                let parts = self.tuple_parts(args);
                self.mean(node, Meaning::Call(CallShape::Spread));
                self.typed(left, ty);
                let result = self.apply_typed(node, ty, &parts, wanted);
                if let Some(&arg) = args.first() {
                    let unit = self.unit;
                    self.typed(arg, unit);
                }
                result
            }
            head => {
                let ty = self.head_type(left, head, None);
                self.apply_typed(node, ty, args, wanted)
            }
        }
    }

    /// `f(a, b)` of a function that takes `a` and `b` one after the other.
    fn spreads(&self, ty: Ty, args: &[ExprId]) -> bool {
        let parts = self.tuple_parts(args);
        if parts.len() < 2 {
            return false;
        }
        let Node::Function(first, mut rest) = self.types.node(ty) else {
            return false;
        };
        if matches!(self.types.node(first), Node::Tuple(_)) {
            return false;
        }
        for _ in 1..parts.len() {
            match self.types.node(rest) {
                Node::Function(_, to) => rest = to,
                _ => return false,
            }
        }
        true
    }

    /// The parts of a single argument in parentheses that is a tuple.
    pub fn tuple_parts(&self, args: &[ExprId]) -> Vec<ExprId> {
        let [arg] = args else { return Vec::new() };
        match self.tree().expr(self.bare(*arg)) {
            Expr::Tuple { items, .. } => self.tree().list(items).to_vec(),
            _ => Vec::new(),
        }
    }

    fn is_unit(&self, id: ExprId) -> bool {
        matches!(self.tree().expr(self.bare(id)), Expr::Literal(literal)
            if self.tree().constant(literal).value == Literal::Unit)
    }

    /// `seq xs` and the like.
    fn apply_builder(&mut self, node: ExprId, builder: Builder, args: &[ExprId]) -> Ty {
        let item = self.fresh();
        let ty = match builder {
            Builder::Seq | Builder::List => self.types.named(DefinedId::SEQ, &[item]),
            _ => self.types.named(DefinedId::BUILDER, &[]),
        };
        if let Some(&arg) = args.first() {
            self.expr(arg, ty);
            self.mean(node, Meaning::Replaced(arg));
        }
        ty
    }

    /// Applies something of a known or unknown type to arguments. The type wanted is a hint for the arguments.
    pub fn apply_typed(
        &mut self,
        node: ExprId,
        callee: Ty,
        args: &[ExprId],
        wanted: Option<Ty>,
    ) -> Ty {
        let mut params = Vec::with_capacity(args.len());
        let mut rest = callee;
        for (at, &arg) in args.iter().enumerate() {
            match self.types.node(rest) {
                Node::Function(from, to) => {
                    params.push(from);
                    rest = to;
                }
                Node::Variable(_) => {
                    let (from, to) = (self.fresh(), self.fresh());
                    let whole = self.types.function(from, to);
                    let span = self.tree().span(node);
                    self.want_type(span, whole, rest);
                    params.push(from);
                    rest = to;
                }
                _ => {
                    let span = self.tree().span(arg);
                    let shown = self.show(callee);
                    let problem = if at == 0 {
                        self.error(codes::NOT_A_FUNCTION, span).reason("none")
                    } else {
                        self.error(codes::NOT_A_FUNCTION, span).reason("many")
                    };
                    let problem = problem.arg("type", shown).arg("count", at);
                    self.report(problem);
                    for &arg in args.iter().skip(at) {
                        self.infer(arg);
                    }
                    for (&arg, &param) in args.iter().zip(&params) {
                        self.expr(arg, param);
                    }
                    return self.fresh();
                }
            }
        }
        if let Some(wanted) = wanted {
            let mark = self.types.attempt();
            match self.coerce(wanted, rest) {
                Ok(()) => self.types.keep(mark),
                Err(_) => self.types.undo(mark),
            }
        }
        for (&arg, &param) in args.iter().zip(&params) {
            self.expr(arg, param);
        }
        rest
    }

    /// Applies the first overload that fits; arguments are looked at before, so they give no hints if there are several.
    fn apply_library(
        &mut self,
        node: ExprId,
        left: ExprId,
        ids: &[LibraryId],
        types: &[Ty],
        args: &[ExprId],
        wanted: Option<Ty>,
        meaning: fn(LibraryId) -> Meaning,
    ) -> Ty {
        if let [only] = *ids {
            self.mean(left, meaning(only));
            let ty = self.library_type(only, types);
            self.typed(left, ty);
            // `Map.empty ()`, `Math.pi ()`: the unit is dropped (§1.14).
            if let [arg] = *args
                && !self.is_function(ty)
                && self.types.variable(ty).is_none()
                && self.is_unit(arg)
            {
                let unit = self.unit;
                self.typed(arg, unit);
                self.mean(node, Meaning::Call(CallShape::DropUnit));
                return ty;
            }
            return self.apply_typed(node, ty, args, wanted);
        }
        let found: Vec<Ty> = args.iter().map(|&arg| self.infer(arg)).collect();
        for with_wanted in [true, false] {
            for &id in ids {
                let mark = self.types.attempt();
                let ty = self.library_type(id, types);
                if let Ok(result) = self.fits(ty, &found, wanted.filter(|_| with_wanted)) {
                    self.types.keep(mark);
                    self.mean(left, meaning(id));
                    self.typed(left, ty);
                    return result;
                }
                self.types.undo(mark);
            }
        }
        let shown: Vec<String> = found.iter().map(|&ty| self.show(ty)).collect();
        let first = ids.first().and_then(|&id| library().get(id));
        let name = first.map_or("", |entry| entry.name);
        let offers: Vec<String> = ids
            .iter()
            .filter_map(|&id| library().get(id))
            .map(|entry| entry.signature.to_owned())
            .collect();
        let span = self.tree().span(node);
        let problem = self
            .error(codes::NO_OVERLOAD, span)
            .arg("name", name)
            .arg("found", shown.join(", "))
            .arg("offers", offers);
        self.report(problem);
        self.fresh()
    }

    fn fits(&mut self, callee: Ty, found: &[Ty], wanted: Option<Ty>) -> Result<Ty, Mismatch> {
        let mut rest = callee;
        for &arg in found {
            match self.types.node(rest) {
                Node::Function(from, to) => {
                    self.coerce(from, arg)?;
                    rest = to;
                }
                _ => return Err(Mismatch::Differ(rest, arg)),
            }
        }
        if let Some(wanted) = wanted {
            self.coerce(wanted, rest)?;
        }
        Ok(rest)
    }
}
