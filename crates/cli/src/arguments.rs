//! The command line, as clap reads it.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// FoxVM: run, inspect and embed programs that nobody has to trust.
#[derive(Parser, Debug)]
#[command(name = "fox", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// Language of messages, as a tag: en, id, id-ID (else the environment decides)
    #[arg(long, global = true, value_name = "LANG")]
    pub lang: Option<String>,
    /// Print one JSON object as the last line of the standard output
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do
    #[command(subcommand)]
    pub verb: Verb,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Verb {
    /// Run a program: a module (.fzb), module text (.fza), Fusabi source (.fsx) or Rhumb source (.rh)
    Run(Run),
    /// Build a module (.fzb) of a Fusabi source (.fsx) and all files that it loads
    Build(Build),
    /// Assemble module text (.fza) to a module (.fzb)
    Asm(Asm),
    /// Show a module as module text
    Disasm(Disasm),
    /// Check files and verify all their functions
    Verify(Verify),
    /// Run Rhumb sources (.rh) and check the assertions in them
    Test(Test),
    /// Read and check sources (.rh, .fsx) without running them
    Check(Check),
    /// Lay sources (.rh, .fsx) out in the one form
    Fmt(Fmt),
    /// Say more about the code of an error
    Explain(Explain),
    /// List the host functions that programs may import
    Natives,
    /// Work with plugins
    #[command(subcommand)]
    Plug(Plug),
    /// Run a program in a terminal whose output, input and screen plugins see and change
    Term(Term),
}

/// Verbs of plugins.
#[derive(Subcommand, Debug)]
pub enum Plug {
    /// Feed the standard input, line by line, to a plugin's hook on_output
    Run(PlugRun),
    /// Read, verify and link the plugins of a plugins.toml without running anything of them
    Check(PlugFile),
    /// Load the plugins of a plugins.toml and show their states, hooks, grants and counters
    List(PlugFile),
    /// Grant a plugin of a plugins.toml what its entry grants, as its file is now (for those with ask-again = true)
    Grant(PlugGrant),
}

/// `fox plug grant`.
#[derive(Args, Debug)]
pub struct PlugGrant {
    /// The file that names the plugins
    pub file: PathBuf,
    /// The plugin's name
    pub plugin: String,
}

/// `fox plug check` and `fox plug list`.
#[derive(Args, Debug)]
pub struct PlugFile {
    /// The file that names the plugins, or a folder with such a file or with plugins
    #[arg(default_value = "plugins.toml")]
    pub file: PathBuf,
}

/// How Fusabi's sources are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Compat {
    /// As the language Fusabi's other implementation does: `[1, 2]` has two elements, `a.[i] <- v` is a new array
    Fusabi,
}

/// The switch of docs/specs/fusabi.md §1.14.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Compatibility {
    /// Read Fusabi sources as its other implementation does: `[1, 2]` has two elements, `a.[i] <- v` is a new array
    #[arg(long, value_enum, value_name = "NAME")]
    pub compat: Option<Compat>,
}

/// `fox build`.
#[derive(Args, Debug)]
pub struct Build {
    /// The source (.fsx or .fs)
    pub file: PathBuf,
    /// Where the module goes; else beside the source, ending in .fzb
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Leave out source positions and names of variables
    #[arg(long)]
    pub stripped: bool,
    /// With the types and functions that plugin hosts offer
    #[arg(long)]
    pub plugin: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub compat: Compatibility,
}

/// Limits and grants.
#[derive(Args, Clone, Debug, Default)]
pub struct Bounds {
    /// Fuel per call, about one unit per instruction: 10M, 2_500_000, unlimited
    #[arg(
        long,
        visible_alias = "max-steps",
        value_name = "N",
        allow_hyphen_values = true
    )]
    pub fuel: Option<String>,
    /// Memory: 64MiB, 2G
    #[arg(
        long,
        visible_alias = "max-heap",
        value_name = "SIZE",
        allow_hyphen_values = true
    )]
    pub memory: Option<String>,
    /// Time per call: 500ms, 2s, 1m, off
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    pub timeout: Option<String>,
    /// Calls that may be under way inside each other
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub depth: Option<String>,
    /// Grant a capability: clock, random, env, fs-read=DIR, ... (files=DIR: reading and writing); may be repeated
    #[arg(long, value_name = "CAPABILITY")]
    pub allow: Vec<String>,
    /// Grant all capabilities
    #[arg(short = 'A', long = "allow-all")]
    pub allow_all: bool,
    /// Print the counters of the run
    #[arg(long)]
    pub stats: bool,
    /// Print each function that is entered
    #[arg(long)]
    pub trace: bool,
}

/// `fox run`.
#[derive(Args, Debug)]
pub struct Run {
    /// The program
    pub file: PathBuf,
    /// Words for the parameters of the function that is run
    #[arg(value_name = "ARGUMENT", allow_negative_numbers = true)]
    pub arguments: Vec<String>,
    /// The exported function to call after the module's entry has run
    #[arg(long, value_name = "EXPORT")]
    pub entry: Option<String>,
    /// Print the value that the entry (or the exported function) returned
    #[arg(long)]
    pub show_result: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub compat: Compatibility,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub bounds: Bounds,
}

/// `fox asm`.
#[derive(Args, Debug)]
pub struct Asm {
    /// The module text
    pub file: PathBuf,
    /// Where the module goes; else beside the text, ending in .fzb
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `fox disasm`.
#[derive(Args, Debug)]
pub struct Disasm {
    /// The module
    pub file: PathBuf,
    /// Where the text goes; else to the standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `fox verify`.
#[derive(Args, Debug)]
pub struct Verify {
    /// The files
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
}

/// `fox test`.
#[derive(Args, Debug)]
pub struct Test {
    /// Files, or folders whose .rh files are all run
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub bounds: Bounds,
}

/// `fox check`.
#[derive(Args, Debug)]
pub struct Check {
    /// The sources (Rhumb's, or Fusabi's if they end with .fsx or .fs)
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Warnings of Rhumb's sources and labels that nothing defines are errors
    #[arg(long)]
    pub strict: bool,
    /// With the types and functions that plugin hosts offer (Fusabi)
    #[arg(long)]
    pub plugin: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub compat: Compatibility,
}

/// `fox fmt`.
#[derive(Args, Debug)]
pub struct Fmt {
    /// The sources (Rhumb's, or Fusabi's if they end with .fsx or .fs); they are changed in place
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Change nothing; fail if a file is not laid out yet
    #[arg(long)]
    pub check: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub compat: Compatibility,
}

/// `fox explain`.
#[derive(Args, Debug)]
pub struct Explain {
    /// The code, e.g. FX0003
    pub code: String,
}

/// `fox plug run`.
#[derive(Args, Debug)]
pub struct PlugRun {
    /// The plugin: a module (.fzb), module text (.fza) or Fusabi source (.fsx)
    pub file: PathBuf,
    /// Print what the plugin notifies of
    #[arg(long)]
    pub show: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub bounds: Bounds,
}

/// `fox term`.
#[derive(Args, Debug)]
#[command(after_help = TERM_EXITS)]
pub struct Term {
    /// The program and its words, behind `--`; else the shell that SHELL names
    #[arg(last = true, value_name = "PROGRAM")]
    pub program: Vec<OsString>,
    /// Load the plugins of a folder: those that its plugins.toml names, else all that lie in it; may be repeated
    #[arg(long, value_name = "DIR", conflicts_with = "no_plugins")]
    pub plugins: Vec<PathBuf>,
    /// Load the plugins that a plugins.toml names; may be repeated
    #[arg(long, value_name = "FILE", conflicts_with = "no_plugins")]
    pub config: Vec<PathBuf>,
    /// Load no plugins, not even those of the usual folders
    #[arg(long)]
    pub no_plugins: bool,
    /// Grant a capability to plugins that no plugins.toml names: output-filtering, ui-overlay, ...; may be repeated
    #[arg(long, value_name = "CAPABILITY")]
    pub allow: Vec<String>,
    /// Show nothing: print the last screen and the plugins' notices, with --json as data
    #[arg(long)]
    pub headless: bool,
    /// Rows, instead of those of your terminal
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub rows: Option<u16>,
    /// Columns, instead of those of your terminal
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(2..=1000))]
    pub columns: Option<u16>,
    /// End the program after that time: 10s, 2m
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    pub timeout: Option<String>,
    /// The theme in the beginning: default, dark, light, high-contrast, solarized-dark
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
    /// The key before keys that are for plugins: ctrl-], ctrl-g, ..., none
    #[arg(long, value_name = "KEY", default_value = "ctrl-]")]
    pub leader: Option<String>,
    /// The name of the grid in shared memory, or none (else SCARAB_SHMEM_PATH, else /scarab_shm_v1)
    #[arg(long, value_name = "NAME")]
    pub shared: Option<String>,
    /// The command that opens the addresses which you choose, e.g. xdg-open; else they are shown
    #[arg(long, value_name = "COMMAND")]
    pub opener: Option<OsString>,
}

/// The exit codes of `fox term`.
const TERM_EXITS: &str = "Exit codes: the program's own; 128 and the signal's number if a signal ended it or the \
terminal; 124 after --timeout; 126 if the program cannot be run, 127 if there is none of that name; 2 for a wrong command line \
or without a terminal, 65 for a plugins.toml or folder that cannot be read, 1 if the terminal fails.";
