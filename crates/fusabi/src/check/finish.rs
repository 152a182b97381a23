//! The output: final types, what was left open, and the tables.

use super::codes;
use super::field::Found;
use super::load::Checked;
use super::state::{Checker, FileState};
use crate::tree::IntKind;
use crate::typed::{
    DefinedId, Field, FieldStorage, Format, Forms, Index, Meaning, NameId, Operand, Program, Table,
    TypeForm, TypeIndex, TypeShape, TypedFile,
};
use crate::types::{Freezer, Node, Ty};

/// A field whose type is filled in at the end.
pub fn unfilled_field(name: NameId) -> Field {
    Field {
        name,
        ty: TypeIndex::from_index(0),
        mutable: false,
        storage: FieldStorage::Uniform,
    }
}

impl Checker<'_> {
    /// Ends the check.
    pub fn finish(mut self, mut files: Vec<FileState>) -> Checked {
        for file in &mut files {
            std::mem::swap(&mut self.file, file);
            self.close_fields();
            std::mem::swap(&mut self.file, file);
        }
        self.types.default_numbers();
        for file in &mut files {
            std::mem::swap(&mut self.file, file);
            self.close_operators();
            let matches = std::mem::take(&mut self.file.matches);
            self.look_through(matches);
            std::mem::swap(&mut self.file, file);
        }
        self.unsolved(&mut files);
        let main = files.last().map(|file| file.index);
        let signatures = self.signatures(main);
        self.problems
            .sort_by_key(|problem| (problem.file, problem.span));
        let failed = files.iter().any(|file| file.parsed.has_errors())
            || self.problems.iter().any(|problem| !problem.warning);
        let texts = files
            .iter()
            .map(|file| (file.name.clone(), file.parsed.clone()))
            .collect();
        let problems = std::mem::take(&mut self.problems);
        let program = (!failed).then(|| self.program(files));
        Checked {
            program,
            files: texts,
            problems,
            signatures,
        }
    }

    /// `val f : int -> int` for each value of the main file.
    fn signatures(&self, main: Option<crate::typed::FileIndex>) -> Vec<String> {
        self.globals
            .iter()
            .filter(|(_, (row, _))| Some(row.definition.file) == main)
            .map(|(_, (row, scheme))| {
                let mutable = if row.mutable { "mutable " } else { "" };
                let name = self.names.text(row.name);
                format!("val {mutable}{name} : {}", self.show(scheme.ty))
            })
            .collect()
    }

    /// Fields of values whose type became known later.
    fn close_fields(&mut self) {
        for (node, target, name) in std::mem::take(&mut self.file.fields) {
            let meaning = match self.find_field(target, name) {
                Some(Found::Field(id, at, _)) => Meaning::Field(id, at),
                Some(Found::Member(member, _)) => Meaning::Member(member),
                Some(Found::Methods(ids, args)) => {
                    let wanted = self.file.expr_types.get(node.index()).copied().flatten();
                    let mut chosen = ids.first().copied();
                    if let (Some(wanted), true) = (wanted, ids.len() > 1) {
                        for id in ids {
                            let mark = self.types.attempt();
                            let ty = self.library_type(id, &args);
                            let fits = self.types.unify(wanted, ty).is_ok();
                            if fits {
                                self.types.keep(mark);
                                chosen = Some(id);
                                break;
                            }
                            self.types.undo(mark);
                        }
                    }
                    match chosen {
                        Some(id) => Meaning::Method(id),
                        None => continue,
                    }
                }
                Some(Found::Host(id)) => {
                    if let Some((row, _)) = self.host.get_mut(id) {
                        row.used = true;
                    }
                    Meaning::Host(id)
                }
                _ => Meaning::NamedField,
            };
            self.mean(node, meaning);
        }
        for (node, ty, _) in std::mem::take(&mut self.file.walks) {
            if let Some((_, how)) = self.elements(ty) {
                self.mean(node, Meaning::Walk(how));
            }
        }
    }

    fn close_operators(&mut self) {
        for pending in std::mem::take(&mut self.file.operators) {
            let operand = self.operand(pending.operand);
            let meaning = if pending.as_value {
                Meaning::OperatorValue(pending.operator, operand)
            } else {
                Meaning::Operator(pending.operator, operand)
            };
            self.mean(pending.node, meaning);
        }
    }

    fn operand(&self, ty: Ty) -> Operand {
        let id = match self.types.node(ty) {
            Node::Named(id, _) => id,
            Node::Variable(variable) if variable.numbers.is_constraint() => {
                variable.numbers.default_type().unwrap_or(DefinedId::INT)
            }
            Node::Parameter(id) => {
                return if self.rows.numbers.contains_key(&id) {
                    Operand::AnyNumber
                } else {
                    Operand::Structural
                };
            }
            _ => return Operand::Structural,
        };
        match id {
            DefinedId::INT => Operand::Int,
            DefinedId::SBYTE => Operand::Sized(IntKind::I8),
            DefinedId::BYTE => Operand::Sized(IntKind::U8),
            DefinedId::INT16 => Operand::Sized(IntKind::I16),
            DefinedId::UINT16 => Operand::Sized(IntKind::U16),
            DefinedId::INT32 => Operand::Sized(IntKind::I32),
            DefinedId::UINT32 => Operand::Sized(IntKind::U32),
            DefinedId::UINT64 => Operand::Sized(IntKind::U64),
            DefinedId::FLOAT => Operand::Float,
            DefinedId::FLOAT32 => Operand::Float32,
            DefinedId::STRING => Operand::String,
            DefinedId::CHAR => Operand::Char,
            DefinedId::BOOL => Operand::Bool,
            _ => Operand::Structural,
        }
    }

    /// Module values whose type nothing ever said (FB0030).
    fn unsolved(&mut self, files: &mut [FileState]) {
        let rows: Vec<_> = self
            .globals
            .iter()
            .map(|(_, (row, scheme))| (row.name, row.definition, scheme.ty))
            .collect();
        for (name, definition, ty) in rows {
            let mut work = vec![ty];
            let mut seen = std::collections::HashSet::new();
            let mut open = false;
            while let Some(ty) = work.pop() {
                let root = self.types.root(ty);
                if !seen.insert(root) {
                    continue;
                }
                match self.types.node(root) {
                    Node::Variable(variable) => {
                        open |= !variable.numbers.is_constraint() && variable.row.is_none();
                    }
                    Node::Named(_, items) | Node::Tuple(items) => {
                        work.extend_from_slice(self.types.items(items))
                    }
                    Node::Record(items) => {
                        work.extend(self.types.fields(items).iter().map(|field| field.1))
                    }
                    // What a function takes can be anything where the function itself is one of a failed expression.
                    Node::Function(from, to) => work.extend([from, to]),
                    _ => {}
                }
            }
            let has_errors = self.problems.iter().any(|problem| !problem.warning);
            if open && !has_errors && files.iter().any(|file| file.index == definition.file) {
                let shown = self.show(ty);
                let text = self.names.text(name).to_owned();
                let problem = super::Problem::error(
                    codes::VALUE_RESTRICTION,
                    definition.file,
                    definition.span,
                )
                .arg("name", text)
                .arg("type", shown);
                self.report(problem);
            }
        }
    }

    /// Fills the tables.
    fn program(self, files: Vec<FileState>) -> Program {
        let Checker {
            mut names,
            mut types,
            mut parameters,
            rows,
            defined,
            cases,
            members,
            globals,
            functions,
            host,
            steps,
            unit,
            has_result,
            ..
        } = self;
        let mut forms = Forms::default();
        let mut freezer = Freezer::new(&mut types, &mut forms, &mut parameters, &rows, &mut names);
        // Row 0 is `unit`: the type of what has no value.
        let unit = freezer.freeze(unit);
        let typed_files: Vec<TypedFile> = files
            .into_iter()
            .map(|file| typed_file(file, &mut freezer, unit))
            .collect();
        let mut case_rows: Table<crate::typed::CaseId, crate::typed::Case> = Table::default();
        for (_, info) in cases.iter() {
            let mut row = info.row.clone();
            for (field, &ty) in row.fields.iter_mut().zip(&info.fields) {
                field.ty = freezer.freeze(ty);
            }
            case_rows.push(row);
        }
        let mut type_rows: Table<DefinedId, crate::typed::DefinedType> = Table::default();
        for (_, info) in defined.iter() {
            let mut row = info.row.clone();
            match &mut row.shape {
                TypeShape::Record(fields) => {
                    *fields = info
                        .fields
                        .iter()
                        .map(|&(name, ty, mutable)| Field {
                            ty: freezer.freeze(ty),
                            mutable,
                            ..unfilled_field(name)
                        })
                        .collect();
                }
                TypeShape::Object { argument, .. } => {
                    *argument = info.argument.map_or(unit, |ty| freezer.freeze(ty));
                }
                _ => {}
            }
            type_rows.push(row);
        }
        let mut member_rows = Table::default();
        for (_, info) in members.iter() {
            let mut row = info.row.clone();
            row.ty = freezer.freeze(info.scheme.ty);
            member_rows.push(row);
        }
        let mut global_rows = Table::default();
        for (_, (row, scheme)) in globals.iter() {
            let mut row = row.clone();
            row.ty = freezer.freeze(scheme.ty);
            global_rows.push(row);
        }
        let mut function_rows = Table::default();
        for (_, info) in functions.iter() {
            let mut row = info.row.clone();
            row.result = freezer.freeze(info.result);
            function_rows.push(row);
        }
        let mut host_rows = Table::default();
        for (_, (row, scheme)) in host.iter() {
            let mut row = row.clone();
            row.ty = freezer.freeze(scheme.ty);
            host_rows.push(row);
        }
        drop(freezer);
        let storage = |field: &mut Field| field.storage = storage_of(&forms, field.ty);
        let mut finished_types = Table::default();
        for (_, row) in type_rows.iter() {
            let mut row: crate::typed::DefinedType = row.clone();
            if let TypeShape::Record(fields) = &mut row.shape {
                fields.iter_mut().for_each(storage);
            }
            finished_types.push(row);
        }
        let mut finished_cases = Table::default();
        for (_, row) in case_rows.iter() {
            let mut row: crate::typed::Case = row.clone();
            row.fields.iter_mut().for_each(storage);
            finished_cases.push(row);
        }
        let mut file_table = Table::default();
        for file in typed_files {
            file_table.push(file);
        }
        Program {
            names,
            files: file_table,
            forms,
            parameters,
            types: finished_types,
            cases: finished_cases,
            members: member_rows,
            globals: global_rows,
            functions: function_rows,
            host: host_rows,
            steps,
            has_result,
        }
    }
}

fn storage_of(forms: &Forms, ty: TypeIndex) -> FieldStorage {
    match forms.get(ty) {
        Some(TypeForm::Named(DefinedId::INT, _)) => FieldStorage::Int,
        Some(TypeForm::Named(DefinedId::FLOAT, _)) => FieldStorage::Float,
        Some(TypeForm::Named(DefinedId::BOOL, _)) => FieldStorage::Bool,
        _ => FieldStorage::Uniform,
    }
}

fn typed_file(file: FileState, freezer: &mut Freezer<'_>, unit: TypeIndex) -> TypedFile {
    let exprs = file.parsed.tree.expr_count();
    let patterns = file.parsed.tree.pattern_count();
    let mut meanings = file.meanings;
    meanings.resize(exprs, Meaning::Plain);
    let mut binds = file.binds;
    binds.resize(patterns, crate::typed::Binds::Plain);
    let table = |types: Vec<Option<Ty>>, count: usize, freezer: &mut Freezer<'_>| {
        let mut rows: Vec<TypeIndex> = types
            .into_iter()
            .map(|ty| ty.map_or(unit, |ty| freezer.freeze(ty)))
            .collect();
        rows.resize(count, unit);
        rows
    };
    let expr_types = table(file.expr_types, exprs, freezer);
    let pattern_types = table(file.pattern_types, patterns, freezer);
    let mut locals = Table::default();
    for (_, (row, scheme)) in file.locals.iter() {
        let mut row = row.clone();
        row.ty = freezer.freeze(scheme.ty);
        locals.push(row);
    }
    let mut formats = Table::default();
    for (parts, values) in file.formats {
        formats.push(Format {
            parts,
            values: values.into_iter().map(|ty| freezer.freeze(ty)).collect(),
        });
    }
    let mut instances: Vec<_> = file
        .instances
        .into_iter()
        .map(|(node, types)| {
            let types: Box<[TypeIndex]> = types.into_iter().map(|ty| freezer.freeze(ty)).collect();
            (node, types)
        })
        .collect();
    instances.sort_by_key(|row| row.0);
    instances.dedup_by_key(|row| row.0);
    let mut functions = file.heads;
    functions.sort_by_key(|row| row.0);
    let mut implicit = file.implicit;
    implicit.sort();
    implicit.dedup();
    TypedFile {
        name: file.name,
        parsed: file.parsed,
        modules: file.modules.into(),
        expr_types,
        meanings,
        pattern_types,
        binds,
        locals,
        formats,
        active: file.active,
        instances,
        functions,
        implicit_yields: implicit,
    }
}
