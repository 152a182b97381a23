//! A World in which every function of the table can be called with dynamic values, as a language without types does.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Cursor;

use foxvm::{
    Capability, Context, Date, Engine, Error, Fault, Instance, Limits, Native, Span, Value, World,
};
use stdlib::{Library, Settings};

/// An argument or part of one.
#[derive(Clone, Debug)]
pub enum Arg {
    Empty,
    Int(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    Date(i64),
    Span(i64),
    /// The value of a JSON text.
    Json(String),
    /// A value that no function takes but those that look at nothing.
    Strange,
}

pub fn int(number: i64) -> Arg {
    Arg::Int(number)
}
pub fn float(number: f64) -> Arg {
    Arg::Float(number)
}
pub fn text(text: impl Into<String>) -> Arg {
    Arg::Text(text.into())
}
pub fn json(text: impl Into<String>) -> Arg {
    Arg::Json(text.into())
}

/// A World with the library.
pub struct Runner {
    pub world: World,
    instance: Instance,
    calls: BTreeMap<String, String>,
    pub library: Library,
    /// The functions are Rhumb's.
    rhumb: bool,
}

/// The text of a module that imports everything and exports a function per import: `f0`, `f1` and so on.
fn source(library: &Library, lang: &str, optional: bool) -> (String, BTreeMap<String, String>) {
    let mut imports = String::new();
    let mut functions = String::new();
    let mut calls = BTreeMap::new();
    let strange = ("test.strange".to_owned(), 0);
    let all = library.table().into_iter().flat_map(|group| group.natives);
    let all = all.map(|native| (native.name().to_owned(), native.signature().params.len()));
    for (index, (name, count)) in all.chain([strange]).enumerate() {
        let types = vec!["dyn"; count].join(", ");
        let word = if optional { " optional" } else { "" };
        let _ = writeln!(
            imports,
            "import i{index} host \"{name}\" ({types}) -> dyn{word}"
        );
        let params: Vec<String> = (0..count).map(|at| format!("p{at}: dyn")).collect();
        let _ = writeln!(functions, "fn f{index}({}) export {{", params.join(", "));
        for at in 0..count {
            let _ = writeln!(functions, "    load p{at}");
        }
        let _ = writeln!(functions, "    call_ffi i{index}\n    ret\n}}");
        calls.insert(name, format!("f{index}"));
    }
    (
        format!("module \"all\" lang {lang}\n{imports}{functions}"),
        calls,
    )
}

/// An Engine with the library and the strange value.
pub fn engine(library: &Library) -> Engine {
    let engine = Engine::new();
    library.register(&engine).expect("the table registers");
    engine
        .register(Native::new(
            "test.strange",
            |cx: &mut Context<'_>| -> Result<Value, Error> { cx.open(1, ()) },
        ))
        .expect("a function");
    engine
}

/// Settings of the tests.
pub fn settings() -> Settings {
    Settings::new()
        .seed(7)
        .arguments(vec!["first".to_owned(), "zweites".to_owned()])
        .input(Cursor::new(b"one\r\ntwo\n\nlast".to_vec()))
}

impl Runner {
    /// All granted.
    pub fn new(lang: &str) -> Runner {
        Runner::with(lang, settings(), &Capability::all(), Limits::plugin())
    }

    pub fn with(lang: &str, settings: Settings, granted: &[Capability], limits: Limits) -> Runner {
        let library = Library::new(settings);
        let engine = engine(&library);
        let (source, calls) = source(&library, lang, true);
        let bytes = engine
            .assemble(&source)
            .unwrap_or_else(|error| panic!("{error}\n{source}"));
        let module = engine.load(bytes).expect("a good module");
        let mut world = engine.world(limits, granted).expect("a World");
        let instance = world.bind(&module).expect("a linked module");
        Runner {
            world,
            instance,
            calls,
            library,
            rhumb: lang == "rhumb",
        }
    }

    pub fn value(&mut self, arg: &Arg) -> Value {
        match arg {
            Arg::Empty => Value::empty(),
            Arg::Int(number) => Value::int(*number),
            Arg::Float(number) => Value::float(*number),
            Arg::Text(text) => self.world.value(text.as_str()).unwrap(),
            Arg::Bytes(bytes) => self.world.value(bytes.as_slice()).unwrap(),
            Arg::Date(ns) => self.world.value(Date(*ns)).unwrap(),
            Arg::Span(ns) => self.world.value(Span(*ns)).unwrap(),
            Arg::Json(source) => {
                let source = self.world.value(source.as_str()).unwrap();
                self.call_values("json.parse", &[source]).unwrap()
            }
            Arg::Strange => self.call_values("test.strange", &[]).unwrap(),
        }
    }

    pub fn call_values(&mut self, name: &str, args: &[Value]) -> Result<Value, Error> {
        let export = self
            .calls
            .get(name)
            .unwrap_or_else(|| panic!("no function {name}"));
        self.instance.call(&mut self.world, export, args)
    }

    pub fn call(&mut self, name: &str, args: &[Arg]) -> Result<Value, Error> {
        let values: Vec<Value> = args.iter().map(|arg| self.value(arg)).collect();
        self.call_values(name, &values)
    }

    /// A value as JSON, bytes as digits, all else as it is displayed.
    pub fn shown(&mut self, value: &Value) -> String {
        if let Ok(text) = self.call_values("json.write", std::slice::from_ref(value)) {
            return self.world.read::<String>(&text).unwrap();
        }
        if let Ok(text) = self.call_values("hex.encode", std::slice::from_ref(value)) {
            return self.world.read::<String>(&text).unwrap();
        }
        self.world.display(value).unwrap()
    }

    /// What a call comes to.
    pub fn of(&mut self, name: &str, args: &[Arg]) -> String {
        match self.call(name, args) {
            Ok(value) => self.shown(&value),
            Err(error) => panic!("{name} {args:?}: {error}"),
        }
    }

    /// The fault and message with which a call ends.
    pub fn fails(&mut self, name: &str, args: &[Arg]) -> (Fault, String) {
        match self.call(name, args) {
            Ok(value) => panic!("{name} {args:?} came to {}", self.shown(&value)),
            Err(error) => {
                let report = error.fault().unwrap_or_else(|| panic!("{error}"));
                let mut message = report.message.clone();
                // Rhumb's messages name the routine that stands for a host function; here that is an export.
                if self.rhumb {
                    let said = message.strip_prefix("panic: ").unwrap_or(&message);
                    let called = format!("{}: ", self.calls[name]);
                    if let Some(reason) = said.strip_prefix(&called) {
                        message = format!("{name}: {reason}");
                    }
                }
                (report.fault, message)
            }
        }
    }
}

/// A folder of its own for a test, removed at its end.
pub struct Place(pub std::path::PathBuf);

impl Place {
    pub fn new(name: &str) -> Place {
        let path = std::env::temp_dir().join(format!("fox-stdlib-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Place(path.canonicalize().unwrap())
    }
    pub fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
