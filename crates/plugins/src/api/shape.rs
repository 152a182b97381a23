//! Types written in Fusabi, as far as a module's signatures and declarations show them, and the comparison of the two.

use std::sync::Arc;

use foxvm::{Border, Declared, DeclaredField, NamedBorder, Type};

use super::types::{Field, HostType, Shape};

/// The parameters and the result of a function's type: `string -> int -> unit`. A parameter `unit` is none.
pub(crate) fn signature(text: &str) -> (Vec<&str>, &str) {
    let mut parts: Vec<&str> = text.split("->").map(str::trim).collect();
    let result = parts.pop().unwrap_or(text);
    if parts == ["unit"] {
        parts.clear();
    }
    (parts, result)
}

/// What a module declares for a type of Fusabi; a case or option, a tuple and what else has no type of the machine's own is
/// `dyn`.
pub(crate) fn machine_type(text: &str) -> Type {
    match text {
        "unit" => Type::Unit,
        "int" => Type::Int,
        "float" => Type::Float,
        "bool" => Type::Bool,
        "char" => Type::Char,
        "string" => Type::Text,
        "byte array" => Type::Bytes,
        text if text.ends_with(" list") => Type::List,
        text => match super::types::named(text).map(|host| host.shape) {
            Some(Shape::Record(_)) => Type::Record,
            _ => Type::Dyn,
        },
    }
}

/// What the machine makes of a value of a type of Fusabi, whose records and unions it finds in a module by their names.
pub(crate) fn border(text: &str) -> Border {
    if let Some(inner) = text.strip_suffix(" option") {
        return Border::Option(Box::new(border(inner)));
    }
    if let Some(inner) = text.strip_suffix(" list") {
        return Border::List(Box::new(border(inner)));
    }
    if text.contains(" * ") {
        return Border::Tuple(text.split(" * ").map(border).collect());
    }
    match text {
        "unit" => Border::Unit,
        "char" => Border::Char,
        _ => super::types::named(text).map_or(Border::Plain, named_border),
    }
}

fn named_border(host: &HostType) -> Border {
    let (record, parts) = match host.shape {
        Shape::Record(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|(name, ty)| ((*name).to_owned(), border(ty)));
            (true, fields.collect())
        }
        Shape::Union { cases, .. } => {
            let cases = cases.iter();
            let cases = cases.map(|(name, _)| ((*name).to_owned(), Border::Plain));
            (false, cases.collect())
        }
    };
    Border::Named(Arc::new(NamedBorder {
        name: host.name.to_owned(),
        record,
        parts,
    }))
}

/// Can a module hold what the host has as `host` in a place that it declares as `found`?
fn alike(found: Type, host: Type) -> bool {
    found == host
        || matches!(found, Type::Dyn | Type::Ref)
        || matches!(
            (found, host),
            (Type::Array, Type::Bytes) | (Type::Sized(_), Type::Int) | (Type::Tuple(_), Type::Dyn)
        )
}

/// Who makes the values of a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Maker {
    /// The host: a module's record needs no field that the host does not have, and may lack some.
    Host,
    /// The module: it must give every field, and no case that the host does not know.
    Module,
}

/// Why values of a declared type cannot cross: the field or case, as the module has it. `None` if they can.
pub(crate) fn misfit(declared: &Declared, host: &HostType, maker: Maker) -> Option<String> {
    match host.shape {
        Shape::Record(fields) => {
            let case = declared.cases.first().filter(|_| declared.record);
            let Some(case) = case else {
                return Some("a union".to_owned());
            };
            misfit_of_fields(&case.fields, fields, maker)
        }
        Shape::Union { cases, .. } => {
            if declared.record {
                return Some("a record".to_owned());
            }
            declared.cases.iter().find_map(|case| {
                let known = cases.iter().find(|(name, _)| *name == case.name);
                match known {
                    None => Some(format!("a case `{}`", case.name)),
                    // A case's fields are told apart by their places.
                    Some((name, fields)) if fields.len() != case.fields.len() => {
                        Some(format!("a case `{name}` of {} fields", case.fields.len()))
                    }
                    Some((name, fields)) => case
                        .fields
                        .iter()
                        .zip(*fields)
                        .find(|(found, (_, ty))| !fits(found, ty, maker))
                        .map(|(found, _)| format!("a case `{name}` of {}", found.ty)),
                }
            })
        }
    }
}

fn misfit_of_fields(found: &[DeclaredField], host: &[Field], maker: Maker) -> Option<String> {
    for field in found {
        let known = host.iter().find(|(name, _)| *name == field.name);
        let fits = match known {
            Some((_, ty)) => fits(field, ty, maker),
            // The host does not look at what it does not know; what it makes has no such field.
            None => maker == Maker::Module,
        };
        if !fits {
            return Some(format!("a field `{}: {}`", field.name, field.ty));
        }
    }
    let missing = host
        .iter()
        .find(|(name, _)| found.iter().all(|field| field.name != *name));
    match (maker, missing) {
        (Maker::Module, Some((name, _))) => Some(format!("no field `{name}`")),
        _ => None,
    }
}

fn fits(found: &DeclaredField, ty: &str, maker: Maker) -> bool {
    // The host's own value of a case without fields is its name.
    if maker == Maker::Host
        && found.ty == Type::Text
        && matches!(
            super::types::named(ty).map(|host| host.shape),
            Some(Shape::Union { .. })
        )
    {
        return true;
    }
    alike(found.ty, machine_type(ty))
        && match (&found.type_name, super::types::named(ty)) {
            // Another type of the same machine type is another type; `dyn` has no name.
            (Some(name), Some(host)) => super::types::named(name) == Some(host),
            _ => true,
        }
}

/// A type of the host as messages show it: `{ Plugin: string; Version: string }`.
pub(crate) fn told(host: &HostType) -> String {
    match host.shape {
        Shape::Record(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, ty)| format!("{name}: {ty}"))
                .collect();
            format!("{{ {} }}", fields.join("; "))
        }
        Shape::Union { cases, .. } => {
            let cases: Vec<&str> = cases.iter().map(|(name, _)| *name).collect();
            cases.join(" | ")
        }
    }
}

#[cfg(test)]
mod tests {
    use foxvm::DeclaredCase;

    use super::*;
    use crate::api::types::named;

    fn declared(name: &str, fields: &[(&str, Type)]) -> Declared {
        let fields = fields.iter().map(|(name, ty)| DeclaredField {
            name: (*name).to_owned(),
            ty: *ty,
            type_name: None,
        });
        Declared {
            name: name.to_owned(),
            cases: vec![DeclaredCase {
                name: name.to_owned(),
                fields: fields.collect(),
            }],
            record: true,
        }
    }

    #[test]
    fn signatures_are_read_by_their_arrows() {
        assert_eq!(signature("unit -> bool"), (vec![], "bool"));
        assert_eq!(
            signature("string -> int -> Cell option"),
            (vec!["string", "int"], "Cell option")
        );
    }

    #[test]
    fn who_makes_a_value_decides_what_may_be_missing() {
        let cell = named("Host.Cell").expect("there is one");
        let some = declared("Cell", &[("Char", Type::Char)]);
        assert_eq!(misfit(&some, cell, Maker::Host), None);
        let why = misfit(&some, cell, Maker::Module).expect("a misfit");
        assert!(why.contains("Foreground"), "{why}");
        let more = declared("Cell", &[("Char", Type::Char), ("Age", Type::Int)]);
        assert!(misfit(&more, cell, Maker::Host).is_some());
        let other = declared("Cell", &[("Char", Type::Text)]);
        assert!(misfit(&other, cell, Maker::Host).is_some());
    }
}
