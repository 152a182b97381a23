//! Fusabi by the commands: the conformance programs, building, running, plugins.

mod building;
mod examples;
mod harness;
mod library;
mod plugins;
mod programs;
mod running;
