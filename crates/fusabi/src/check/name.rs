//! What names stand for, with as many dots behind them as belong to them.

use super::apply::Head;
use super::codes;
use super::env::{ModuleId, Value};
use super::state::Checker;
use crate::tree::{Expr, ExprId, Span, Symbol};
use crate::typed::{Index, LibraryId, Meaning, NameId};
use crate::types::Ty;

impl Checker<'_> {
    /// A name and as many dots behind it as belong to it; the place of the node that names it.
    pub fn path(&mut self, nodes: &[ExprId], symbol: Symbol) -> (Head, usize) {
        let Some(&first) = nodes.first() else {
            return (Head::Typed(self.unit), 0);
        };
        let name = self.name(symbol);
        let span = self.tree().span(first);
        if let Some(value) = self.env.value(name)
            && !self.hides_library(name, value, nodes)
        {
            return (self.use_value(first, value, span), 0);
        }
        if let Some(ty) = self.operator_value(first, symbol) {
            return (Head::Typed(ty), 0);
        }
        let mut fields = Vec::new();
        for &node in nodes.get(1..).unwrap_or(&[]) {
            match self.tree().expr(node) {
                Expr::Field { name, .. } => fields.push((node, name)),
                _ => break,
            }
        }
        let mut among: Vec<ModuleId> = self.env.modules(name).to_vec();
        let mut type_name = self.env.ty(name);
        for (at, &(node, field)) in fields.iter().enumerate() {
            let field = self.name(field);
            let value = self
                .modules
                .find(&among, |module| module.values.get(&field).copied());
            if let Some(value) = value {
                self.silence(nodes, at);
                let span = self.tree().span(node);
                return (self.use_value(node, value, span), at + 1);
            }
            if let Some(super::env::TypeName::Defined(id)) = type_name
                && let Some(member) = self.static_member(id, field)
            {
                self.silence(nodes, at);
                self.mean(node, Meaning::StaticMember(member));
                let count = self.defined.get(id).map_or(0, |info| info.params.len());
                let args: Vec<Ty> = (0..count).map(|_| self.fresh()).collect();
                let ty = self.member_type(member, &args);
                return (Head::Member(ty), at + 1);
            }
            type_name = self
                .modules
                .find(&among, |module| module.types.get(&field).copied());
            among = self.modules.inner(&among, field);
            if among.is_empty() && type_name.is_none() {
                break;
            }
        }
        self.undefined(nodes, name, &fields);
        let ty = self.fresh();
        // Nothing more is said about what stands behind an unknown name.
        let used = if fields.is_empty() {
            0
        } else {
            nodes.len().min(fields.len() + 1) - 1
        };
        self.silence(nodes, used);
        (Head::Typed(ty), used)
    }

    /// Whether a module or a type has what stands behind the dot of a name that is a function of the library (`Regex`), a case or
    /// a constructor too: these have no fields, so the module or the type is meant.
    fn hides_library(&mut self, name: NameId, value: Value, nodes: &[ExprId]) -> bool {
        let field = match (value, nodes.get(1).map(|&node| self.tree().expr(node))) {
            (
                Value::Library(..) | Value::Case(_) | Value::Construct(_),
                Some(Expr::Field { name, .. }),
            ) => self.name(name),
            _ => return false,
        };
        if let Some(super::env::TypeName::Defined(id)) = self.env.ty(name)
            && self.static_member(id, field).is_some()
        {
            return true;
        }
        let among = self.env.modules(name);
        self.modules
            .find(among, |module| {
                let has = module.values.contains_key(&field)
                    || module.types.contains_key(&field)
                    || module.modules.contains_key(&field);
                has.then_some(())
            })
            .is_some()
    }

    pub fn silence(&mut self, nodes: &[ExprId], upto: usize) {
        let unit = self.unit;
        for &node in nodes.get(..=upto).unwrap_or(&[]) {
            self.mean(node, Meaning::Silent);
            self.typed(node, unit);
        }
    }

    pub fn undefined(&mut self, nodes: &[ExprId], name: NameId, fields: &[(ExprId, Symbol)]) {
        let Some(&first) = nodes.first() else { return };
        let qualified = !self.env.modules(name).is_empty() || self.env.ty(name).is_some();
        let (span, text) = match fields.last() {
            Some(&(node, _)) if qualified => {
                let span = self.tree().span(node);
                let text = self
                    .file
                    .parsed
                    .source
                    .text()
                    .get(span.range())
                    .unwrap_or("")
                    .to_owned();
                (span, text)
            }
            _ => (self.tree().span(first), self.names.text(name).to_owned()),
        };
        let problem = self
            .error(codes::UNDEFINED, span)
            .reason("value")
            .arg("name", text.as_str());
        let problem = self.did_you_mean(problem, &text, false);
        self.report(problem);
    }

    /// What a name's value is as the head of a spine.
    pub fn use_value(&mut self, node: ExprId, value: Value, span: Span) -> Head {
        self.count_use(value);
        match value {
            Value::Local(id) => {
                self.mean(node, Meaning::Local(id));
                self.capture(id, span);
                let scheme = self.file.locals.get(id).map(|(_, scheme)| scheme.clone());
                Head::Typed(self.instance(node, scheme))
            }
            Value::Global(id) => {
                self.mean(node, Meaning::Global(id));
                let scheme = self.globals.get(id).map(|(_, scheme)| scheme.clone());
                Head::Typed(self.instance(node, scheme))
            }
            Value::Library(id, count) => Head::Library(
                (0..count as usize)
                    .map(|at| LibraryId::from_index(id.index() + at))
                    .collect(),
            ),
            Value::Host(id) => {
                self.mean(node, Meaning::Host(id));
                if let Some((row, _)) = self.host.get_mut(id) {
                    row.used = true;
                }
                let scheme = self.host.get(id).map(|(_, scheme)| scheme.clone());
                let ty = self.instance(node, scheme);
                Head::Host(ty)
            }
            Value::Case(id) => {
                self.mean(node, Meaning::Case(id));
                Head::Case(id)
            }
            Value::EnumCase(id, at) => {
                self.mean(node, Meaning::EnumCase(id, at));
                Head::Typed(self.types.named(id, &[]))
            }
            Value::Construct(id) => {
                self.mean(node, Meaning::Construct(id));
                Head::Construct(id)
            }
            Value::Builder(builder) => {
                self.mean(node, Meaning::BuilderName(builder));
                Head::Builder(builder)
            }
            Value::ActiveResult(case, cases) => {
                self.mean(node, Meaning::ActiveResult { case, cases });
                Head::ActiveResult(case)
            }
        }
    }

    pub fn instance(&mut self, node: ExprId, scheme: Option<crate::types::Scheme>) -> Ty {
        let Some(scheme) = scheme else {
            return self.fresh();
        };
        let (ty, chosen) = self
            .types
            .instantiate(&scheme, &self.parameters, &self.rows);
        if !chosen.is_empty() {
            self.file.instances.push((node, chosen));
        }
        ty
    }
}
