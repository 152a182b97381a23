//! Values at typed borders: what a host answers becomes what the module declares (docs/specs/machine.md §9).

use foxvm::{Context, Engine, Error, Fault, Type, Value};

use crate::harness::*;

const TYPES: &str = "module \"typed\" lang machine
type Option params 1 = union { None, Some { Value: var 0 } }
type Cell = record { Char: char, Ink: Color, Note: Option[text] }
type Color = union { Red, Green, Mixed { parts: list[int] } }
type Wide = record { Char: char, Missing: int }
";

/// An engine whose `give` answers neutral values, by number.
fn giving() -> Engine {
    let engine = Engine::new();
    let give = |cx: &mut Context<'_>, what: i64| -> Result<Value, Error> {
        let mut made = cx.builder();
        match what {
            0 => return Ok(Value::empty()),
            1 => {
                made.push("Char")?;
                made.push("x")?;
                made.push("Ink")?;
                made.push("Green")?;
                made.record(2)?;
            }
            2 => {
                for number in 1..=3 {
                    made.push(number)?;
                }
                made.list(3)?;
            }
            3 => made.push("yes")?,
            _ => {
                made.push("too")?;
                made.push("far")?;
                made.map(1)?;
            }
        }
        made.finish()
    };
    engine.function("give", give).unwrap();
    engine
}

/// A module that gives what `give` answers as a declared type to a body.
fn taking(declared: &str, what: i64, body: &str) -> String {
    format!(
        "{TYPES}import give host \"give\" (int) -> {declared}\nfn run() export {{\n push {what}\n call_ffi give\n {body}\n ret\n}}\n"
    )
}

fn run<R: foxvm::FromFox>(declared: &str, what: i64, body: &str) -> Result<R, Error> {
    let (mut world, instance) = bound(&giving(), &taking(declared, what, body));
    let plain = instance.call(&mut world, "run", &[]);
    // Nothing that is made on the way may be lost to a collection.
    world.collect_always(true);
    let again = instance.call(&mut world, "run", &[]);
    assert_eq!(plain.is_ok(), again.is_ok());
    let value = again?;
    world.read(&value)
}

#[test]
fn options_are_cases_of_the_modules_own_union() {
    for (what, some, none) in [(0, false, true), (3, true, false)] {
        let of = |case: &str| run::<bool>("Option[text]", what, &format!("tag_is Option {case}"));
        assert_eq!(of("Some").unwrap(), some, "{what}");
        assert_eq!(of("None").unwrap(), none, "{what}");
    }
    let held = run::<String>("Option[text]", 3, "get_case Option Some Value").unwrap();
    assert_eq!(held, "yes");
    // A record inside of an option.
    let inside = run::<char>(
        "Option[Cell]",
        1,
        "get_case Option Some Value\n cast Cell\n get_slot Cell Char",
    );
    assert_eq!(inside.unwrap(), 'x');
}

#[test]
fn records_are_made_of_members_by_name() {
    assert_eq!(run::<char>("Cell", 1, "get_slot Cell Char").unwrap(), 'x');
    assert!(run::<bool>("Cell", 1, "get_slot Cell Ink\n tag_is Color Green").unwrap());
    // What the host does not say is `None` where the field may be that, else a fault that names it.
    assert!(run::<bool>("Cell", 1, "get_slot Cell Note\n tag_is Option None").unwrap());
    let error = run::<char>("Wide", 1, "get_slot Wide Char").unwrap_err();
    assert_eq!(fault_of(&error), Fault::Type);
    assert!(error.to_string().contains("Wide.Missing"), "{error}");
}

#[test]
fn sequences_are_lists_arrays_and_tuples() {
    let length = run::<i64>("list[int]", 2, "intrinsic list.length");
    assert_eq!(length.unwrap(), 3);
    let second = run::<i64>("array[int]", 2, "push 1\n arr_get i64");
    assert_eq!(second.unwrap(), 2);
    let third = run::<i64>("(int, int, int)", 2, "tuple_get 2");
    assert_eq!(third.unwrap(), 3);
    let error = run::<i64>("(int, int)", 2, "tuple_get 1").unwrap_err();
    assert_eq!(fault_of(&error), Fault::Type);
    let error = run::<i64>("array[float]", 2, "push 1\n arr_get f64\n pop\n push 1").unwrap_err();
    assert_eq!(fault_of(&error), Fault::Type);
}

#[test]
fn texts_name_cases_and_unit_is_empty() {
    let error = run::<bool>("Color", 3, "tag_is Color Red").unwrap_err();
    assert_eq!(fault_of(&error), Fault::Type);
    let nothing = run::<bool>("unit", 3, "pop\n true");
    assert!(nothing.unwrap());
    let error = run::<i64>("list[int]", 4, "intrinsic list.length").unwrap_err();
    assert_eq!(fault_of(&error), Fault::Type);
}

#[test]
fn a_type_that_holds_itself_ends() {
    let source = "module \"deep\" lang machine
type Nest = record { next: Nest }
import give host \"give\" () -> Nest
fn run() export {\n call_ffi give\n ret\n}
";
    let engine = Engine::new();
    let give = |cx: &mut Context<'_>| -> Result<Value, Error> {
        let mut made = cx.builder();
        made.push(0)?;
        for _ in 0..40 {
            let inner = made.finish()?;
            made = cx.builder();
            made.push("next")?;
            made.push(inner)?;
            made.record(1)?;
        }
        made.finish()
    };
    engine.function("give", give).unwrap();
    let (mut world, instance) = bound(&engine, source);
    let error = instance.call(&mut world, "run", &[]).unwrap_err();
    assert_eq!(fault_of(&error), Fault::Type);
}

#[test]
fn arguments_become_what_parameters_declare() {
    let source = format!(
        "{TYPES}fn ink(cell: Cell) -> Color export {{\n load cell\n get_slot Cell Ink\n ret\n}}\n"
    );
    let (mut world, instance) = bound(&Engine::new(), &source);
    let neutral = world
        .build(|made| {
            made.push("Char")?;
            made.push("x")?;
            made.push("Ink")?;
            made.push("Red")?;
            made.record(2)
        })
        .unwrap();
    assert!(
        instance
            .call(&mut world, "ink", std::slice::from_ref(&neutral))
            .is_err()
    );
    let cell = instance
        .param_value(&mut world, "ink", 0, &neutral)
        .unwrap();
    let ink = instance
        .call(&mut world, "ink", std::slice::from_ref(&cell))
        .unwrap();
    assert_eq!(world.case(&ink).unwrap().unwrap().0, "Red");
    // What is of the type already is the same.
    let same = instance.param_value(&mut world, "ink", 0, &cell).unwrap();
    instance.call(&mut world, "ink", &[same]).unwrap();
    assert!(
        instance
            .param_value(&mut world, "ink", 0, &Value::int(3))
            .is_err()
    );
}

#[test]
fn a_module_tells_the_types_that_its_signatures_name() {
    let source = taking("Option[Cell]", 1, "pop\n unit");
    let module = load(&giving(), &source);
    let imports = module.imports();
    let gives = &imports.first().unwrap().gives;
    let mut names: Vec<&str> = gives.iter().map(|found| found.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Cell", "Color", "Option"]);
    let cell = gives.iter().find(|found| found.name == "Cell").unwrap();
    assert!(cell.record);
    let fields: Vec<_> = cell.cases[0]
        .fields
        .iter()
        .map(|field| (field.name.as_str(), field.ty, field.type_name.as_deref()))
        .collect();
    assert_eq!(
        fields,
        [
            ("Char", Type::Char, None),
            ("Ink", Type::Dyn, Some("Color")),
            ("Note", Type::Dyn, Some("Option")),
        ]
    );
}
