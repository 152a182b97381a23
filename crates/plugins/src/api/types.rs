//! The types of the host's functions and hooks, once: the checker of Fusabi reads them as a text, the page shows them, and
//! what a module declares under their names is compared with them when it is loaded.

use std::fmt::Write as _;

/// A type that the host declares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HostType {
    /// Its name.
    pub name: &'static str,
    /// What it is for, in one sentence.
    pub doc: &'static str,
    /// What it consists of.
    pub shape: Shape,
}

/// What a type of the host consists of. Types of fields are written in Fusabi.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A record: names and types of its fields.
    Record(&'static [Field]),
    /// A union: its cases with their fields. Where `qualified`, programs write `Type.Case`.
    Union {
        /// The cases.
        cases: &'static [(&'static str, &'static [Field])],
        /// Are the cases out of scope without the type's name?
        qualified: bool,
    },
}

/// A field: its name and its type in Fusabi.
pub type Field = (&'static str, &'static str);

/// Cases without fields.
macro_rules! bare {
    ($($name:literal)*) => { &[$(($name, &[])),*] };
}

const fn record(name: &'static str, doc: &'static str, fields: &'static [Field]) -> HostType {
    HostType {
        name,
        doc,
        shape: Shape::Record(fields),
    }
}

const fn union(
    name: &'static str,
    doc: &'static str,
    cases: &'static [(&'static str, &'static [Field])],
) -> HostType {
    HostType {
        name,
        doc,
        shape: Shape::Union {
            cases,
            qualified: false,
        },
    }
}

/// A union whose cases would hide others of the same names.
const fn qualified(
    name: &'static str,
    doc: &'static str,
    cases: &'static [(&'static str, &'static [Field])],
) -> HostType {
    HostType {
        name,
        doc,
        shape: Shape::Union {
            cases,
            qualified: true,
        },
    }
}

/// The types, each behind those that it mentions.
pub const TYPES: &[HostType] = &[
    record(
        "PluginContext",
        "What a hook may be told of its plugin; `Context` is the same. The functions below stand behind its dot.",
        &[("Plugin", "string"), ("Version", "string")],
    ),
    qualified(
        "LogLevel",
        "How grave a line of the log is; `Warn`, `Info` and `Debug` are in scope without the type's name.",
        bare!["Error" "Warn" "Info" "Debug"],
    ),
    qualified(
        "NotifyLevel",
        "How a message to the user looks.",
        bare!["Info" "Success" "Warning" "Error"],
    ),
    union(
        "Color",
        "A colour: of the palette, or `#rrggbb`.",
        &[
            ("Default", &[]),
            ("Black", &[]),
            ("Red", &[]),
            ("Green", &[]),
            ("Yellow", &[]),
            ("Blue", &[]),
            ("Magenta", &[]),
            ("Cyan", &[]),
            ("White", &[]),
            ("BrightBlack", &[]),
            ("BrightRed", &[]),
            ("BrightGreen", &[]),
            ("BrightYellow", &[]),
            ("BrightBlue", &[]),
            ("BrightMagenta", &[]),
            ("BrightCyan", &[]),
            ("BrightWhite", &[]),
            ("Hex", &[("value", "string")]),
        ],
    ),
    union(
        "Key",
        "A key by its code; what is none of them is no event for a plugin that declares its keys so.",
        bare![
            "KeyA" "KeyB" "KeyC" "KeyD" "KeyE" "KeyF" "KeyG" "KeyH" "KeyI" "KeyJ" "KeyK" "KeyL" "KeyM"
            "KeyN" "KeyO" "KeyP" "KeyQ" "KeyR" "KeyS" "KeyT" "KeyU" "KeyV" "KeyW" "KeyX" "KeyY" "KeyZ"
            "Digit0" "Digit1" "Digit2" "Digit3" "Digit4" "Digit5" "Digit6" "Digit7" "Digit8" "Digit9"
            "F1" "F2" "F3" "F4" "F5" "F6" "F7" "F8" "F9" "F10" "F11" "F12"
            "Escape" "Enter" "Tab" "Backspace" "Space" "Slash" "Left" "Right" "Up" "Down"
            "Home" "End" "PageUp" "PageDown" "Insert" "Delete" "Ctrl" "Alt" "Shift" "Super"
        ],
    ),
    record(
        "KeyEvent",
        "A key with the modifiers that were held: 1 control, 2 alt, 4 shift, 8 super, 16 the leader key.",
        &[("Code", "Key"), ("Mods", "int")],
    ),
    union(
        "Action",
        "What becomes of an event.",
        &[
            ("Continue", &[]),
            ("Stop", &[]),
            ("Modify", &[("text", "string")]),
            ("ModifyBytes", &[("bytes", "byte array")]),
        ],
    ),
    record(
        "Cell",
        "A cell of the grid; colours are 0xAARRGGBB, flags 1 bold, 2 italic, 4 underline, 8 inverse, 16 dim.",
        &[
            ("Char", "char"),
            ("Foreground", "int"),
            ("Background", "int"),
            ("Flags", "int"),
        ],
    ),
    record(
        "MenuItem",
        "Something that a plugin offers to the user; `onRemoteCommand` gets its Id.",
        &[
            ("Id", "string"),
            ("Label", "string"),
            ("Description", "string"),
        ],
    ),
    union(
        "FocusAction",
        "What activating a focusable does.",
        &[
            ("OpenUrl", &[("address", "string")]),
            ("OpenFile", &[("path", "string")]),
            ("Custom", &[("id", "string")]),
        ],
    ),
    record(
        "Focusable",
        "A part of the screen that can be activated.",
        &[
            ("X", "int"),
            ("Y", "int"),
            ("Width", "int"),
            ("Height", "int"),
            ("Label", "string"),
            ("Action", "FocusAction"),
        ],
    ),
    record(
        "Image",
        "A picture over the cells of a rectangle: Width × Height pixels of four bytes, red, green, blue, alpha.",
        &[
            ("Id", "string"),
            ("X", "int"),
            ("Y", "int"),
            ("Columns", "int"),
            ("Rows", "int"),
            ("Width", "int"),
            ("Height", "int"),
            ("Pixels", "byte array"),
        ],
    ),
    qualified(
        "Direction",
        "Which prompt.",
        bare!["Up" "Down" "First" "Last"],
    ),
    union(
        "Command",
        "A wish, as one value.",
        &[
            (
                "DrawOverlay",
                &[
                    ("id", "string"),
                    ("x", "int"),
                    ("y", "int"),
                    ("text", "string"),
                    ("style", "string"),
                ],
            ),
            (
                "SpawnOverlay",
                &[
                    ("id", "string"),
                    ("x", "int"),
                    ("y", "int"),
                    ("width", "int"),
                    ("height", "int"),
                    ("text", "string"),
                ],
            ),
            ("RemoveOverlay", &[("id", "string")]),
            ("ClearOverlays", &[]),
            (
                "ShowModal",
                &[("title", "string"), ("items", "string list")],
            ),
            (
                "AddStatusItem",
                &[
                    ("label", "string"),
                    ("content", "string"),
                    ("priority", "int"),
                ],
            ),
            ("RemoveStatusItem", &[("label", "string")]),
        ],
    ),
];

/// The types as a text of Fusabi, which the checker reads before a plugin's own.
pub fn text() -> String {
    let mut text = String::new();
    for host in TYPES {
        let _ = writeln!(text, "/// {}", host.doc);
        match host.shape {
            Shape::Record(fields) => {
                let _ = writeln!(text, "type {} = {{ {} }}", host.name, listed(fields, "; "));
            }
            Shape::Union { cases, qualified } => {
                if qualified {
                    text.push_str("[<RequireQualifiedAccess>]\n");
                }
                let cases: Vec<String> = cases.iter().map(shown).collect();
                let _ = writeln!(text, "type {} = {}", host.name, cases.join(" | "));
            }
        }
    }
    text.push_str("type Context = PluginContext\n");
    for level in ["Warn", "Info", "Debug"] {
        let _ = writeln!(text, "let {level} = LogLevel.{level}");
    }
    text
}

/// A case as it is declared.
fn shown((name, fields): &(&str, &[Field])) -> String {
    if fields.is_empty() {
        (*name).to_owned()
    } else {
        format!("{name} of {}", listed(fields, " * "))
    }
}

fn listed(fields: &[Field], between: &str) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, ty)| format!("{name}: {ty}"))
        .collect();
    fields.join(between)
}

/// The type of that name; modules before it do not matter.
pub(crate) fn named(name: &str) -> Option<&'static HostType> {
    let bare = name.rsplit('.').next().unwrap_or(name);
    let bare = if bare == "Context" {
        "PluginContext"
    } else {
        bare
    };
    TYPES.iter().find(|host| host.name == bare)
}
