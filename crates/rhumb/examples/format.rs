//! Formats a text on standard input: `cargo run -p rhumb --example format < file.rh`.
#![allow(clippy::print_stdout, reason = "that is what it is for")]

use std::io::Read;

fn main() -> std::io::Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    match rhumb::format(&text, rhumb::Options::default()) {
        Ok(formatted) => print!("{formatted}"),
        Err(errors) => println!("{errors:#?}"),
    }
    Ok(())
}
