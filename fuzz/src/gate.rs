//! Bytes that claim to be a file: header, hash, gate, tables, verifier; then everything that can be read of what passed.
//!
//! Nine inputs in ten get their length and hash repaired, or nearly all of them would end at the hash.

#![no_main]

use fzb::view::{Checks, Module};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut file = bytes.to_vec();
    if bytes.last().is_none_or(|last| last % 10 != 0) {
        fzb::mutate::repair(&mut file);
    }
    // A file that somebody wrongly says is known passes fewer checks; reading it must be as safe.
    if let Ok(module) = Module::check(file.as_slice(), Checks::Known) {
        read_all(&module);
        let _ = fzb::verify::module(&module);
    }
    if let Ok(module) = Module::check(file.as_slice(), Checks::Full) {
        read_all(&module);
        if fzb::verify::module(&module).is_ok() {
            for id in 0..module.functions() {
                let verified = fzb::verify::function(&module, fzb::tables::FuncId(id));
                assert!(verified.is_ok(), "accepted with the others, refused alone");
            }
        }
        let tables = module.to_tables();
        let again = fzb::write::write(&tables).expect("tables of a checked file");
        let second =
            Module::check(again, Checks::Full).expect("a file written from checked tables");
        assert_eq!(second.to_tables(), tables);
    }
});

/// Every record by its number, and one beyond.
fn read_all(module: &Module) {
    use fzb::tables::{ConstId, ExportId, FuncId, ImportId, NameId, StaticId, TypeId, TypedefId};
    for id in (0..=module.functions().min(1 << 12)).map(FuncId) {
        if let Some(function) = module.function(id) {
            let _ = function.param_types().count();
            for table in 0..function.tables.min(64) {
                let _ = function.jump_table(table).map(Iterator::count);
                let _ = function.text_table(table).map(Iterator::count);
            }
            let _ = (
                module.line_at(id, 0),
                module.line_at(id, u32::MAX),
                module.doc(id),
            );
        }
    }
    for id in 0..=module.constants().min(1 << 12) {
        let _ = module.constant(ConstId(id));
    }
    for id in 0..=module.types().min(1 << 12) {
        let _ = (module.type_of(TypeId(id)), module.repr(TypeId(id)));
    }
    for id in 0..=module.names().min(1 << 12) {
        let _ = (module.name(NameId(id)), module.typedef(TypedefId(id)));
        let _ = (
            module.import(ImportId(id)),
            module.export(ExportId(id)),
            module.static_(StaticId(id)),
        );
    }
    let _ = (
        module.module_name(),
        module.module_version(),
        module.metadata(),
        module.entry(),
    );
}
