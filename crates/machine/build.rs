//! Turns tail dispatch on where the optimiser makes sibling calls of it: opt-level 1 and up on targets where that was
//! tested (docs/specs/machine.md §6 "Dispatch"). Elsewhere the same handlers run under a loop.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(fox_tail)");
    let level = std::env::var("OPT_LEVEL").unwrap_or_default();
    let arch = std::env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
    let family = std::env::var("CARGO_CFG_TARGET_FAMILY").unwrap_or_default();
    if level != "0" && family == "unix" && (arch == "x86_64" || arch == "aarch64") {
        println!("cargo::rustc-cfg=fox_tail");
    }
}
