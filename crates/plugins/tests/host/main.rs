//! The host through its public interface, with plugins of module text that do what plugins should not.

mod harness;

mod chain;
mod configuration;
mod daemon;
mod granted;
mod idle;
mod isolation;
mod lifecycle;
mod powers;
mod reload;
mod sandbox;
mod sources;
mod types;
mod wishes;
