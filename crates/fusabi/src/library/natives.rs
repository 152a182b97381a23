//! What the bodies of the library call beyond Fusabi itself: `natives.txt`, whose head says how it is written.

use std::sync::OnceLock;

/// What code generation makes of a call.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NativeKind {
    /// The intrinsic of that name (crate isa).
    Intrinsic(&'static str),
    /// The native of that name (crate stdlib): an import.
    Host(&'static str),
    /// Instructions; the head of `natives.txt` lists the names.
    Operation(&'static str),
}

/// A row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NativeRow {
    /// Its name in Fusabi: `Native.textTrim`.
    pub name: &'static str,
    /// What it is.
    pub kind: NativeKind,
    /// Its type in Fusabi.
    pub signature: &'static str,
}

impl NativeRow {
    /// The types of its arguments; none for one `unit`.
    #[must_use]
    pub fn arguments(&self) -> Vec<&'static str> {
        let mut parts = self.parts();
        parts.pop();
        if parts == ["unit"] {
            parts.clear();
        }
        parts
    }

    /// The type of its result.
    #[must_use]
    pub fn result(&self) -> &'static str {
        self.parts().pop().unwrap_or("")
    }

    /// What stands between the arrows: no argument of a native is a function.
    fn parts(&self) -> Vec<&'static str> {
        self.signature.split(" -> ").collect()
    }
}

const TABLE: &str = include_str!("natives.txt");

/// The rows, in the order of the file; [`crate::typed::HostId`]s of [`super::Bodies::program`] count them.
#[must_use]
pub fn natives() -> &'static [NativeRow] {
    static NATIVES: OnceLock<Vec<NativeRow>> = OnceLock::new();
    NATIVES.get_or_init(|| TABLE.lines().filter_map(row).collect())
}

fn row(line: &'static str) -> Option<NativeRow> {
    if line.starts_with('#') {
        return None;
    }
    let mut words = line.splitn(3, ' ');
    let (name, kind, signature) = (words.next()?, words.next()?, words.next()?);
    let kind = match kind.split_once(':')? {
        ("intrinsic", name) => NativeKind::Intrinsic(name),
        ("host", name) => NativeKind::Host(name),
        ("op", name) => NativeKind::Operation(name),
        _ => return None,
    };
    Some(NativeRow {
        name,
        kind,
        signature,
    })
}

#[cfg(test)]
mod tests {
    use isa::{Intrinsic, Slot};

    use super::*;

    #[test]
    fn every_line_is_a_row_and_every_operation_is_explained() {
        let lines = TABLE
            .lines()
            .filter(|line| !(line.is_empty() || line.starts_with('#')))
            .count();
        assert_eq!(natives().len(), lines);
        for row in natives() {
            if let NativeKind::Operation(name) = row.kind {
                assert!(TABLE.contains(&format!("\n#   {name} ")), "{name}");
            }
        }
    }

    /// Whether a type of Fusabi stands for what an intrinsic takes or gives there.
    fn fits(slot: Slot, ty: &str) -> bool {
        match slot {
            Slot::Int => ty == "int",
            Slot::Float => ty == "float",
            Slot::Bool => ty == "bool",
            Slot::Char => ty == "char",
            Slot::Text => ty == "string",
            Slot::List => ty.ends_with(" list"),
            Slot::Ref => ty.ends_with(" array"),
            Slot::Dyn => true,
            Slot::Bytes | Slot::Fn => false,
        }
    }

    #[test]
    fn intrinsics_are_those_of_the_machine() {
        for row in natives() {
            let NativeKind::Intrinsic(name) = row.kind else {
                continue;
            };
            let found = Intrinsic::from_name(name);
            assert!(found.is_some(), "{name}");
            let Some(found) = found else { continue };
            let arguments = row.arguments();
            assert_eq!(found.args().len(), arguments.len(), "{name}");
            for (&slot, ty) in found.args().iter().zip(arguments) {
                assert!(fits(slot, ty), "{name}: {ty}");
            }
            assert!(fits(found.result(), row.result()), "{name}");
        }
    }
}
