//! Fusabi by the commands: the conformance programs, building, running, checking, the prompt.

mod examples;
mod harness;
mod library;
mod programs;
