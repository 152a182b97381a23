//! What a host decides for all Worlds of an Engine.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// The program's standard input, shared by the functions that read it.
pub(crate) type Input = Arc<Mutex<Box<dyn BufRead + Send>>>;

/// Settings of the library.
#[derive(Clone)]
pub struct Settings {
    pub(crate) base: PathBuf,
    pub(crate) arguments: Arc<[String]>,
    pub(crate) seed: Option<u64>,
    pub(crate) input: Input,
}

impl Settings {
    /// Relative paths from the process's working folder, no arguments, a seed from the system, the process's standard
    /// input.
    pub fn new() -> Settings {
        Settings {
            base: PathBuf::new(),
            arguments: Arc::from([]),
            seed: None,
            input: Arc::new(Mutex::new(Box::new(BufReader::new(std::io::stdin())))),
        }
    }

    /// The folder from which relative paths of programs and of grants start.
    #[must_use]
    pub fn base(mut self, folder: impl Into<PathBuf>) -> Settings {
        self.base = folder.into();
        self
    }

    /// What `env.args` answers.
    #[must_use]
    pub fn arguments(mut self, arguments: Vec<String>) -> Settings {
        self.arguments = arguments.into();
        self
    }

    /// The seed of every World's random numbers, for runs that can be repeated.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Settings {
        self.seed = Some(seed);
        self
    }

    /// Where `console.read_line` reads.
    #[must_use]
    pub fn input(mut self, input: impl BufRead + Send + 'static) -> Settings {
        self.input = Arc::new(Mutex::new(Box::new(input)));
        self
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings::new()
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("base", &self.base)
            .field("arguments", &self.arguments)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}
