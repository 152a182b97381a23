//! What a World tells its host beside results, and the words it tells it in: warnings, assertions of a test run, the two
//! truth words of the program's locale (docs/specs/rhumb.md §3.17, §5.3, §10.3).

use std::fmt;

use crate::fault::Raise;
use crate::host::Stream;
use crate::host_memory::joined;
use crate::world::World;

/// Takes the warnings of a World, one at a time.
pub type WarningSink = Box<dyn FnMut(&Warning<'_>) + Send>;

/// Something that is no error, but probably not as meant. `Display` says it in English.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Warning<'a> {
    /// Nobody took a signal (rhumb.md §5.3); its topic.
    Uncaught(&'a str),
    /// A reply had no effect (rhumb.md §5.4).
    Late(Late),
    /// Nothing else can go on, so that a parked emission does, without a reply.
    Starved,
    /// A process failed that nobody waits for.
    ProcessFailed {
        /// The fault's name.
        fault: &'a str,
        /// Its message.
        message: &'a str,
    },
}

/// Why a reply had no effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Late {
    /// There is nothing to reply to.
    Nothing,
    /// The emission takes one reply, and has had it.
    Second,
    /// The emission has ended.
    Ended,
    /// The prompt has gone on.
    Gone,
}

impl Late {
    /// The reason in English.
    pub const fn text(self) -> &'static str {
        match self {
            Late::Nothing => "there is nothing to reply to",
            Late::Second => "a second reply to an emission that takes one",
            Late::Ended => "the emission has ended",
            Late::Gone => "the prompt has gone on",
        }
    }
}

impl fmt::Display for Warning<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::Uncaught(topic) => write!(f, "uncaught signal #{topic}"),
            Warning::Late(why) => write!(f, "409: {}", why.text()),
            Warning::Starved => {
                f.write_str("nothing else can go on: a parked emission goes on without a reply")
            }
            Warning::ProcessFailed { fault, message } => {
                write!(f, "a process failed: {fault}: {message}")
            }
        }
    }
}

/// Assertions that were run since the World was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TestCount {
    /// Those that held.
    pub passed: u64,
    /// Those that did not.
    pub failed: u64,
}

/// Settings and counts of one World.
pub(crate) struct Reporting {
    /// Words for false and true; none: `no` and `yes`.
    words: Option<Box<[String; 2]>>,
    /// Do `assert_eq` and `inspect` act?
    testing: bool,
    count: TestCount,
    warnings: Option<WarningSink>,
    /// Warnings that were given, heard or not.
    warned: u64,
}

impl Reporting {
    /// The default: English words, no test mode, nobody hears warnings.
    pub(crate) const fn new() -> Reporting {
        Reporting {
            words: None,
            testing: false,
            count: TestCount {
                passed: 0,
                failed: 0,
            },
            warnings: None,
            warned: 0,
        }
    }
}

impl World {
    /// Sets the words that policy Rhumb shows truth values with; `yes` and `no` if never set.
    pub fn set_truth_words(&mut self, yes: &str, no: &str) {
        self.reporting.words = Some(Box::new([no.to_owned(), yes.to_owned()]));
    }

    /// The word for a truth value.
    pub(crate) fn truth_word(&self, truth: bool) -> &str {
        match &self.reporting.words {
            Some(words) => &words[usize::from(truth)],
            None if truth => "yes",
            None => "no",
        }
    }

    /// Switches the test mode: outside it `assert_eq` and `inspect` leave their value and do nothing else.
    pub fn set_test_mode(&mut self, on: bool) {
        self.reporting.testing = on;
    }

    /// Is the test mode on?
    pub fn test_mode(&self) -> bool {
        self.reporting.testing
    }

    /// Assertions so far.
    pub fn test_count(&self) -> TestCount {
        self.reporting.count
    }

    /// Counts an assertion and writes its line: `PASS: <actual>` or `FAIL: Expected '<exp>', got '<act>'`, with the test's
    /// name behind it if it has one.
    pub(crate) fn note_assertion(&mut self, expected: &str, actual: &str, name: &str) -> Raise<()> {
        let holds = expected == actual;
        let (open, close) = if name.is_empty() {
            ("", "")
        } else {
            (" (", ")")
        };
        let line = if holds {
            joined(&["PASS: ", actual, open, name, close, "\n"])
        } else {
            let (says, got) = ("FAIL: Expected '", "', got '");
            joined(&[says, expected, got, actual, "'", open, name, close, "\n"])
        };
        let Ok(line) = line else {
            return Err(self.no_host_memory());
        };
        let count = &mut self.reporting.count;
        if holds {
            count.passed += 1;
        } else {
            count.failed += 1;
        }
        self.write_output(Stream::Out, line.as_bytes())
    }

    /// Sends warnings to a sink; `None`: nobody hears them, as at first.
    pub fn set_warnings(&mut self, sink: Option<WarningSink>) {
        self.reporting.warnings = sink;
    }

    /// How many warnings were given, heard or not.
    pub fn warnings(&self) -> u64 {
        self.reporting.warned
    }

    /// Gives a warning.
    pub(crate) fn warn(&mut self, warning: &Warning<'_>) {
        self.reporting.warned += 1;
        if let Some(sink) = &mut self.reporting.warnings {
            sink(warning);
        }
    }
}
