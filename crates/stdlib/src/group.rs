//! The table: every host function, in groups.

use foxvm::{Engine, Error, Native};

use crate::process::ExitCode;
use crate::settings::Settings;
use crate::slip::Slips;

/// Functions that belong together.
pub struct Group {
    /// Its name: most functions in it are called `name.something`.
    pub name: &'static str,
    /// What it is for, in one sentence.
    pub about: &'static str,
    /// Its functions, in the order of the page.
    pub natives: Vec<Native>,
}

/// The library with its settings.
#[derive(Clone, Debug)]
pub struct Library {
    settings: Settings,
    ended: ExitCode,
    slips: Slips,
}

impl Library {
    /// A library with settings.
    pub fn new(settings: Settings) -> Library {
        Library {
            settings,
            ended: ExitCode::new(),
            slips: Slips::default(),
        }
    }

    /// Offers all functions of the table to an Engine's modules.
    ///
    /// # Errors
    /// None in practice: the table is fixed, and the tests register it.
    pub fn register(&self, engine: &Engine) -> Result<(), Error> {
        for group in table(&self.settings, &self.ended, &self.slips) {
            for native in group.natives {
                engine.register(native)?;
            }
        }
        Ok(())
    }

    /// The exit code with which a program ended itself, where it did.
    pub fn ended(&self) -> &ExitCode {
        &self.ended
    }

    /// The resources that programs may open, for whoever finds what their literals name.
    pub fn slips(&self) -> &Slips {
        &self.slips
    }

    /// The table of this library.
    pub fn table(&self) -> Vec<Group> {
        table(&self.settings, &self.ended, &self.slips)
    }
}

/// All functions. `ended` gets the code of `exit`; `slips` has what `slip.open` finds.
pub fn table(settings: &Settings, ended: &ExitCode, slips: &Slips) -> Vec<Group> {
    let group = |name, about, natives| Group {
        name,
        about,
        natives,
    };
    vec![
        group(
            "console",
            "The program's own standard output, error and input.",
            crate::console::natives(settings),
        ),
        group(
            "process",
            "The end of the program.",
            crate::process::natives(ended),
        ),
        group(
            "math",
            "Functions of real numbers. They take numbers of every kind; angles are radians.",
            crate::math::natives(),
        ),
        group(
            "random",
            "Random numbers for simulation and games, not for secrets: one generator per World, repeatable from a seed.",
            crate::random::natives(settings),
        ),
        group(
            "text",
            "Texts by Unicode scalars. Places count from 0.",
            crate::text::natives(),
        ),
        group(
            "char",
            "Single scalars, by Unicode.",
            crate::char::natives(),
        ),
        group(
            "parse",
            "Texts that are numbers or truth values. What has another form is fault conv, what is too large fault ovf.",
            crate::parse::natives(),
        ),
        group(
            "regex",
            "Regular expressions in linear time, without look-around and back-references. Places count from 0, in scalars.",
            crate::regex::natives(),
        ),
        group(
            "json",
            "JSON texts. Objects become maps (Rhumb) or dictionaries, arrays lists, null empty.",
            crate::json::natives(),
        ),
        group(
            "url",
            "Parts of URLs, and texts inside them.",
            crate::url::natives(),
        ),
        group(
            "csv",
            "Tables as text: rows of fields between separators.",
            crate::csv::natives(),
        ),
        group(
            "base64",
            "Bytes as text in 64 letters.",
            crate::base64::natives(),
        ),
        group("hex", "Bytes as pairs of digits.", crate::hex::natives()),
        group(
            "hash",
            "Digests, as lower-case hexadecimal text unless said otherwise.",
            crate::hash::natives(),
        ),
        group(
            "time",
            "Dates, durations and time zones. The zones' rules are built in.",
            crate::time::natives(),
        ),
        group(
            "fiber",
            "Waiting for a time, and ending what waits.",
            crate::fiber::natives(),
        ),
        group(
            "fusabi",
            "What only Fusabi's library asks for.",
            crate::exception::natives(),
        ),
        group(
            "files",
            "Files and folders that were granted, and nothing else.",
            crate::files::natives(settings),
        ),
        group(
            "slip",
            "Resources that library literals of Rhumb name: files that are neither JSON nor text.",
            crate::slip::natives(slips),
        ),
        group(
            "env",
            "What the program was started with.",
            crate::env::natives(settings),
        ),
    ]
}
