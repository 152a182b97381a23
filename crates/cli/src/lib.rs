//! The commands `fox` and `rhi`: thin, over crates `foxvm` and `loader`. Start reading at [`arguments`], then `run.rs` and
//! `plugin.rs`; `rhi/` is Rhumb's own command: its flags, running and testing programs, the prompt.
//!
//! What they never do: they grant no capability that no flag named (but for the counting functions of `plug run`), and
//! end with no other exit code than those of [`report::exit`], of `fox term` (docs/terminal.md) or the program's own.
#![forbid(unsafe_code)]

mod advice;
mod amounts;
mod arguments;
mod files;
mod fusabi;
mod interrupt;
mod load;
mod natives;
mod plugin;
mod plugin_host;
mod plugin_source;
mod report;
mod rhi;
mod rhumb;
mod run;
mod session;
mod terminal;
mod usage;

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use diag::{Diagnostic, Lang, fc};

use arguments::{Cli, Plug, Verb};
use report::{Report, exit};

pub use rhi::rhi;

/// The command `fox`: reads the command line, does what it says; the exit code.
pub fn fox() -> ExitCode {
    let words = std::env::args_os().collect::<Vec<_>>();
    match Cli::try_parse_from(&words) {
        Ok(cli) => {
            let (lang, unknown) = language(cli.lang.as_deref());
            let mut report = Report::new(lang, cli.json);
            unknown_language(unknown, &mut report);
            let code = done(&cli.verb, &mut report);
            ExitCode::from(report.finish(code))
        }
        Err(error) => ExitCode::from(misunderstood(&error, &words)),
    }
}

fn done(verb: &Verb, report: &mut Report) -> u8 {
    match verb {
        Verb::Run(arguments) => run::run(arguments, report),
        Verb::Build(arguments) => fusabi::build(arguments, report),
        Verb::Asm(arguments) => files::asm(arguments, report),
        Verb::Disasm(arguments) => files::disasm(arguments, report),
        Verb::Verify(arguments) => files::verify(arguments, report),
        Verb::Test(arguments) => rhi::test::fox(arguments, report),
        Verb::Check(arguments) => {
            let flags = rhi::Rhi {
                strict: arguments.strict,
                ..rhi::Rhi::default()
            };
            let how = fusabi::How {
                plugin: arguments.plugin,
                ..fusabi::How::compat(arguments.compat.compat)
            };
            rhi::sources::check(&flags, &arguments.files, how, report)
        }
        Verb::Fmt(arguments) => {
            let how = fusabi::How::compat(arguments.compat.compat);
            rhi::sources::format(&arguments.files, arguments.check, how, report)
        }
        Verb::Explain(arguments) => files::explain(arguments, report),
        Verb::Natives => natives::list(report),
        Verb::Plug(Plug::Run(arguments)) => plugin::run(arguments, report),
        Verb::Plug(Plug::Check(arguments)) => plugin_host::check(arguments, report),
        Verb::Plug(Plug::List(arguments)) => plugin_host::list(arguments, report),
        Verb::Plug(Plug::Grant(arguments)) => plugin_host::grant(arguments, report),
        Verb::Term(arguments) => terminal::run(arguments, report),
    }
}

/// Tells that there are no messages in a language.
fn unknown_language(tag: Option<String>, report: &mut Report) {
    let Some(value) = tag else { return };
    let known: Vec<String> = Lang::ALL.iter().map(|lang| lang.tag().to_owned()).collect();
    report.tell(
        &Diagnostic::warning(fc::LANG_VALUE)
            .arg("value", value)
            .arg("known", known),
    );
}

/// The language of messages: the flag's, else the environment's; and the flag's value if there is no such language.
fn language(flag: Option<&str>) -> (Lang, Option<String>) {
    if let Some(tag) = flag {
        return match Lang::parse(tag) {
            Some(lang) => (lang, None),
            None => (Lang::English, Some(tag.to_owned())),
        };
    }
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    (set.map_or(Lang::English, |tag| Lang::from_tag(&tag)), None)
}

/// What clap could not understand, or help that was asked for.
fn misunderstood(error: &clap::Error, words: &[std::ffi::OsString]) -> u8 {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        // Who reads no help needs none.
        let _ = error.print();
        return exit::OK;
    }
    // The words of the command line are all there is to tell language and form from.
    let words: Vec<String> = words
        .iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let tag = words
        .iter()
        .position(|word| word == "--lang")
        .and_then(|at| words.get(at + 1))
        .map(String::as_str);
    let tag = tag.or_else(|| words.iter().find_map(|word| word.strip_prefix("--lang=")));
    let mut report = Report::new(language(tag).0, words.iter().any(|word| word == "--json"));
    report.tell(&usage::misunderstood(error));
    report.finish(exit::USAGE)
}
