//! `t.[i]` and `t.[a..b]`.

use super::codes;
use super::state::Checker;
use crate::tree::{ExprId, Slice, Span};
use crate::typed::{DefinedId, Indexed, Meaning};
use crate::types::{Node, Ty};

impl Checker<'_> {
    /// `t.[i]`, `t.[a..b]`
    pub fn index(&mut self, node: ExprId, target: Ty, slices: &[Slice]) -> Ty {
        let span = self.tree().span(node);
        let is_range = slices.iter().any(|slice| !matches!(slice, Slice::Item(_)));
        let (indexed, key, item) = match self
            .types
            .as_named(target)
            .map(|(id, args)| (id, args.to_vec()))
        {
            Some((DefinedId::STRING, _)) => (Indexed::String, self.int, self.char),
            Some((DefinedId::LIST, args)) => (Indexed::List, self.int, first(&args, self.obj)),
            Some((DefinedId::ARRAY, args)) => (Indexed::Array, self.int, first(&args, self.obj)),
            Some((DefinedId::MAP, args)) => (
                Indexed::Map,
                first(&args, self.obj),
                args.get(1).copied().unwrap_or(self.obj),
            ),
            Some((id, args)) => {
                let item_name = self.names.intern("Item");
                match self.member_of(id, item_name) {
                    Some(member) => {
                        let ty = self.member_type(member, &args);
                        let (from, to) = match self.types.node(ty) {
                            Node::Function(from, to) => (from, to),
                            _ => (self.int, ty),
                        };
                        (Indexed::Member(member), from, to)
                    }
                    None => return self.no_index(span, target, slices),
                }
            }
            None if self.types.variable(target).is_some() => {
                // F# cannot tell either; arrays are what is meant by far the most.
                let item = self.fresh();
                let array = self.types.named(DefinedId::ARRAY, &[item]);
                self.want_type(span, array, target);
                (Indexed::Array, self.int, item)
            }
            None => return self.no_index(span, target, slices),
        };
        self.mean(node, Meaning::Index(indexed));
        for slice in slices {
            match *slice {
                Slice::Item(at) => self.expr(at, key),
                Slice::Range(from, to) => {
                    for end in [from, to].into_iter().flatten() {
                        self.expr(end, key);
                    }
                }
                Slice::All => {}
            }
        }
        if is_range { target } else { item }
    }

    pub fn no_index(&mut self, span: Span, target: Ty, slices: &[Slice]) -> Ty {
        for slice in slices {
            if let Slice::Item(at) = *slice {
                self.infer(at);
            }
        }
        let shown = self.show(target);
        let problem = self
            .error(codes::NO_FIELD, span)
            .arg("type", shown)
            .arg("name", "Item");
        self.report(problem);
        self.fresh()
    }
}

fn first(args: &[Ty], otherwise: Ty) -> Ty {
    args.first().copied().unwrap_or(otherwise)
}
