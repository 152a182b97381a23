//! `{_|name|-}`: host functions as fields of a map.

use foxvm::Type;
use rhumb::compile::Native;
use stdlib::Library;

/// Fields of `nat_math`: what minimal native libraries have (docs/specs/rhumb.md §3.20).
const MATH: [(&str, &str); 3] = [
    ("pi", "math.pi"),
    ("sin", "math.sin"),
    ("int", "random.int"),
];

/// Name of the library that only has `***`, which is the machine's.
pub(crate) const CORE: &str = "nat_core";

/// The functions of a library; none if there is no such library.
pub(crate) fn find(library: &Library, name: &str) -> Option<Vec<Native>> {
    match name {
        CORE => return Some(Vec::new()),
        "nat_math" => {
            let all: Vec<foxvm::Native> = library
                .table()
                .into_iter()
                .flat_map(|group| group.natives)
                .collect();
            let natives = MATH.iter().filter_map(|(field, import)| {
                let native = all.iter().find(|native| native.name() == *import)?;
                Some(field_of(native, field))
            });
            return Some(natives.collect());
        }
        _ => {}
    }
    let group = library
        .table()
        .into_iter()
        .find(|group| group.name == name)?;
    let natives = group.natives.iter().map(|native| {
        let field = native
            .name()
            .split_once('.')
            .map_or(native.name(), |(_, field)| field);
        field_of(native, field)
    });
    Some(natives.collect())
}

/// Names of all native libraries.
pub(crate) fn names(library: &Library) -> Vec<&'static str> {
    let groups = library.table().into_iter().map(|group| group.name);
    groups.chain([CORE, "nat_math"]).collect()
}

fn field_of(native: &foxvm::Native, field: &str) -> Native {
    let signature = native.signature();
    Native {
        field: field.to_owned(),
        import: native.name().to_owned(),
        params: signature.params.iter().map(|ty| basic(*ty)).collect(),
        result: basic(signature.result),
        capabilities: native.capabilities().to_vec(),
    }
}

/// The name of a type as an import has it: what is no basic type is dynamic, and the function checks it.
fn basic(ty: Type) -> String {
    let name = match ty {
        Type::Unit => "unit",
        Type::Int | Type::Sized(0..=7) => "int",
        Type::Float | Type::Sized(_) => "float",
        Type::Bool => "bool",
        Type::Char => "char",
        Type::Text => "text",
        Type::Bytes => "bytes",
        Type::List => "list",
        Type::Fn => "fn",
        _ => "dyn",
    };
    name.to_owned()
}
