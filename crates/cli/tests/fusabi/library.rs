//! What the bodies of Fusabi's library call is what crate stdlib offers, by name and type.

use fusabi::library::{NativeKind, natives};
use stdlib::{Library, Settings};

/// Whether a type of Fusabi stands for one of a native: `dyn` may be imported as any type.
fn fits(native: &str, ty: &str) -> bool {
    match native {
        "dyn" => true,
        "int" => matches!(ty, "int" | "uint64"),
        "float" | "bool" | "char" => ty == native,
        "text" => ty == "string",
        "unit" => ty == "unit",
        _ => false,
    }
}

#[test]
fn natives_of_the_library_are_those_of_stdlib() {
    let table = Library::new(Settings::default()).table();
    let mut wrong = Vec::new();
    for row in natives() {
        let NativeKind::Host(name) = row.kind else {
            continue;
        };
        let found = table
            .iter()
            .flat_map(|group| &group.natives)
            .find(|native| native.name() == name);
        let Some(found) = found else {
            wrong.push(format!("{name}: there is none"));
            continue;
        };
        let signature = found.signature();
        let params: Vec<String> = signature.params.iter().map(ToString::to_string).collect();
        let arguments = row.arguments();
        let same = params.len() == arguments.len()
            && params
                .iter()
                .zip(&arguments)
                .all(|(param, ty)| fits(param, ty))
            && fits(&signature.result.to_string(), row.result());
        if !same {
            wrong.push(format!(
                "{name}: {} in the library, ({}) -> {} in stdlib",
                row.signature,
                params.join(", "),
                signature.result
            ));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
