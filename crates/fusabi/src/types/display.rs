//! Types as people write them: `int list -> string option`.

use super::scheme::{Rows, letter};
use super::store::{Node, Ty, Types};
use crate::typed::{DefinedId, Index, NameId, Names, Parameter, ParameterId, Requirement, Table};

/// What the text of a type is made from.
pub struct Namer<'a> {
    /// Texts of names.
    pub names: &'a Names,
    /// Names of declared types.
    pub defined: &'a dyn Fn(DefinedId) -> Option<NameId>,
    /// Names of parameters.
    pub parameters: &'a Table<ParameterId, Parameter>,
    /// What parameters must have.
    pub rows: &'a Rows,
}

/// Parts deeper than this are shown as `…`; so are those beyond a text of a few hundred characters.
const MOST_DEPTH: u32 = 16;
const MOST_TEXT: usize = 400;

struct Writer<'a> {
    types: &'a Types,
    namer: &'a Namer<'a>,
    variables: Vec<Ty>,
    parameters: Vec<(ParameterId, String)>,
    text: String,
}

/// The text of a type.
#[must_use]
pub fn show(types: &Types, namer: &Namer<'_>, ty: Ty) -> String {
    let mut writer = Writer::new(types, namer);
    writer.write(ty, 0, 0);
    let constraints = writer.constraints();
    writer.text + &constraints
}

/// The texts of two types with the same names for the same unknown parts.
#[must_use]
pub fn show_pair(types: &Types, namer: &Namer<'_>, left: Ty, right: Ty) -> (String, String) {
    let mut writer = Writer::new(types, namer);
    writer.write(left, 0, 0);
    let first = std::mem::take(&mut writer.text);
    writer.write(right, 0, 0);
    (first, writer.text)
}

impl<'a> Writer<'a> {
    const fn new(types: &'a Types, namer: &'a Namer<'a>) -> Self {
        Self {
            types,
            namer,
            variables: Vec::new(),
            parameters: Vec::new(),
            text: String::new(),
        }
    }

    /// Writes a type; `tightness` 0: anywhere, 1: left of an arrow, 2: part of a tuple, 3: an argument.
    fn write(&mut self, ty: Ty, tightness: u32, depth: u32) {
        if depth > MOST_DEPTH || self.text.len() > MOST_TEXT {
            self.text.push('…');
            return;
        }
        let root = self.types.root(ty);
        match self.types.node(root) {
            Node::Link(_) => self.text.push('…'),
            Node::Variable(variable) => {
                let fields = self.types.row(variable.row);
                if fields.is_empty() {
                    self.variable(root);
                } else {
                    self.fields("{ ", fields, "; .. }", depth);
                }
            }
            Node::Parameter(id) => match self.namer.rows.fields.get(&id) {
                Some(fields) => self.fields("{ ", fields, "; .. }", depth),
                None => self.parameter(id),
            },
            Node::Function(from, to) => {
                self.open(tightness > 0);
                self.write(from, 1, depth + 1);
                self.text.push_str(" -> ");
                // The right side of arrows is as long as the function's parameters, not nested: count it once.
                self.write(to, 0, depth + 1);
                self.close(tightness > 0);
            }
            Node::Tuple(items) => {
                self.open(tightness > 1);
                for (at, &part) in self.types.items(items).iter().enumerate() {
                    if at > 0 {
                        self.text.push_str(" * ");
                    }
                    self.write(part, 2, depth + 1);
                }
                self.close(tightness > 1);
            }
            Node::Record(items) => {
                let fields = self.types.fields(items);
                self.fields("{| ", fields, " |}", depth);
            }
            Node::Named(id, items) => self.named(id, self.types.items(items), depth),
        }
    }

    fn named(&mut self, id: DefinedId, args: &[Ty], depth: u32) {
        let name = (self.namer.defined)(id).map_or("?", |name| self.namer.names.text(name));
        if let [arg] = args
            && matches!(
                id,
                DefinedId::LIST
                    | DefinedId::ARRAY
                    | DefinedId::OPTION
                    | DefinedId::VALUE_OPTION
                    | DefinedId::SEQ
                    | DefinedId::REF
            )
        {
            self.write(*arg, 3, depth + 1);
            self.text.push(' ');
            self.text.push_str(name);
            return;
        }
        self.text.push_str(name);
        if args.is_empty() {
            return;
        }
        self.text.push('<');
        for (at, &arg) in args.iter().enumerate() {
            if at > 0 {
                self.text.push_str(", ");
            }
            self.write(arg, 0, depth + 1);
        }
        self.text.push('>');
    }

    fn fields(&mut self, open: &str, fields: &[(NameId, Ty)], close: &str, depth: u32) {
        self.text.push_str(open);
        for (at, &(name, ty)) in fields.iter().enumerate() {
            if at > 0 {
                self.text.push_str("; ");
            }
            self.text.push_str(self.namer.names.text(name));
            self.text.push_str(": ");
            self.write(ty, 0, depth + 1);
        }
        self.text.push_str(close);
    }

    fn variable(&mut self, root: Ty) {
        let written = self
            .types
            .variable(root)
            .and_then(|variable| variable.name)
            .map(|name| self.namer.names.text(name));
        let at = match self.variables.iter().position(|&other| other == root) {
            Some(at) => at,
            None => {
                self.variables.push(root);
                self.variables.len() - 1
            }
        };
        self.text.push('\'');
        match written {
            Some(name) => self.text.push_str(name),
            None => self.text.push_str(&letter(at + self.parameters.len())),
        }
    }

    fn parameter(&mut self, id: ParameterId) {
        if !self.parameters.iter().any(|(other, _)| *other == id) {
            let wanted = self
                .namer
                .parameters
                .get(id)
                .map_or("", |parameter| self.namer.names.text(parameter.name));
            // Two parameters of one name come from two values; tell them apart.
            let taken = |text: &str| self.parameters.iter().any(|(_, other)| other == text);
            let mut text = wanted.to_owned();
            let mut at = id.index() % 26;
            while text.is_empty() || taken(&text) {
                text = letter(at);
                at += 1;
            }
            self.parameters.push((id, text));
        }
        if let Some((_, text)) = self.parameters.iter().find(|(other, _)| *other == id) {
            self.text.push('\'');
            let text = text.clone();
            self.text.push_str(&text);
        }
    }

    /// ` when 'a : comparison`
    fn constraints(&self) -> String {
        let mut text = String::new();
        for (id, name) in &self.parameters {
            let requires = self
                .namer
                .parameters
                .get(*id)
                .map_or(Requirement::Nothing, |parameter| parameter.requires);
            let what = match requires {
                Requirement::Nothing => continue,
                Requirement::Equality => "equality",
                Requirement::Comparison => "comparison",
                Requirement::Number => "number",
            };
            text.push_str(if text.is_empty() { " when '" } else { " and '" });
            text.push_str(name);
            text.push_str(" : ");
            text.push_str(what);
        }
        text
    }

    fn open(&mut self, yes: bool) {
        if yes {
            self.text.push('(');
        }
    }

    fn close(&mut self, yes: bool) {
        if yes {
            self.text.push(')');
        }
    }
}
