//! The tables that code generation reads: what names mean, captures, operators.

use fusabi::tree::Expr;
use fusabi::typed::{CallShape, Index, Meaning, Operand, Operator, Program, TypedFile};

use crate::run;

fn program(text: &str) -> Program {
    let checked = run(text);
    assert!(!checked.has_errors(), "{text}: {:?}", checked.problems);
    checked.program.expect("no errors")
}

fn main_file(program: &Program) -> &TypedFile {
    program.files.iter().last().expect("a main file").1
}

/// Meanings of all nodes but plain ones, in the order of the tree.
fn meanings(program: &Program) -> Vec<Meaning> {
    main_file(program).meanings.clone()
}

#[test]
fn operators_say_what_they_work_on() {
    for (text, operator, operand) in [
        ("1 + 2", Operator::Add, Operand::Int),
        ("1.0 * 2.0", Operator::Multiply, Operand::Float),
        ("\"a\" + \"b\"", Operator::Add, Operand::String),
        (
            "1uy - 2uy",
            Operator::Subtract,
            Operand::Sized(fusabi::tree::IntKind::U8),
        ),
        ("1 < 2", Operator::Less, Operand::Int),
        ("(1, 2) = (1, 2)", Operator::Equal, Operand::Structural),
        ("'a' = 'b'", Operator::Equal, Operand::Char),
        (
            "let f a b = a + b in f 1.0 2.0",
            Operator::Add,
            Operand::Float,
        ),
        ("let f a b = a + b in f", Operator::Add, Operand::Int),
        (
            "let inline f a b = a + b\nf 1 2",
            Operator::Add,
            Operand::AnyNumber,
        ),
    ] {
        let program = program(text);
        let meaning = Meaning::Operator(operator, operand);
        assert!(
            meanings(&program).contains(&meaning),
            "{text}: {:?}",
            meanings(&program)
        );
    }
}

#[test]
fn functions_capture_what_they_use() {
    let program =
        program("let f a =\n  let b = a + 1\n  let g c = fun d -> a + b + c + d\n  g\nlet h = f 1");
    let file = main_file(&program);
    let captures: Vec<Vec<&str>> = program
        .functions
        .iter()
        .map(|(_, function)| {
            function
                .captures
                .iter()
                .map(|&local| {
                    program
                        .names
                        .text(file.locals.get(local).expect("a local").name)
                })
                .collect()
        })
        .collect();
    assert_eq!(captures, [vec![], vec!["a", "b"], vec!["a", "b", "c"]]);
}

#[test]
fn fields_methods_and_calls_are_resolved() {
    let text = "type S = R of int * int\ntype P = { A: int; B: string }\nlet f (p: P) = p.B.Length\nlet a = R(1, 2)\nlet g r = r.A\nlet k = g { A = 1; B = \"\" }";
    let program = program(text);
    let found = meanings(&program);
    assert!(
        found
            .iter()
            .any(|meaning| matches!(meaning, Meaning::Field(_, 1)))
    );
    assert!(
        found
            .iter()
            .any(|meaning| matches!(meaning, Meaning::Method(_)))
    );
    assert!(found.contains(&Meaning::Call(CallShape::CaseFields)));
    assert!(found.contains(&Meaning::NamedField));
    assert!(
        found
            .iter()
            .any(|meaning| matches!(meaning, Meaning::RecordOf(_)))
    );
}

#[test]
fn every_row_is_there() {
    let program = program(
        "let (|E|O|) n = if n = 1 then E else O\nlet f = function E -> [for i in 1..2 -> i] | O -> []\nprintfn \"%d\" 3",
    );
    for (_, file) in program.files.iter() {
        let tree = &file.parsed.tree;
        assert_eq!(file.expr_types.len(), tree.expr_count());
        assert_eq!(file.meanings.len(), tree.expr_count());
        assert_eq!(file.pattern_types.len(), tree.pattern_count());
        assert_eq!(file.binds.len(), tree.pattern_count());
        for &ty in file.expr_types.iter().chain(&file.pattern_types) {
            assert!(program.forms.get(ty).is_some());
            assert!(ty.index() < program.forms.len());
        }
    }
}

#[test]
fn lambdas_and_bindings_have_their_functions() {
    let program = program("let f x = x\nlet g = fun y -> y\nlet h = List.map (fun z -> z) [1]");
    let file = main_file(&program);
    let tree = &file.parsed.tree;
    let lambdas = (0..tree.expr_count())
        .filter(|&at| matches!(file.meanings[at], Meaning::Function(_)))
        .count();
    assert_eq!(lambdas, 2);
    assert_eq!(file.functions.len(), 2);
    assert_eq!(program.functions.len(), 3);
    let named = program
        .globals
        .iter()
        .filter(|(_, global)| global.function.is_some())
        .count();
    assert_eq!(named, 2);
    assert!(matches!(tree.expr(first_expr(file)), Expr::Name(_)));
}

fn first_expr(file: &TypedFile) -> fusabi::tree::ExprId {
    let tree = &file.parsed.tree;
    match tree.decl(tree.decls()[0]) {
        fusabi::tree::Decl::Let { bindings, .. } => tree.list(bindings)[0].body,
        other => panic!("{other:?}"),
    }
}

#[test]
fn members_capture_the_variables_of_the_constructor() {
    let program = program(
        "type Add(by: int) =\n  member _.Run x = x + by\n  member _.Twice x = x + by + by\nlet r = Add(2).Run 3",
    );
    let file = main_file(&program);
    let captured: Vec<usize> = program
        .functions
        .iter()
        .map(|(_, function)| function.captures.len())
        .collect();
    assert_eq!(captured, [1, 1]);
    assert_eq!(
        file.locals
            .iter()
            .filter(|(_, local)| local.captured)
            .count(),
        1
    );
}
