//! The command `fox`.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    cli::fox()
}
