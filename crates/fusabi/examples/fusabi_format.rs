//! Formats a text on standard input: `cargo run -p fusabi --example fusabi_format < file.fsx`.
#![allow(clippy::print_stdout, reason = "that is what it is for")]

use std::io::Read;

fn main() -> std::io::Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    match fusabi::format(&text, &fusabi::Options::default()) {
        Ok(formatted) => print!("{formatted}"),
        Err(errors) => println!("{errors:#?}"),
    }
    Ok(())
}
