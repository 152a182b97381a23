//! The hooks: what happens, what it is called with, what it needs, how long it may take (docs/specs/fusabi.md §6.2).

use std::time::Duration;

/// A kind of event.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Hook {
    /// The plugin begins.
    Load,
    /// The plugin ends.
    Unload,
    /// A line of output, before it is shown.
    Output,
    /// Bytes of input, before the program gets them.
    Input,
    /// A key.
    KeyPress,
    /// A command line begins to run.
    PreCommand,
    /// A command line has run.
    PostCommand,
    /// The terminal has another size.
    Resize,
    /// A client came.
    Attach,
    /// A client went.
    Detach,
    /// An item of a menu or palette was chosen.
    RemoteCommand,
    /// The plugin's commands are asked for.
    Commands,
    /// The plugin's menu is asked for.
    Menu,
    /// The plugin's part of the status bar is asked for.
    StatusBar,
    /// State is kept for another version.
    SaveState,
    /// State of another version is given back.
    RestoreState,
    /// Time passes: the daemon's ticks.
    Tick,
    /// The terminal's title changed.
    TitleChange,
    /// The terminal rang its bell.
    Bell,
    /// Another theme is in use.
    ThemeChanged,
    /// The plugin's settings changed.
    ConfigReloaded,
}

/// What a hook is called with, beside a context.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Text,
    Int,
    Bytes,
    Key,
}

impl Kind {
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Int => "int",
            Kind::Bytes => "bytes",
            Kind::Key => "key",
        }
    }
}

/// A decoded key.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Key {
    /// `KeyA`, `Digit0`, `F1`, `Escape`, `Space`, …
    pub code: String,
    /// Bits of [`modifiers`].
    pub mods: u8,
}

/// Bits of [`Key::mods`].
pub mod modifiers {
    /// Control.
    pub const CTRL: u8 = 1;
    /// Alt.
    pub const ALT: u8 = 2;
    /// Shift.
    pub const SHIFT: u8 = 4;
    /// Super.
    pub const SUPER: u8 = 8;
    /// The daemon's leader key.
    pub const LEADER: u8 = 16;
}

struct Row {
    camel: &'static str,
    snake: &'static str,
    payload: &'static [Kind],
    capability: Option<&'static str>,
    milliseconds: u64,
    about: &'static str,
}

const fn row(
    camel: &'static str,
    snake: &'static str,
    payload: &'static [Kind],
    capability: Option<&'static str>,
    milliseconds: u64,
    about: &'static str,
) -> Row {
    Row {
        camel,
        snake,
        payload,
        capability,
        milliseconds,
        about,
    }
}

const OUTPUT: Option<&str> = Some("output-filtering");
const INPUT: Option<&str> = Some("input-filtering");
const COMMANDS: Option<&str> = Some("command-registration");

impl Hook {
    /// All of them.
    pub const ALL: [Hook; 21] = [
        Hook::Load,
        Hook::Unload,
        Hook::Output,
        Hook::Input,
        Hook::KeyPress,
        Hook::PreCommand,
        Hook::PostCommand,
        Hook::Resize,
        Hook::Attach,
        Hook::Detach,
        Hook::RemoteCommand,
        Hook::Commands,
        Hook::Menu,
        Hook::StatusBar,
        Hook::SaveState,
        Hook::RestoreState,
        Hook::Tick,
        Hook::TitleChange,
        Hook::Bell,
        Hook::ThemeChanged,
        Hook::ConfigReloaded,
    ];

    const fn info(self) -> Row {
        use Kind::{Bytes, Int, Key, Text};
        match self {
            Hook::Load => row("onLoad", "on_load", &[], None, 1_000, "it begins"),
            Hook::Unload => row("onUnload", "on_unload", &[], None, 1_000, "it ends"),
            Hook::Output => row(
                "onOutput",
                "on_output",
                &[Text],
                OUTPUT,
                5,
                "a line of output, before it is shown; with its escapes, without its end",
            ),
            Hook::Input => row(
                "onInput",
                "on_input",
                &[Bytes],
                INPUT,
                5,
                "bytes of input, before the program gets them",
            ),
            Hook::KeyPress => row("onKeyPress", "on_key_press", &[Key], INPUT, 5, "a key"),
            Hook::PreCommand => row(
                "onPreCommand",
                "on_pre_command",
                &[Text],
                INPUT,
                5,
                "a command line, before it runs",
            ),
            Hook::PostCommand => row(
                "onPostCommand",
                "on_post_command",
                &[Text, Int],
                None,
                5,
                "a command line has run: its exit code",
            ),
            Hook::Resize => row(
                "onResize",
                "on_resize",
                &[Int, Int],
                None,
                10,
                "columns and rows changed",
            ),
            Hook::Attach => row("onAttach", "on_attach", &[Int], None, 10, "a client came"),
            Hook::Detach => row("onDetach", "on_detach", &[Int], None, 10, "a client went"),
            Hook::RemoteCommand => row(
                "onRemoteCommand",
                "on_remote_command",
                &[Text],
                None,
                100,
                "one of its items was chosen",
            ),
            Hook::Commands => row(
                "getCommands",
                "get_commands",
                &[],
                COMMANDS,
                100,
                "its commands are asked for",
            ),
            Hook::Menu => row(
                "getMenu",
                "get_menu",
                &[],
                COMMANDS,
                100,
                "its menu is asked for",
            ),
            Hook::StatusBar => row(
                "onStatusBar",
                "on_status_bar",
                &[],
                Some("ui-overlay"),
                5,
                "its part of the status bar is asked for",
            ),
            Hook::SaveState => row(
                "saveState",
                "save_state",
                &[],
                None,
                1_000,
                "its state is kept for another version",
            ),
            Hook::RestoreState => row(
                "restoreState",
                "restore_state",
                &[Text],
                None,
                1_000,
                "the state of another version",
            ),
            Hook::Tick => row(
                "onTick",
                "on_tick",
                &[Int],
                None,
                5,
                "time passes: the number of the tick",
            ),
            Hook::TitleChange => row(
                "onTitleChange",
                "on_title_change",
                &[Text],
                OUTPUT,
                5,
                "the terminal's title changed",
            ),
            Hook::Bell => row("onBell", "on_bell", &[], OUTPUT, 5, "the terminal rang"),
            Hook::ThemeChanged => row(
                "onThemeChanged",
                "on_theme_changed",
                &[Text],
                None,
                10,
                "another theme is in use: its name",
            ),
            Hook::ConfigReloaded => row(
                "onConfigReloaded",
                "on_config_reloaded",
                &[],
                None,
                10,
                "its settings changed",
            ),
        }
    }

    /// Its name as Fusabi writes it: `onOutput`.
    pub const fn name(self) -> &'static str {
        self.info().camel
    }

    /// Its name as Scarab's examples write it: `on_output`.
    pub const fn snake_name(self) -> &'static str {
        self.info().snake
    }

    /// When it is called, in a few words.
    pub const fn about(self) -> &'static str {
        self.info().about
    }

    /// The capability that a plugin with this hook needs.
    pub const fn capability(self) -> Option<&'static str> {
        self.info().capability
    }

    /// How long one call may take if the configuration does not say.
    pub const fn deadline(self) -> Duration {
        Duration::from_millis(self.info().milliseconds)
    }

    pub(crate) const fn payload(self) -> &'static [Kind] {
        self.info().payload
    }

    /// The hook that a function's name or attribute means: any case, with or without `_`, so `onOutput`, `on_output` and
    /// `OnOutput`.
    pub fn parse(name: &str) -> Option<Hook> {
        let plain = |text: &str| -> String {
            text.chars()
                .filter(|scalar| *scalar != '_')
                .flat_map(char::to_lowercase)
                .collect()
        };
        let wanted = plain(name);
        Hook::ALL
            .into_iter()
            .find(|hook| plain(hook.name()) == wanted)
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

/// How many hooks there are.
pub(crate) const COUNT: usize = Hook::ALL.len();
