//! The `printf` family (§1.11, E7).

use super::codes;
use super::state::Checker;
use crate::library::library;
use crate::tree::{
    Amount, CollectionBody, CollectionKind, Expr, ExprId, FormatKind, FormatPart, Literal,
    LiteralId, parse_format,
};
use crate::typed::{FormatId, FormatUse, Index, LibraryId, Meaning};
use crate::types::{NumberSet, Ty};

/// What a function of the family does with the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gives {
    Unit,
    Text,
    Anything,
    /// `kprintf f`: what `f` gives.
    Continues,
}

impl Checker<'_> {
    /// An application of a function of the family; `None` if the callee is none of it.
    pub fn formatted(
        &mut self,
        node: ExprId,
        left: ExprId,
        ids: &[LibraryId],
        args: &[ExprId],
        wanted: Option<Ty>,
    ) -> Option<Ty> {
        let [id] = *ids else { return None };
        let entry = library().get(id)?;
        let gives = match (entry.module, entry.name) {
            ("", "printf" | "printfn" | "eprintf" | "eprintfn") => Gives::Unit,
            ("", "sprintf") | ("String", "format") => Gives::Text,
            ("", "failwithf") => Gives::Anything,
            ("", "kprintf") => Gives::Continues,
            _ => return None,
        };
        self.mean(left, Meaning::Library(id));
        let (before, rest) = args.split_at_checked(usize::from(gives == Gives::Continues))?;
        let (&format, values) = rest.split_first()?;
        let unit = self.unit;
        self.typed(left, unit);
        let result = match gives {
            Gives::Unit => unit,
            Gives::Text => self.string,
            Gives::Anything | Gives::Continues => self.fresh(),
        };
        if let [function] = *before {
            let string = self.string;
            let wanted = self.types.function(string, result);
            self.expr(function, wanted);
        }
        let bare = self.bare(format);
        let literal = match self.tree().expr(bare) {
            Expr::Literal(literal) => Some(literal),
            _ => None,
        };
        let text = literal.and_then(|literal| match &self.tree().constant(literal).value {
            Literal::String(text) => Some(text.clone()),
            _ => None,
        });
        let Some(text) = text else {
            return self.unliteral(node, entry.name, format, values, gives, result);
        };
        // E7 (a): a list literal behind a format whose first specifier takes no structure.
        if let [list] = *values
            && let Expr::Collection {
                kind: CollectionKind::List,
                body: CollectionBody::Elements(items),
            } = self.tree().expr(self.bare(list))
            && (entry.module == "String" || takes_plain(&text))
        {
            for item in self.tree().list(items).to_vec() {
                self.infer(item);
            }
            let string = self.string;
            self.typed(bare, string);
            self.same_type(format, bare);
            let obj = self.obj;
            let ty = self.types.named(crate::typed::DefinedId::LIST, &[obj]);
            let inner = self.bare(list);
            self.typed(inner, ty);
            self.same_type(list, inner);
            self.mean(node, Meaning::Formatted(FormatUse::List));
            return Some(result);
        }
        let literal = literal?;
        let Some(params) = self.format_params(bare, literal, &text) else {
            for &value in values {
                self.infer(value);
            }
            return Some(result);
        };
        let ty = self.types.functions(&params, result);
        self.typed(bare, ty);
        self.same_type(format, bare);
        Some(self.apply_typed(node, ty, values, wanted))
    }

    /// Reads a format: its row, and the types of the values it takes.
    fn format_params(&mut self, node: ExprId, literal: LiteralId, text: &str) -> Option<Vec<Ty>> {
        let _ = literal;
        let Ok(parts) = parse_format(text) else {
            let span = self.tree().span(node);
            let problem = self.error(codes::FORMAT_LITERAL, span).reason("percent");
            self.report(problem);
            return None;
        };
        let mut params = Vec::new();
        for part in &parts {
            let FormatPart::Spec(spec) = part else {
                continue;
            };
            for amount in [spec.width, spec.precision] {
                if amount == Amount::Argument {
                    params.push(self.int);
                }
            }
            match spec.kind {
                FormatKind::M => {
                    let span = self.tree().span(node);
                    let problem = self.error(codes::FORMAT_LITERAL, span).reason("decimal");
                    self.report(problem);
                    return None;
                }
                FormatKind::Printer => {
                    let (unit, string) = (self.unit, self.string);
                    let value = self.fresh();
                    params.push(self.types.functions(&[unit, value], string));
                    params.push(value);
                }
                kind => params.push(self.spec_type(kind)),
            }
        }
        self.file.formats.push((parts.into(), params.clone()));
        self.mean(
            node,
            Meaning::Format(FormatId::from_index(self.file.formats.len() - 1)),
        );
        Some(params)
    }

    /// The type of the value of a specifier.
    pub fn spec_type(&mut self, kind: FormatKind) -> Ty {
        use FormatKind as K;
        match kind {
            K::D | K::I | K::U | K::LowerX | K::UpperX | K::O | K::UpperB => {
                self.types.fresh_number(NumberSet::WHOLE)
            }
            K::LowerF | K::UpperF | K::LowerE | K::UpperE | K::LowerG | K::UpperG | K::M => {
                self.types.fresh_number(NumberSet::FLOATS)
            }
            K::B => self.bool,
            K::C => self.char,
            K::S => self.string,
            K::Structural | K::Text | K::Printer => self.fresh(),
            K::Thunk => {
                let (unit, string) = (self.unit, self.string);
                self.types.function(unit, string)
            }
        }
    }

    /// The text is no literal: `printfn` displays any value, the others need one.
    fn unliteral(
        &mut self,
        node: ExprId,
        name: &str,
        format: ExprId,
        values: &[ExprId],
        gives: Gives,
        result: Ty,
    ) -> Option<Ty> {
        let interpolated = matches!(self.tree().expr(self.bare(format)), Expr::Interpolated(_));
        self.infer(format);
        if values.is_empty() && (gives == Gives::Unit || interpolated) {
            self.mean(node, Meaning::Formatted(FormatUse::Display));
            return Some(result);
        }
        // `String.format fmt [a; b]` and `sprintf fmt [a; b]` read the text at run time.
        if let [list] = *values
            && let Expr::Collection {
                kind: CollectionKind::List,
                body: CollectionBody::Elements(items),
            } = self.tree().expr(self.bare(list))
            && gives == Gives::Text
        {
            for item in self.tree().list(items).to_vec() {
                self.infer(item);
            }
            self.mean(node, Meaning::Formatted(FormatUse::List));
            return Some(result);
        }
        for &value in values {
            self.infer(value);
        }
        let span = self.tree().span(format);
        let problem = self
            .error(codes::FORMAT_LITERAL, span)
            .reason("literal")
            .arg("name", name);
        self.report(problem);
        Some(result)
    }
}

fn takes_plain(text: &str) -> bool {
    let Ok(parts) = parse_format(text) else {
        return false;
    };
    parts.iter().find_map(|part| match part {
        FormatPart::Spec(spec) => Some(!matches!(
            spec.kind,
            FormatKind::Structural | FormatKind::Text | FormatKind::Printer
        )),
        FormatPart::Text(_) => None,
    }) == Some(true)
}
