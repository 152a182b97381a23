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
