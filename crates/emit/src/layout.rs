//! From what was interned to tables: names sorted, pools filled, one layout.

use crate::constant::Pools;
use crate::error::EmitError;
use crate::module::{Attribute, ModuleBuilder};
use fzb::tables::{
    AttrRec, CaseRec, ExportRec, FieldRec, FuncId, FuncRec, ImportRec, NONE, NameId, Range,
    StaticRec, TableRec, Tables, TypeKind, TypeRec, TypedefRec,
};

impl ModuleBuilder {
    /// The tables of the module in canonical layout.
    ///
    /// # Errors
    /// The first error of the module or of one of its functions.
    pub fn finish(self) -> Result<Tables, EmitError> {
        let inner = self.inner.into_inner();
        if let Some(error) = inner.error {
            return Err(error);
        }
        let mut order: Vec<u32> = (0..inner.names.len() as u32).collect();
        order.sort_by(|a, b| {
            inner
                .names
                .get(*a as usize)
                .cmp(&inner.names.get(*b as usize))
        });
        let mut names = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            if let Some(slot) = names.get_mut(*old as usize) {
                *slot = new as u32;
            }
        }
        let mut tables = Tables::new(&inner.name, inner.lang);
        let (mut words, mut strings, mut bytes) =
            (Vec::new(), std::mem::take(&mut tables.strings), Vec::new());
        let mut pools = Pools {
            words: &mut words,
            strings: &mut strings,
            bytes: &mut bytes,
            names: &names,
        };
        tables.module_version = pools.string(&inner.version);
        tables.metadata = pools.bytes(&inner.metadata);
        tables.entry = inner.entry.map_or(NONE, |id| id.0);
        for old in &order {
            let text = inner.names.get(*old as usize).map_or("", String::as_str);
            tables.names.push(pools.string(text));
        }
        for key in &inner.types {
            let mut args = key.args.clone();
            let mut arg = key.arg;
            match key.kind {
                TypeKind::Row => {
                    for name in args.iter_mut().step_by(2) {
                        *name = pools.name(NameId(*name));
                    }
                }
                TypeKind::Opaque => arg = pools.name(NameId(arg)),
                _ => {}
            }
            tables.types.push(TypeRec {
                kind: key.kind as u32,
                arg,
                args: pools.words(args),
            });
        }
        for def in &inner.typedefs {
            let Some(cases) = &def.cases else {
                return Err(EmitError::Invalid {
                    what: "a type definition was declared and never defined",
                });
            };
            let start = tables.cases.len() as u32;
            for case in cases {
                let first = tables.fields.len() as u32;
                tables
                    .fields
                    .extend(case.fields.iter().map(|field| FieldRec {
                        name: pools.name(field.name),
                        ty: field.ty.0,
                        flags: field.flags,
                    }));
                tables.cases.push(CaseRec {
                    name: pools.name(case.name),
                    fields: Range {
                        start: first,
                        len: case.fields.len() as u32,
                    },
                });
            }
            tables.typedefs.push(TypedefRec {
                kind: def.kind as u32,
                name: pools.name(def.name),
                cases: Range {
                    start,
                    len: cases.len() as u32,
                },
                params: def.params,
            });
        }
        for value in &inner.consts {
            tables.constants.push(value.record(&mut pools));
        }
        let mut lines = Vec::new();
        let mut locals = Vec::new();
        for (index, function) in inner.functions.iter().enumerate() {
            let id = FuncId(index as u32);
            let Some(code) = &function.code else {
                return Err(EmitError::Unfinished(id));
            };
            let signature = &function.signature;
            let params: Vec<u32> = signature
                .params
                .iter()
                .flat_map(|param| [param.ty.0, param.name.map_or(NONE, |name| pools.name(name))])
                .collect();
            let captures: Vec<u32> = signature
                .captures
                .iter()
                .flat_map(|capture| [capture.ty.0, u32::from(capture.cell)])
                .collect();
            let tables_start = tables.tables.len() as u32;
            for (kind, entries) in &code.tables {
                let entries = pools.words(entries.iter().copied());
                tables.tables.push(TableRec {
                    kind: *kind,
                    entries,
                });
            }
            let start = tables.code.len();
            tables.code.extend_from_slice(&code.bytes);
            for at in &code.names {
                let at = start + *at as usize;
                if let Some(slot) = tables.code.get_mut(at..at + 4) {
                    let old = u32::from_le_bytes([slot[0], slot[1], slot[2], slot[3]]);
                    slot.copy_from_slice(&pools.name(NameId(old)).to_le_bytes());
                }
            }
            let attributes = attributes(&mut tables, &pools, &function.attributes);
            tables.functions.push(FuncRec {
                name: signature.name.map_or(NONE, |name| pools.name(name)),
                params: pools.words(params),
                result: signature.result.0,
                policy: signature.policy as u32,
                arity: signature.arity as u32,
                flags: signature.flags,
                locals: pools.words(code.locals.iter().map(|ty| ty.0)),
                captures: pools.words(captures),
                max_stack: code.max_stack,
                code: Range {
                    start: start as u32,
                    len: code.bytes.len() as u32,
                },
                tables: Range {
                    start: tables_start,
                    len: code.tables.len() as u32,
                },
                attributes,
            });
            code.debug_records(id, &pools, &mut lines, &mut locals);
        }
        tables.lines = lines;
        tables.locals = locals;
        for (name, ty, flags) in &inner.statics {
            tables.statics.push(StaticRec {
                name: pools.name(*name),
                ty: ty.0,
                flags: *flags,
            });
        }
        for import in &inner.imports {
            let caps: Vec<u32> = import.caps.iter().map(|name| pools.name(*name)).collect();
            tables.imports.push(ImportRec {
                kind: import.kind as u32,
                name: import.name.map_or(NONE, |name| pools.name(name)),
                module: import.module.map_or(NONE, |name| pools.name(name)),
                params: pools.words(import.params.iter().map(|ty| ty.0)),
                result: import.result.0,
                caps: pools.words(caps),
                flags: u32::from(import.optional),
            });
        }
        // A map sorted by text gives them in the order of their names' numbers.
        for (name, export) in &inner.exports {
            let attributes = attributes(&mut tables, &pools, &export.attributes);
            let name = inner.name_ids.get(name).map_or(NONE, |id| pools.name(*id));
            tables.exports.push(ExportRec {
                name,
                kind: export.kind as u32,
                index: export.index,
                attributes,
            });
        }
        inner.debug.records(&mut pools, &mut tables);
        (tables.words, tables.strings, tables.bytes) = (words, strings, bytes);
        fzb::text::layout::canonical(&tables).ok_or(EmitError::Limit {
            what: "the module's contents",
        })
    }
}

fn attributes(tables: &mut Tables, pools: &Pools<'_>, attributes: &[Attribute]) -> Range {
    let start = tables.attributes.len() as u32;
    tables
        .attributes
        .extend(attributes.iter().map(|(name, value)| AttrRec {
            name: pools.name(*name),
            value: value.map_or(NONE, |id| id.0),
        }));
    Range {
        start,
        len: attributes.len() as u32,
    }
}
