//! What a host does with values between calls: cases, statics, callable values, values that it makes and reads, limits.

use std::time::Duration;

use foxvm::{Engine, Fault, Param, Value, Visit};

use crate::harness::*;

const SHAPES: &str = "module \"shapes\" lang machine
type Shape = union { Circle { r: int }, Empty }
static last: int mutable exported
export last = static last
static unset: int mutable exported
export unset = static unset
fn circle(r: int) export {
 load r
 case Shape Circle
 ret
}
fn empty() export {
 attr OnOutput
 attr since = \"1.2\"
 push (case Shape Empty)
 ret
}
fn adder() export {
 make_closure add 0
 ret
}
fn add(a: int, b: int) -> int {
 load a
 load b
 i64.add
 ret
}
fn keep(n: int) -> unit export {
 load n
 store_static last
 unit
 ret
}
fn is_empty(s: Shape) -> bool export {
 load s
 tag_is Shape Empty
 ret
}
fn name_of(x: dyn) export {
 load x
 get_name Name
 ret
}
";

#[test]
fn values_are_made_read_and_called_between_calls() {
    let engine = Engine::new();
    let (mut world, shapes) = bound(&engine, SHAPES);
    let circle = shapes.call(&mut world, "circle", &[Value::int(7)]).unwrap();
    let (name, fields) = world.case(&circle).unwrap().unwrap();
    assert_eq!(name, "Circle");
    assert_eq!(
        fields.iter().map(Value::as_int).collect::<Vec<_>>(),
        [Some(7)]
    );
    let empty = shapes.call(&mut world, "empty", &[]).unwrap();
    assert_eq!(world.case(&empty).unwrap().unwrap().0, "Empty");
    assert!(world.case(&Value::int(1)).unwrap().is_none());

    let own = shapes
        .param_case(&mut world, "is_empty", 0, "Empty")
        .unwrap();
    let yes = shapes
        .call(&mut world, "is_empty", &[own.unwrap()])
        .unwrap();
    assert!(world.read::<bool>(&yes).unwrap());
    for (export, case) in [
        ("is_empty", "Circle"),
        ("is_empty", "Square"),
        ("keep", "Empty"),
    ] {
        assert!(
            shapes
                .param_case(&mut world, export, 0, case)
                .unwrap()
                .is_none()
        );
    }

    let add = shapes.call(&mut world, "adder", &[]).unwrap();
    let sum = world.call(&add, &[Value::int(2), Value::int(3)]).unwrap();
    assert_eq!(sum.as_int(), Some(5));
    let error = world.call(&Value::int(1), &[]).unwrap_err();
    assert_eq!(fault_of(&error), Fault::Call);

    shapes.call(&mut world, "keep", &[Value::int(9)]).unwrap();
    let last = shapes.static_value(&mut world, "last").unwrap();
    assert_eq!(last.and_then(|value| value.as_int()), Some(9));
    assert!(shapes.static_value(&mut world, "unset").unwrap().is_none());
    assert!(shapes.static_value(&mut world, "circle").is_err());

    let made = world
        .build(|made| {
            made.push("Name")?;
            made.push("rubah")?;
            made.record(1)
        })
        .unwrap();
    let name = shapes
        .call(&mut world, "name_of", std::slice::from_ref(&made))
        .unwrap();
    assert_eq!(world.read::<String>(&name).unwrap(), "rubah");
    let seen = world
        .walk(&made, 1, |walk| {
            let mut seen = Vec::new();
            while let Some(visit) = walk.step()? {
                if let Visit::Text(text) = visit {
                    seen.push(text.to_owned());
                }
            }
            Ok(seen)
        })
        .unwrap();
    assert_eq!(seen, ["Name", "rubah"]);
}

#[test]
fn exports_tell_attributes_and_parameters() {
    let engine = Engine::new();
    let module = load(&engine, SHAPES);
    let exports = module.exports();
    let of = |name: &str| exports.iter().find(|export| export.name == name).unwrap();
    let attributes: Vec<(&str, Option<&str>)> = of("empty")
        .attributes
        .iter()
        .map(|attribute| (attribute.name.as_str(), attribute.text.as_deref()))
        .collect();
    assert_eq!(attributes, [("OnOutput", None), ("since", Some("1.2"))]);
    let named = |name: &str| Some(name.to_owned());
    let plain = Param {
        name: named("r"),
        ..Param::default()
    };
    assert_eq!(of("circle").params, [plain]);
    let shape = Param {
        name: named("s"),
        type_name: named("Shape"),
        cases: Some(vec!["Empty".to_owned()]),
        declared: of("is_empty").params[0].declared.clone(),
    };
    assert_eq!(shape.declared[0].name, "Shape");
    assert_eq!(of("is_empty").params, [shape]);
}

#[test]
fn limits_of_calls_may_change_between_them() {
    let engine = Engine::new();
    let (mut world, spin) = bound(&engine, LOOP);
    world.set_call_limits(Some(1_000), None);
    let error = spin.call(&mut world, "spin", &[]).unwrap_err();
    assert_eq!(fault_of(&error), Fault::Fuel);
    world.set_call_limits(None, Some(Duration::from_millis(20)));
    let error = spin.call(&mut world, "spin", &[]).unwrap_err();
    assert_eq!(fault_of(&error), Fault::Deadline);
    world.set_call_limits(Some(1_000_000), Some(Duration::from_secs(60)));
    let count = spin.function::<(i64,), i64>("count").unwrap();
    assert_eq!(count.call(&mut world, (1_000,)).unwrap(), 1_000);
}

/// A watched cell says what it held before it was first written; the watch ends with that, and what is frozen is not written.
#[test]
fn watched_cells_say_what_they_held() {
    let engine = Engine::new();
    let (mut world, cells) = bound(
        &engine,
        "module \"cells\" lang rhumb
fn make() export {\n push \"old\"\n box none\n cell_new\n box none\n ret\n}
fn put(cell: dyn, value: dyn) export {\n load cell\n load value\n cell_store_r 0\n unit\n box none\n ret\n}
fn fix(cell: dyn, value: dyn) export {\n load cell\n load value\n cell_store_r freeze\n unit\n box none\n ret\n}
",
    );
    let cell = cells.call(&mut world, "make", &[]).unwrap();
    let put = |world: &mut foxvm::World, name: &str, number: i64| {
        cells.call(world, name, &[cell.clone(), Value::int(number)])
    };
    let taken = |world: &mut foxvm::World| {
        let mut taken = Vec::new();
        while let Some(written) = world.written_cell().unwrap() {
            taken.push((world.display(&written.held).unwrap(), written.frozen));
        }
        taken
    };
    put(&mut world, "put", 1).unwrap();
    assert_eq!(taken(&mut world), [], "not watched yet");
    world.watch_cell(&cell).unwrap();
    world.watch_cell(&cell).unwrap();
    assert_eq!(taken(&mut world), [], "not written yet");
    // What it held is rooted, and the second write is none of the watch's.
    world.collect_always(true);
    put(&mut world, "put", 2).unwrap();
    put(&mut world, "put", 3).unwrap();
    world.collect_always(false);
    assert_eq!(taken(&mut world), [("1".to_owned(), false)]);
    put(&mut world, "put", 4).unwrap();
    assert_eq!(taken(&mut world), [], "the watch has ended");
    world.watch_cell(&cell).unwrap();
    put(&mut world, "fix", 5).unwrap();
    assert_eq!(taken(&mut world), [("4".to_owned(), false)]);
    world.watch_cell(&cell).unwrap();
    assert_eq!(
        fault_of(&put(&mut world, "put", 6).unwrap_err()),
        Fault::Write
    );
    assert_eq!(taken(&mut world), [], "a write that is refused is none");
    // The host's own writes are none of the program's.
    world.set_cell(&cell, &Value::int(7), false).unwrap();
    assert_eq!(taken(&mut world), []);
    put(&mut world, "put", 8).unwrap();
    assert_eq!(taken(&mut world), [("7".to_owned(), false)]);
    world.watch_cell(&Value::int(1)).unwrap();
}
