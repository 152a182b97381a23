//! The public interface: typed handles, conversions, host functions, limits, handles of values, runs, known files.

mod borders;
mod calls;
mod harness;
mod hosts;
mod limits;
mod modules;
mod outside;
mod reports;
