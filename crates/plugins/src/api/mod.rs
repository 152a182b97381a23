//! What the host offers to plugins, once: each function with its names and types in Fusabi.
//!
//! From this table come what an Engine offers ([`offer`]), what the checker of Fusabi is told ([`types_text`],
//! [`declarations`]), what a module's declared types are compared with when it is loaded ([`misfit_of_import`]), and the page
//! `docs/plugin-api.md`. A function has a name of its own, which module text uses, and names in Fusabi; each of them is an
//! import that the host offers. A name that begins with a dot, `.PluginContext.Log`, stands behind the dot of a value of that
//! type and is imported as `PluginContext.Log`, without the value.

mod shape;
pub(crate) mod types;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use foxvm::{Border, Declared, Engine, Error, ImportInfo, Native, Signature};

pub use types::{Field, HostType, Shape, TYPES, text as types_text};

use crate::natives::{data, interface, navigation, terminal};
use shape::{Maker, misfit, told};

/// A function of the host.
#[derive(Clone, Copy)]
pub struct Function {
    /// What it is for: the heading under which it stands.
    pub group: &'static str,
    /// The function itself, under its own name.
    native: fn() -> Native,
    /// Its names in Fusabi with their types there.
    pub fusabi: &'static [(&'static str, &'static str)],
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Function({})", self.native().name())
    }
}

/// A function as the checker of Fusabi is told of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Declaration {
    /// Its name; with a dot in front, a function behind the dot of a type's values.
    pub name: &'static str,
    /// Its type.
    pub signature: &'static str,
}

impl Declaration {
    /// The name under which a module imports it.
    pub fn import(&self) -> &'static str {
        imported(self.name)
    }

    /// The signature under which a compiled module imports it: a parameter `unit` is none, cases, options and tuples are
    /// `dyn`.
    pub fn imported_as(&self) -> Signature {
        let (params, result) = shape::signature(self.signature);
        Signature {
            params: params.into_iter().map(shape::machine_type).collect(),
            result: shape::machine_type(result),
        }
    }
}

impl Function {
    /// The function under its own name, with its documentation and capabilities.
    pub fn native(&self) -> Native {
        (self.native)()
    }

    /// What it gives under a name; under its own what it gives under the first of Fusabi.
    fn border_of(&self, name: &str) -> Border {
        let found = self
            .fusabi
            .iter()
            .find(|(known, _)| imported(known) == name);
        found
            .or(self.fusabi.first())
            .map_or(Border::Plain, |(_, ty)| {
                let (_, result) = shape::signature(ty);
                shape::border(result)
            })
    }

    /// The names under which it is imported: its own first.
    pub fn names(&self) -> Vec<String> {
        let mut names = vec![self.native().name().to_owned()];
        for (name, _) in self.fusabi {
            let name = imported(name);
            if names.iter().all(|known| known != name) {
                names.push(name.to_owned());
            }
        }
        names
    }
}

/// The name under which a name of Fusabi is imported.
fn imported(name: &str) -> &str {
    name.strip_prefix('.').unwrap_or(name)
}

/// A function and its names in Fusabi.
macro_rules! functions {
    ($($group:literal { $($native:path: $($name:literal $signature:literal),*;)* })*) => {
        /// The functions, by what they are for.
        pub const FUNCTIONS: &[Function] = &[
            $($(Function { group: $group, native: <$native>::native, fusabi: &[$(($name, $signature)),*] },)*)*
        ];
    };
}

functions! {
    "Messages and the log" {
        interface::log: ".PluginContext.Log" "LogLevel -> string -> unit";
        interface::notify: "notify" "string -> unit";
        interface::notify_with:
            "notifyWith" "string -> string -> NotifyLevel -> string option",
            ".PluginContext.Notify" "string -> string -> NotifyLevel -> unit";
        interface::notify_info: ".PluginContext.NotifyInfo" "string -> string -> unit";
        interface::notify_success: ".PluginContext.NotifySuccess" "string -> string -> unit";
        interface::notify_warning: ".PluginContext.NotifyWarning" "string -> string -> unit";
        interface::notify_error: ".PluginContext.NotifyError" "string -> string -> unit";
    }
    "The terminal" {
        terminal::size: "Term.size" "unit -> int * int", ".PluginContext.GetSize" "unit -> int * int";
        terminal::cursor: "Term.cursor" "unit -> int * int", ".PluginContext.GetCursor" "unit -> int * int";
        terminal::cell:
            "Term.cell" "int -> int -> Cell option",
            ".PluginContext.GetCell" "int -> int -> Cell option";
        terminal::line: "Term.line" "int -> string option", ".PluginContext.GetLine" "int -> string option";
        terminal::lines: "Term.lines" "int -> int -> string list";
        terminal::sequence: "Term.sequence" "unit -> int";
        terminal::columns: ;
        terminal::rows: ;
        terminal::cursor_column: ;
        terminal::cursor_row: ;
        interface::line_contains: ;
        terminal::put_cell:
            "Term.setCell" "int -> int -> Cell -> bool",
            ".PluginContext.SetCell" "int -> int -> Cell -> bool";
        terminal::set_cell: ;
        terminal::update_cell: "update_cell" "int -> int -> char -> unit";
        terminal::set_color: ;
        terminal::set_color_case: "setColor" "Color -> unit", "Term.setColor" "Color -> unit";
        terminal::prompt_jump: "promptJump" "Direction -> string option";
    }
    "Themes" {
        terminal::apply_theme: "applyTheme" "string -> string option";
        terminal::current_theme: "currentTheme" "unit -> string", ".PluginContext.GetCurrentTheme" "unit -> string";
        terminal::set_palette_color: "setPaletteColor" "int -> string -> string option";
        terminal::update_theme: "updateTheme" "(string * string) list -> string option";
    }
    "Overlays, status and pictures" {
        interface::draw_overlay: "drawOverlay" "string -> int -> int -> string -> string -> string option";
        interface::spawn_overlay: "spawnOverlay" "string -> int -> int -> int -> int -> string -> string option";
        interface::remove_overlay: "removeOverlay" "string -> string option";
        interface::clear_overlays: "clearOverlays" "unit -> string option";
        interface::show_modal: "showModal" "string -> string list -> string option";
        interface::add_status_item: "addStatusItem" "string -> string -> int -> string option";
        interface::remove_status_item: "removeStatusItem" "string -> string option";
        interface::place_image: "placeImage" "Image -> string option";
        interface::remove_image: "removeImage" "string -> string option";
        interface::queue_command:
            "queueCommand" "Command -> string option",
            ".PluginContext.QueueCommand" "Command -> unit";
    }
    "Commands and menus" {
        interface::register_command: "registerCommand" "string -> string -> string -> string option";
        interface::show_command_palette: "showCommandPalette" "unit -> unit";
    }
    "Keys and navigation" {
        navigation::is_leader_key: "isLeaderKey" "unit -> bool";
        navigation::enter_hint_mode: "enterHintMode" "unit -> string option";
        navigation::exit_nav_mode: "exitNavMode" "unit -> string option";
        navigation::register_focusable: ;
        navigation::register: "registerFocusable" "Focusable -> string option";
        navigation::unregister_focusable: "unregisterFocusable" "string -> string option";
        navigation::set_style: "setNavStyle" "string -> string option";
        navigation::set_keymap: "setNavKeymap" "string -> string option";
    }
    "Data, settings and environment" {
        data::data_set:
            "SetData" "string -> string -> bool",
            ".PluginContext.SetData" "string -> string -> unit";
        data::data_get:
            "GetData" "string -> string option",
            ".PluginContext.GetData" "string -> string option";
        data::config_get: "Config.GetOpt" "string -> string option";
        data::config_text: "Config.Get" "string -> string";
        data::get_env: "GetEnv" "string -> string option", ".PluginContext.GetEnv" "string -> string option";
    }
}

/// The functions as the checker of Fusabi is told of them.
pub fn declarations() -> Vec<Declaration> {
    let of = |&(name, signature): &(&'static str, &'static str)| Declaration { name, signature };
    FUNCTIONS
        .iter()
        .flat_map(|function| function.fusabi.iter().map(of))
        .collect()
}

/// All host functions for plugins under all their names, with what is known about them.
pub fn documented() -> Vec<Native> {
    FUNCTIONS
        .iter()
        .flat_map(|function| {
            let names = function.names();
            names.into_iter().map(|name| {
                let gives = function.border_of(&name);
                function.native().under(name).gives(gives)
            })
        })
        .collect()
}

/// Offers them.
pub(crate) fn offer(engine: &Engine) -> Result<(), Error> {
    documented()
        .into_iter()
        .try_for_each(|native| engine.register(native))
}

/// Why values of a type that an import declares under the name of one of the host's cannot cross: the type, what the module
/// has, what the host has. `None` if they can.
pub(crate) fn misfit_of_import(import: &ImportInfo) -> Option<(String, String, String)> {
    static NAMES: OnceLock<BTreeSet<String>> = OnceLock::new();
    let names = NAMES.get_or_init(|| FUNCTIONS.iter().flat_map(Function::names).collect());
    if !names.contains(&import.name) {
        return None;
    }
    let takes = import.takes.iter().map(|found| (found, Maker::Module));
    let gives = import.gives.iter().map(|found| (found, Maker::Host));
    takes.chain(gives).find_map(|(found, maker)| {
        let host = types::named(&found.name)?;
        let why = misfit(found, host, maker)?;
        Some((found.name.clone(), why, told(host)))
    })
}

/// The same for a module that declares no types in its imports, as Fusabi's: each type of the host that a function of the host
/// takes or gives is looked for by its name among all that the module defines. It may have others of that name; one must be
/// the host's.
pub(crate) fn misfit_of_definitions(
    import: &str,
    definitions: &[Declared],
) -> Option<(String, String, String)> {
    let declared = FUNCTIONS.iter().flat_map(|function| function.fusabi);
    let (_, signature) = declared
        .copied()
        .find(|(name, _)| imported(name) == import)?;
    let (params, result) = shape::signature(signature);
    let named = |text: &str| {
        let bare = text.trim_end_matches(" option").trim_end_matches(" list");
        types::named(bare)
    };
    let takes = params.into_iter().map(|ty| (ty, Maker::Module));
    takes
        .chain([(result, Maker::Host)])
        .find_map(|(ty, maker)| {
            let host = named(ty)?;
            let mut why = None;
            for found in definitions.iter().filter(|found| found.name == host.name) {
                match misfit(found, host, maker) {
                    None => return None,
                    Some(misfit) => why = Some(misfit),
                }
            }
            Some((host.name.to_owned(), why?, told(host)))
        })
}

/// The type of that name as the machine makes it.
pub(crate) fn border(name: &str) -> Border {
    shape::border(name)
}

/// What a hook's parameter that declares nothing gets of a key: the type that the module defines, if it is the host's.
pub(crate) fn key_of(definitions: &[Declared]) -> Option<&'static str> {
    ["KeyEvent", "Key"].into_iter().find(|name| {
        let host = types::named(name);
        definitions.iter().any(|found| {
            found.name == *name
                && host.is_some_and(|host| misfit(found, host, Maker::Module).is_none())
        })
    })
}

/// The same for what a parameter of a hook declares. A record `Key` is the event of a key.
pub(crate) fn misfit_of_param(param: &foxvm::Param) -> Option<(String, String, String)> {
    param.declared.iter().find_map(|found| {
        let host = types::named(&found.name)?;
        let host = match (host.name, found.record) {
            // Keys that a plugin has no case for are no events for it, and it may have cases that never come.
            ("Key", false) => return None,
            ("Key", true) => types::named("KeyEvent")?,
            _ => host,
        };
        let why = misfit(found, host, Maker::Host)?;
        Some((found.name.clone(), why, told(host)))
    })
}

/// Is a parameter with a declared record the context, or the event of a key?
pub(crate) fn record_of_param(type_name: &str) -> Option<&'static str> {
    match types::named(type_name)?.name {
        "PluginContext" => Some("PluginContext"),
        "Key" | "KeyEvent" => Some("KeyEvent"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use foxvm::Type;

    use super::*;

    /// Can a value cross where one side says one and the other side the other?
    fn cross(wanted: Type, offered: Type) -> bool {
        wanted == offered || wanted == Type::Dyn || offered == Type::Dyn
    }

    #[test]
    fn the_types_in_fusabi_are_those_of_the_functions() {
        for function in FUNCTIONS {
            let native = function.native();
            let offered = native.signature();
            for &(name, signature) in function.fusabi {
                let wanted = Declaration { name, signature }.imported_as();
                assert_eq!(wanted.params.len(), offered.params.len(), "{name}");
                for (wanted, offered) in wanted.params.iter().zip(&offered.params) {
                    assert!(cross(*wanted, *offered), "{name}: {wanted} {offered}");
                }
                assert!(cross(wanted.result, offered.result), "{name}");
            }
        }
    }

    #[test]
    fn names_are_imported_once() {
        let natives = documented();
        let names: BTreeSet<&str> = natives.iter().map(Native::name).collect();
        assert_eq!(names.len(), natives.len());
        assert!(names.contains("PluginContext.Log") && names.contains("term.line"));
    }
}
