//! Module texts: what assembles comes back the same through a file and its disassembly; nothing panics on what does not.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(tables) = fzb::text::assemble(source) else {
        return;
    };
    let text = fzb::text::disassemble(&tables);
    let again = fzb::text::assemble(&text)
        .unwrap_or_else(|errors| panic!("the disassembly does not assemble: {errors:?}\n{text}"));
    assert_eq!(again, tables, "{text}");
    if let (Ok(first), Ok(second)) = (fzb::write::write(&tables), fzb::write::write(&again)) {
        assert_eq!(first, second);
    }
});
