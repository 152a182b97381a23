//! `fox term`, as its users run it: headless, and on a terminal that the test makes. No wait is without an end.
#![cfg(unix)]

mod harness;

mod headless;
mod interactive;
mod isolation;
mod shared;
