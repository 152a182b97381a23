//! Construction: cases, objects, results of active patterns.

use super::codes;
use super::state::Checker;
use crate::id_map::IdMap;
use crate::tree::{Expr, ExprId, Symbol};
use crate::typed::{CallShape, CaseId, DefinedId, Meaning};
use crate::types::Ty;

impl Checker<'_> {
    /// Types of a case's fields and of what it makes, for one use.
    pub fn case_types(&mut self, id: CaseId) -> (Vec<Ty>, Ty) {
        let Some(info) = self.cases.get(id).cloned() else {
            return (Vec::new(), self.obj);
        };
        if info.parameters.is_empty() {
            return (info.fields, info.result);
        }
        let chosen = info
            .parameters
            .iter()
            .map(|&parameter| (parameter, self.types.fresh()))
            .collect();
        let mut memo = IdMap::default();
        let fields = info
            .fields
            .iter()
            .map(|&field| self.types.copy(field, &chosen, &mut memo))
            .collect();
        (fields, self.types.copy(info.result, &chosen, &mut memo))
    }

    pub fn construct_types(&mut self, id: DefinedId) -> (Ty, Ty) {
        let params: Vec<Ty> = self
            .defined
            .get(id)
            .map(|info| info.params.clone())
            .unwrap_or_default();
        let argument = self
            .defined
            .get(id)
            .and_then(|info| info.argument)
            .unwrap_or(self.unit);
        let result = self.types.named(id, &params);
        (argument, result)
    }

    pub fn active_result(&mut self, case: u32, argument: Option<ExprId>) -> Ty {
        let Some((part, result)) = self
            .active_results
            .last()
            .and_then(|(parts, result)| Some((*parts.get(case as usize)?, *result)))
        else {
            return self.fresh();
        };
        match argument {
            Some(argument) => self.expr(argument, part),
            None => {
                let (unit, at) = (self.unit, self.at);
                self.want_type(at, unit, part);
            }
        }
        result
    }

    pub fn apply_case(
        &mut self,
        node: ExprId,
        left: ExprId,
        id: CaseId,
        args: &[ExprId],
        wanted: Option<Ty>,
    ) -> Ty {
        let (fields, result) = self.case_types(id);
        if let Some(wanted) = wanted {
            let mark = self.types.attempt();
            match self.unify(wanted, result) {
                Ok(()) => self.types.keep(mark),
                Err(_) => self.types.undo(mark),
            }
        }
        let argument = self.types.tuple(&fields);
        let as_function = self.types.function(argument, result);
        self.typed(left, as_function);
        let parts = self.tuple_parts(args);
        let span = self.tree().span(node);
        if fields.len() > 1 && parts.len() == fields.len() {
            if let Some(order) = self.named_fields(id, &parts) {
                self.mean(node, Meaning::Call(CallShape::CaseNamed));
                for (&part, at) in parts.iter().zip(order) {
                    let Expr::Binary {
                        left: name, right, ..
                    } = self.tree().expr(part)
                    else {
                        continue;
                    };
                    let (unit, bool) = (self.unit, self.bool);
                    self.mean(name, Meaning::Silent);
                    self.typed(name, unit);
                    self.typed(part, bool);
                    if let Some(&field) = fields.get(at) {
                        self.expr(right, field);
                    }
                }
            } else {
                self.mean(node, Meaning::Call(CallShape::CaseFields));
                for (&part, &field) in parts.iter().zip(&fields) {
                    self.expr(part, field);
                }
            }
            if let Some(&arg) = args.first() {
                let bare = self.bare(arg);
                self.typed(bare, argument);
                self.same_type(arg, bare);
            }
            return result;
        }
        if args.len() == fields.len() && fields.len() > 1 {
            self.mean(node, Meaning::Call(CallShape::CaseArguments));
            let name = self
                .cases
                .get(id)
                .map_or("", |info| self.names.text(info.row.name))
                .to_owned();
            let problem = self.warning(codes::JUXTAPOSED, span).arg("name", name);
            self.report(problem);
            for (&arg, &field) in args.iter().zip(&fields) {
                self.expr(arg, field);
            }
            return result;
        }
        if fields.is_empty() || args.len() > 1 || (!parts.is_empty() && fields.len() > 1) {
            for &arg in args {
                self.infer(arg);
            }
            let name = self
                .cases
                .get(id)
                .map_or("", |info| self.names.text(info.row.name))
                .to_owned();
            let found = if parts.is_empty() {
                args.len()
            } else {
                parts.len()
            };
            let problem = self
                .error(codes::CASE_FIELDS, span)
                .arg("name", name)
                .arg("expected", fields.len())
                .arg("found", found);
            self.report(problem);
            return result;
        }
        if let Some(&arg) = args.first() {
            self.expr(arg, argument);
        }
        result
    }

    /// `Rect(w = 1, h = 2)`: the fields by place, if each part is `name = value` of one of them.
    pub fn named_fields(&mut self, id: CaseId, parts: &[ExprId]) -> Option<Vec<usize>> {
        let mut order = Vec::with_capacity(parts.len());
        for &part in parts {
            let Expr::Binary {
                operator: Symbol::EQUAL,
                left,
                ..
            } = self.tree().expr(part)
            else {
                return None;
            };
            let Expr::Name(symbol) = self.tree().expr(left) else {
                return None;
            };
            let name = self.name(symbol);
            let at = self
                .cases
                .get(id)?
                .row
                .fields
                .iter()
                .position(|field| field.name == name)?;
            order.push(at);
        }
        Some(order)
    }
}
