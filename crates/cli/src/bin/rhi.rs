//! The command `rhi`: Rhumb's own.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    cli::rhi()
}
