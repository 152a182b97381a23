//! The command `rhi` (docs/specs/rhumb.md §10): runs and tests Rhumb programs, and is a prompt.

mod expect;
mod gather;
mod prompt;
mod repl;
mod run;
pub(crate) mod sources;
pub(crate) mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use rhumb::Locale;

use crate::arguments::Bounds;
use crate::fusabi::How;
use crate::load::shown;
use crate::report::{Report, exit, paths};
use crate::usage;

/// Rhumb: run programs, test them, or try expressions at a prompt.
///
/// Without a path the prompt opens; a folder is a shelf, whose +entry is run; every file runs in a fresh session.
/// `rhi test PATH…`, `rhi check FILE…`, `rhi fmt FILE…` and `rhi explain CODE` do what `fox test`, `fox check`, `fox fmt` and
/// `fox explain` do. Flags take one or two dashes.
#[derive(Parser, Debug, Default)]
#[command(name = "rhi", version, max_term_width = 100)]
pub(crate) struct Rhi {
    /// Programs (.rh) or shelves
    pub paths: Vec<PathBuf>,
    /// Words for the program, behind --
    #[arg(last = true, value_name = "ARGUMENT")]
    pub arguments: Vec<String>,
    /// Test mode: check `%=` and show `%?`
    #[arg(long)]
    pub test: bool,
    /// No warnings
    #[arg(long)]
    pub silent: bool,
    /// Print `=> value` of the last expression
    #[arg(long)]
    pub last_value: bool,
    /// Compute the anchors that the catalog lacks and write them into it
    #[arg(long)]
    pub sha256: bool,
    /// Language of sources, output and messages: en, id-ID
    #[arg(long, value_name = "LANG")]
    pub lang: Option<String>,
    /// Warnings of sources and labels that nothing defines are errors
    #[arg(long)]
    pub strict: bool,
    /// With fmt: change nothing; fail if a file is not laid out yet
    #[arg(long)]
    pub check: bool,
    /// Seed of random numbers, so that runs are the same
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Print one JSON object as the last line of the standard output
    #[arg(long)]
    pub json: bool,
    /// Show the tree of each source
    #[arg(long)]
    pub trace_parser: bool,
    /// Show the instructions of each program as module text
    #[arg(long)]
    pub trace_bytecode: bool,
    /// Show each function that is entered, indented by the frames it stands on
    #[arg(long)]
    pub trace_stack: bool,
    /// Show each function that is entered, with the number of frames
    #[arg(long)]
    pub trace_frame: bool,
    /// Show each event of spaces: raised, taken, delivered, replied to, parked, pinned, departed; warnings also with --silent
    #[arg(long)]
    pub trace_space: bool,
    /// Show what each library literal was found to stand for
    #[arg(long)]
    pub trace_loader: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub bounds: Bounds,
}

impl Rhi {
    /// Flags that the environment sets: `RHI_TRACE_PARSER=1`.
    fn with_environment(mut self) -> Rhi {
        for (name, flag) in [
            ("RHI_TRACE_PARSER", &mut self.trace_parser),
            ("RHI_TRACE_BYTECODE", &mut self.trace_bytecode),
            ("RHI_TRACE_STACK", &mut self.trace_stack),
            ("RHI_TRACE_FRAME", &mut self.trace_frame),
            ("RHI_TRACE_SPACE", &mut self.trace_space),
            ("RHI_TRACE_LOADER", &mut self.trace_loader),
        ] {
            *flag |= std::env::var(name).is_ok_and(|value| value == "1");
        }
        self
    }

    /// The locale of `--lang`, if Rhumb has it.
    pub fn locale(&self) -> Option<Locale> {
        Locale::find(self.lang.as_deref()?)
    }
}

/// The command `rhi`: reads the command line, does what it says; the exit code.
pub fn rhi() -> ExitCode {
    let words = two_dashes(std::env::args_os().collect());
    match Rhi::try_parse_from(&words) {
        Ok(flags) => {
            let flags = flags.with_environment();
            let (lang, unknown) = crate::language(flags.lang.as_deref());
            let mut report = Report::new(lang, flags.json);
            if flags.locale().is_none() {
                crate::unknown_language(unknown, &mut report);
            }
            let code = done(flags, &mut report);
            ExitCode::from(report.finish(code))
        }
        Err(error) => ExitCode::from(crate::misunderstood(&error, &words)),
    }
}

/// Verbs of §10.1 that belong to parts which are not there yet: storage, images, the network.
const LATER: [&str; 6] = ["import", "project", "merge", "babel", "spec", "serve"];

fn done(mut flags: Rhi, report: &mut Report) -> u8 {
    let verb = flags
        .paths
        .first()
        .and_then(|word| word.to_str())
        .unwrap_or_default()
        .to_owned();
    match verb.as_str() {
        "test" => {
            flags.paths.remove(0);
            flags.test = true;
        }
        "check" => {
            flags.paths.remove(0);
            return sources::check(&flags, &flags.paths, How::default(), report);
        }
        "explain" => return explain(&flags.paths, report),
        "fmt" => {
            flags.paths.remove(0);
            return sources::format(&flags.paths, flags.check, How::default(), report);
        }
        _ => {}
    }
    if LATER.contains(&verb.as_str()) && flags.paths.first().is_some_and(|path| !path.exists()) {
        report.tell(&paths("verb").arg("path", verb));
        return exit::USAGE;
    }
    if let Some(image) = flags
        .paths
        .iter()
        .find(|path| path.extension().is_some_and(|ending| ending == "ri"))
    {
        report.tell(&paths("image").arg("path", shown(image)));
        return exit::USAGE;
    }
    if flags.test {
        return test::test(&flags, report);
    }
    if flags.paths.is_empty() {
        return repl::repl(&flags, report);
    }
    run::run(&flags, report)
}

/// `rhi explain CODE`.
fn explain(words: &[PathBuf], report: &mut Report) -> u8 {
    let [_, code] = words else {
        let told = match words.get(2) {
            None => usage::because("missing").arg("option", "<CODE>"),
            Some(more) => usage::because("too-many")
                .arg("option", "<CODE>")
                .arg("value", shown(more)),
        };
        report.tell(&told);
        return exit::USAGE;
    };
    let code = shown(code);
    crate::files::explain(&crate::arguments::Explain { code }, report)
}

/// Flags with one dash as flags with two: `-last-value`. `-A`, `-h` and `-V` stay; what stands behind `--` too.
fn two_dashes(words: Vec<std::ffi::OsString>) -> Vec<std::ffi::OsString> {
    let mut own = true;
    words
        .into_iter()
        .map(|word| {
            own &= word != "--";
            let long = own
                && word.to_str().is_some_and(|text| {
                    let mut signs = text.chars();
                    signs.next() == Some('-')
                        && signs.next().is_some_and(char::is_alphabetic)
                        && signs.next().is_some()
                });
            if !long {
                return word;
            }
            let mut longer = std::ffi::OsString::from("-");
            longer.push(word);
            longer
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_take_one_dash_or_two() {
        let words = [
            "rhi",
            "-last-value",
            "--silent",
            "-A",
            "-max-steps",
            "5",
            "a.rh",
            "--",
            "-x1",
        ];
        let words = two_dashes(words.iter().map(|word| (*word).into()).collect());
        let flags = Rhi::try_parse_from(words).unwrap();
        assert!(flags.last_value && flags.silent && flags.bounds.allow_all);
        assert_eq!(flags.bounds.fuel.as_deref(), Some("5"));
        assert_eq!(flags.paths, [PathBuf::from("a.rh")]);
        assert_eq!(flags.arguments, ["-x1"]);
    }
}
