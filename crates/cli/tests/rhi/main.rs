//! The built command `rhi`: running, libraries, test mode, the prompt from a pipe.

mod coverage;
mod harness;
mod libraries;
mod programs;
mod prompt;
mod testing;
mod verbs;
