//! Values of Fusabi given to functions, and what functions give to Fusabi.

mod support;

use foxvm::{Capability, Engine, Limits};
use stdlib::Library;

/// What `body`, whose last value is a text, comes to under policy Fusabi, with a collection at every allocation or not.
fn run(types: &str, imports: &str, body: &str) -> String {
    let shown = [false, true].map(|always| {
        let library = Library::new(support::settings());
        let engine: Engine = support::engine(&library);
        let lines: Vec<String> = body.lines().map(|line| format!("    {}", line.trim())).collect();
        let source = format!(
            "module \"run\" lang fusabi\n{imports}\n{types}\nfn main() -> text export {{\n{}\n    ret\n}}\n",
            lines.join("\n")
        );
        let bytes = engine.assemble(&source).unwrap_or_else(|error| panic!("{error}\n{source}"));
        let module = engine.load(bytes).unwrap();
        let mut world = engine.world(Limits::plugin(), &Capability::all()).unwrap();
        world.collect_always(always);
        let instance = world.bind(&module).unwrap();
        let text = instance.call(&mut world, "main", &[]).unwrap();
        world.read::<String>(&text).unwrap()
    });
    let [first, second] = shown;
    assert_eq!(first, second);
    first
}

const TYPES: &str = r#"type Opt = union { None, Some { value: dyn } }
type Shape = union { Point, Circle { r: dyn }, Rect { w: dyn, h: dyn } }
type R = record { b: dyn, a: dyn }
type "`map`" = union { Empty, Node { size: int, key: dyn, value: dyn, left: dyn, right: dyn } }
type "`set`" = union { Empty, Node { size: int, key: dyn, left: dyn, right: dyn } }
"#;

const WRITE: &str = "import write host \"json.write\" (dyn) -> text\nimport pretty host \"json.write_pretty\" (dyn, int) -> text";

#[test]
fn values_of_fusabi_have_a_form_in_json() {
    let write = |body: &str| run(TYPES, WRITE, &format!("{body}\ncall_ffi write"));
    assert_eq!(
        write("push 1\npush 'x'\ntuple 2\nunit\nrecord R"),
        r#"{"b":[1,"x"],"a":null}"#
    );
    assert_eq!(
        write(
            "case Opt None\npush 1\ncase Opt Some\ncase Opt Some\npush 2\ncase Shape Circle\npush 1\ncase Opt None\ncase Shape Rect\ncase Shape Point\nlist 5"
        ),
        r#"[null,1,{"Circle":2},{"Rect":[1,null]},"Point"]"#
    );
    let empty = "case \"`map`\" Empty";
    let node = |key: &str, left: &str| {
        format!("push 1\npush {key}\npush true\n{left}\n{empty}\ncase \"`map`\" Node")
    };
    assert_eq!(
        write(&node("\"b\"", &node("\"a\"", empty))),
        r#"{"a":true,"b":true}"#
    );
    assert_eq!(write(empty), "{}");
    assert_eq!(
        run(
            TYPES,
            WRITE,
            "push 1\nlist 1\npush 2\ncase Shape Rect\npush 3\ncase Opt Some\nrecord R\npush 1\ncall_ffi pretty"
        ),
        "{\n \"b\": {\n  \"Rect\": [\n   [\n    1\n   ],\n   2\n  ]\n },\n \"a\": 3\n}"
    );
}

#[test]
fn functions_give_lists_and_arrays() {
    let imports = r#"import split host "text.split" (text, text) -> list
import chars host "text.to_chars" (text) -> dyn
import spans host "regex.spans" (text, text) -> dyn
import parse host "json.parse" (text) -> dyn
import join host "text.join" (dyn, text) -> text"#;
    let shown = |body: &str| run(TYPES, imports, &format!("{body}\ndisplay canonical"));
    assert_eq!(
        shown("push \"a,b\"\npush \",\"\ncall_ffi split"),
        r#"["a"; "b"]"#
    );
    assert_eq!(shown("push \"ab\"\ncall_ffi chars"), "[|'a'; 'b'|]");
    assert_eq!(
        shown("push \"a12\"\npush \"[0-9]+\"\ncall_ffi spans"),
        "[|1; 3|]"
    );
    assert_eq!(
        shown("push \"{\\\"k\\\":[1,null]}\"\ncall_ffi parse"),
        r#"map [("k", [1; ()])]"#
    );
    let set = "push 2\npush \"b\"\npush 1\npush \"a\"\ncase \"`set`\" Empty\ncase \"`set`\" Empty\ncase \"`set`\" Node\ncase \"`set`\" Empty\ncase \"`set`\" Node\npush \"-\"\ncall_ffi join";
    assert_eq!(run(TYPES, imports, set), "a-b");
}

/// What the host is told of an exception that nothing catches.
fn uncaught(types: &str, body: &str) -> (foxvm::Fault, String) {
    let engine = support::engine(&Library::new(support::settings()));
    let lines: Vec<String> = body.lines().map(|line| format!("    {line}")).collect();
    let source = format!(
        "module \"run\" lang fusabi\n{types}\nfn main() export {{\n{}\n    throw\n}}\n",
        lines.join("\n")
    );
    let module = engine.load(engine.assemble(&source).unwrap()).unwrap();
    let mut world = engine.world(Limits::plugin(), &Capability::all()).unwrap();
    let instance = world.bind(&module).unwrap();
    let error = instance.call(&mut world, "main", &[]).unwrap_err();
    let report = error.fault().unwrap();
    (report.fault, report.message.clone())
}

#[test]
fn an_uncaught_exception_says_its_message() {
    let types = "type Failure = exception { message: text }\ntype Parse = exception { line: int, why: text }\n\
                 type Two = exception { a: text, b: text }\ntype Bare = exception { }";
    for (body, said) in [
        ("push \"boom\"\ncase Failure Failure", "boom"),
        ("push 3\npush \"bad\"\ncase Parse Parse", "Parse: bad"),
        ("push \"a\"\npush \"b\"\ncase Two Two", "Two (\"a\", \"b\")"),
        ("case Bare Bare", "Bare"),
    ] {
        assert_eq!(
            uncaught(types, body),
            (foxvm::Fault::User, said.to_owned()),
            "{body}"
        );
    }
}
