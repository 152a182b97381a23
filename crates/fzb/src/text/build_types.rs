//! Type expressions and type definitions become records.

use super::ast::{Module, TypeBody};
use super::build::{Builder, TypeSymbol};
use super::type_expr::{TypeExpr, TypeNode};
use crate::tables::{CaseRec, FieldRec, Range, TypeId, TypeKind, TypeRec, TypedefRec};

/// What makes two entries of the type table the same.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct TypeKey(TypeKind, u32, Vec<u32>);

/// What a node of an expression gives: a type's number, or an entry that may exist already.
enum Made {
    Number(u32),
    Entry(TypeKey),
}

impl Builder<'_> {
    /// The number of a type as records write it; 0 after an error.
    pub fn ty(&mut self, ty: &TypeExpr) -> u32 {
        match self.type_of(ty) {
            Ok(number) => number,
            Err(message) => {
                self.fail(ty.span.clone(), message);
                0
            }
        }
    }

    pub fn type_of(&mut self, ty: &TypeExpr) -> Result<u32, String> {
        let mut stack = Vec::new();
        for node in &ty.nodes {
            let number = match self.type_node(node, &mut stack)? {
                Made::Number(number) => number,
                Made::Entry(key) => self.type_entry(key),
            };
            stack.push(number);
        }
        stack.pop().ok_or_else(|| "expected a type".to_owned())
    }

    fn type_entry(&mut self, key: TypeKey) -> u32 {
        if let Some(index) = self.type_entries.get(&key) {
            return TypeId::FIRST_TABLE + index;
        }
        let index = self.tables.types.len() as u32;
        let args = self.words(&key.2);
        self.tables.types.push(TypeRec {
            kind: key.0 as u32,
            arg: key.1,
            args,
        });
        self.type_entries.insert(key, index);
        TypeId::FIRST_TABLE + index
    }

    fn type_node(&mut self, node: &TypeNode, stack: &mut Vec<u32>) -> Result<Made, String> {
        let mut take = |count: usize| stack.split_off(stack.len().saturating_sub(count));
        Ok(match node {
            TypeNode::Index(number) => Made::Number(*number),
            TypeNode::Word(name, count) => {
                let args = take(*count);
                match self.types.get(name) {
                    Some(TypeSymbol::Entry(index)) if args.is_empty() => {
                        Made::Number(TypeId::FIRST_TABLE + index)
                    }
                    Some(TypeSymbol::Entry(_)) => {
                        return Err(format!("`{name}` takes no type arguments"));
                    }
                    Some(TypeSymbol::Typedef(index)) => {
                        Made::Entry(TypeKey(TypeKind::Named, *index, args))
                    }
                    None => return Err(format!("unknown type `{name}`")),
                }
            }
            TypeNode::Sized(width) => Made::Entry(TypeKey(TypeKind::Sized, *width, Vec::new())),
            TypeNode::List => Made::Entry(TypeKey(
                TypeKind::List,
                take(1).pop().unwrap_or(0),
                Vec::new(),
            )),
            TypeNode::Array => Made::Entry(TypeKey(
                TypeKind::Array,
                take(1).pop().unwrap_or(0),
                Vec::new(),
            )),
            TypeNode::Tuple(count) => Made::Entry(TypeKey(TypeKind::Tuple, 0, take(*count))),
            TypeNode::Fn(count) => {
                let result = take(1).pop().unwrap_or(0);
                Made::Entry(TypeKey(TypeKind::Fn, result, take(*count)))
            }
            TypeNode::Row(names) => {
                let types = take(names.len());
                let mut fields: Vec<(&String, u32)> = names.iter().zip(types).collect();
                fields.sort_by(|a, b| a.0.cmp(b.0));
                let mut words = Vec::new();
                for (name, ty) in fields {
                    words.push(self.name(name));
                    words.push(ty);
                }
                Made::Entry(TypeKey(TypeKind::Row, 0, words))
            }
            TypeNode::Var(number) => Made::Entry(TypeKey(TypeKind::Var, *number, Vec::new())),
            TypeNode::Opaque(name) => {
                Made::Entry(TypeKey(TypeKind::Opaque, self.name(name), Vec::new()))
            }
        })
    }

    pub fn types(&mut self, module: &Module<'_>) {
        let aliases: Vec<&TypeExpr> = module
            .types
            .iter()
            .filter_map(|item| match &item.body {
                TypeBody::Alias(ty) => Some(ty),
                TypeBody::Def { .. } => None,
            })
            .collect();
        // Declared entries have the first numbers; what they are made of comes after them.
        self.tables.types = vec![
            TypeRec {
                kind: TypeKind::Var as u32,
                arg: 0,
                args: Range::default()
            };
            aliases.len()
        ];
        for (index, ty) in aliases.into_iter().enumerate() {
            match self.alias(ty) {
                Ok(Some(key)) => {
                    let args = self.words(&key.2);
                    self.tables.types[index] = TypeRec {
                        kind: key.0 as u32,
                        arg: key.1,
                        args,
                    };
                    self.type_entries.entry(key).or_insert(index as u32);
                }
                Ok(None) => self.fail(
                    ty.span.clone(),
                    "this is another name for a basic or declared type, not a type of its own",
                ),
                Err(message) => self.fail(ty.span.clone(), message),
            }
        }
        for item in &module.types {
            let TypeBody::Def {
                kind,
                params,
                cases,
            } = &item.body
            else {
                continue;
            };
            let start = self.tables.cases.len() as u32;
            for case in cases {
                let fields = Range {
                    start: self.tables.fields.len() as u32,
                    len: case.fields.len() as u32,
                };
                for field in &case.fields {
                    let record = FieldRec {
                        name: self.name(&field.name),
                        ty: self.ty(&field.ty),
                        flags: field.flags,
                    };
                    self.tables.fields.push(record);
                }
                let name = self.name(&case.name);
                self.tables.cases.push(CaseRec { name, fields });
            }
            let name = self.optional_name(item.symbol.name.as_deref());
            let cases = Range {
                start,
                len: cases.len() as u32,
            };
            self.tables.typedefs.push(TypedefRec {
                kind: *kind as u32,
                name,
                cases,
                params: *params,
            });
        }
    }

    fn alias(&mut self, ty: &TypeExpr) -> Result<Option<TypeKey>, String> {
        let Some((last, inner)) = ty.nodes.split_last() else {
            return Err("expected a type".to_owned());
        };
        let mut stack = Vec::new();
        for node in inner {
            let number = match self.type_node(node, &mut stack)? {
                Made::Number(number) => number,
                Made::Entry(key) => self.type_entry(key),
            };
            stack.push(number);
        }
        Ok(match self.type_node(last, &mut stack)? {
            Made::Number(_) => None,
            Made::Entry(key) => Some(key),
        })
    }
}
