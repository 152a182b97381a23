//! Statics, imports and exports.

use super::{Checked, Context, refuse};
use crate::error::Rule;
use crate::layout::Table;
use crate::phrase::Phrase;
use crate::tables::{
    Arity, ExportKind, ImportKind, NONE, NameId, Range, function_flags, static_flags,
};

/// The most parameters of an import.
const PARAMETER_LIMIT: u32 = 255;
/// The longest name of a capability.
const CAPABILITY_LIMIT: usize = 64;

/// Hooks of a plugin and how many parameters they take (fusabi.md §6.2), without and with the context. The names are
/// also known with underscores (`on_output`).
const HOOKS: [(&str, u32, u32); 13] = [
    ("onLoad", 0, 1),
    ("onUnload", 0, 1),
    ("onOutput", 1, 2),
    ("onInput", 1, 2),
    ("onKeyPress", 1, 2),
    ("onPreCommand", 1, 2),
    ("onPostCommand", 2, 3),
    ("onResize", 2, 3),
    ("onAttach", 1, 2),
    ("onDetach", 1, 2),
    ("onRemoteCommand", 1, 2),
    ("getCommands", 0, 1),
    ("getMenu", 0, 1),
];

pub(super) fn check(context: &mut Context<'_>) -> Checked {
    for index in 0..context.module.statics() {
        let [name, ty, flags] = context.record(Table::Statics, index);
        context.name(name, format_args!("statics[{index}].name"))?;
        context.ty(ty, format_args!("statics[{index}].type"))?;
        let known = static_flags::MUTABLE | static_flags::EXPORTED;
        if flags & !known != 0 {
            return Err(refuse(
                Rule::Static,
                format_args!("statics[{index}].flags"),
                || (said!("{}", flags), said!("only bits of {}", known)),
            ));
        }
    }
    for index in 0..context.module.imports() {
        import(context, index)?;
    }
    let mut last = None;
    for index in 0..context.module.exports() {
        export(context, index, &mut last)?;
    }
    Ok(())
}

fn import(context: &mut Context<'_>, index: u32) -> Checked {
    let [
        kind,
        name,
        module,
        params_start,
        params_len,
        result,
        caps_start,
        caps_len,
        flags,
    ] = context.record(Table::Imports, index);
    let wrong = |part: &str, found: u32, expected: &dyn Fn() -> Phrase| {
        Err(refuse(
            Rule::ImportSignature,
            format_args!("imports[{index}].{part}"),
            || {
                let found = if found == NONE {
                    said!("nothing")
                } else {
                    said!("{}", found)
                };
                (found, expected())
            },
        ))
    };
    let Some(kind) = ImportKind::from_number(kind) else {
        return wrong("kind", kind, &|| said!("a number from {} to {}", 0, 2));
    };
    let (wants_name, wants_module) = match kind {
        ImportKind::Host => (true, false),
        ImportKind::Function => (true, true),
        ImportKind::Module => (false, true),
    };
    if (name != NONE) != wants_name {
        return wrong("name", name, &|| name_or_nothing(wants_name));
    }
    if (module != NONE) != wants_module {
        return wrong("module", module, &|| name_or_nothing(wants_module));
    }
    context.name_or_none(name, format_args!("imports[{index}].name"))?;
    context.name_or_none(module, format_args!("imports[{index}].module"))?;
    let params = context.words(
        Range {
            start: params_start,
            len: params_len,
        },
        format_args!("imports[{index}].params"),
    )?;
    let most = if kind == ImportKind::Module {
        0
    } else {
        PARAMETER_LIMIT
    };
    if params_len > most {
        return wrong("params", params_len, &|| {
            if most == 0 {
                said!("none for a module")
            } else {
                said!("at most {}", most)
            }
        });
    }
    for (i, ty) in params.iter().enumerate() {
        context.ty(ty, format_args!("imports[{index}].params[{i}]"))?;
    }
    context.ty(result, format_args!("imports[{index}].result"))?;
    if flags > 1 {
        return wrong("flags", flags, &|| said!("{} or {}", 0, 1));
    }
    let caps = context.words(
        Range {
            start: caps_start,
            len: caps_len,
        },
        format_args!("imports[{index}].caps"),
    )?;
    for (i, cap) in caps.iter().enumerate() {
        let place = format_args!("imports[{index}].caps[{i}]");
        context.name(cap, place)?;
        let text = context.module.name(NameId(cap)).unwrap_or_default();
        if !capability(text) {
            return Err(refuse(Rule::CapabilityName, place, || {
                (
                    said!("{}", format!("{:?}", super::clip(text))),
                    said!("lower-case letters, digits and - _ . : after a letter, at most 64"),
                )
            }));
        }
    }
    Ok(())
}

fn name_or_nothing(wanted: bool) -> Phrase {
    if wanted {
        said!("a name")
    } else {
        said!("nothing")
    }
}

fn capability(text: &str) -> bool {
    text.len() <= CAPABILITY_LIMIT
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.:".contains(&b))
}

fn export(context: &Context<'_>, index: u32, last: &mut Option<u32>) -> Checked {
    let [name, kind, target, start, len] = context.record(Table::Exports, index);
    context.name(name, format_args!("exports[{index}].name"))?;
    // Names are sorted, so their indexes are in the order of their texts.
    if last.is_some_and(|last| last >= name) {
        let text = context.module.name(NameId(name)).unwrap_or_default();
        return Err(refuse(
            Rule::ExportTwice,
            format_args!("exports[{index}].name"),
            || {
                (
                    said!("{}", format!("{:?}", super::clip(text))),
                    said!("exports sorted by name, each once"),
                )
            },
        ));
    }
    *last = Some(name);
    let absent = |count: u32, what: &str| {
        refuse(
            Rule::ExportTarget,
            format_args!("exports[{index}].index"),
            || {
                (
                    said!("{}", target),
                    said!("a number below {}, the number of {}", count, what),
                )
            },
        )
    };
    match ExportKind::from_number(kind) {
        None => {
            return Err(refuse(
                Rule::ExportTarget,
                format_args!("exports[{index}].kind"),
                || (said!("{}", kind), said!("{} or {}", 0, 1)),
            ));
        }
        Some(ExportKind::Function) => {
            let functions = context.module.functions();
            if target >= functions {
                return Err(absent(functions, "functions"));
            }
            hook(context, index, name, target)?;
        }
        Some(ExportKind::Static) => {
            let statics = context.module.statics();
            if target >= statics {
                return Err(absent(statics, "statics"));
            }
            let [.., flags] = context.record::<3>(Table::Statics, target);
            if flags & static_flags::EXPORTED == 0 {
                return Err(refuse(
                    Rule::ExportTarget,
                    format_args!("exports[{index}].index"),
                    || {
                        (
                            said!("static {}", target),
                            said!("a static flagged exported"),
                        )
                    },
                ));
            }
        }
    }
    context.range(
        Table::Attributes,
        Range { start, len },
        format_args!("exports[{index}].attributes"),
    )
}

/// A function exported under a hook's name can be called as the hook. Functions that fill or ignore arguments always can.
fn hook(context: &Context<'_>, index: u32, name: u32, function: u32) -> Checked {
    let text = context.module.name(NameId(name)).unwrap_or_default();
    let Some((_, least, most)) = HOOKS.iter().find(|(hook, ..)| same_hook(text, hook)) else {
        return Ok(());
    };
    let [_, _, params, _, _, arity, flags, ..] = context.record::<18>(Table::Functions, function);
    let strict = arity == Arity::Exact as u32 || arity == Arity::Curry as u32;
    if strict && flags & function_flags::SELECTOR == 0 && !(*least..=*most).contains(&(params / 2))
    {
        return Err(refuse(
            Rule::ExportHook,
            format_args!("exports[{index}]"),
            || {
                (
                    said!("{} parameters", params / 2),
                    said!("{} to {} for the hook {}", *least, *most, text),
                )
            },
        ));
    }
    Ok(())
}

/// `onOutput` and `on_output`, and nothing between.
fn same_hook(text: &str, hook: &str) -> bool {
    text == hook || {
        let mut rest = text;
        hook.chars().all(|c| {
            let expected = if c.is_ascii_uppercase() {
                format!("_{}", c.to_ascii_lowercase())
            } else {
                c.to_string()
            };
            match rest.strip_prefix(expected.as_str()) {
                Some(after) => {
                    rest = after;
                    true
                }
                None => false,
            }
        }) && rest.is_empty()
    }
}
