//! Parts of what `json.parse` gives, and the same put together: how languages with types get at it.

use foxvm::{Context, Error, Fault, Native, Number, Value, Visit};

use crate::failure;

pub(crate) fn natives() -> Vec<Native> {
    vec![
        kind::native(),
        has::native(),
        get::native(),
        count::native(),
        item::native(),
        items::native(),
        names::native(),
        object::native(),
        array::native(),
    ]
}

/// What JSON calls it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sort {
    Null,
    Bool,
    Int,
    Float,
    String,
    Array(usize),
    Object(usize),
}

fn sort(cx: &mut Context<'_>, value: &Value) -> Result<Sort, Error> {
    let mut walk = cx.walk(value, 1)?;
    Ok(match walk.step()? {
        Some(Visit::Empty) => Sort::Null,
        Some(Visit::Bool(_)) => Sort::Bool,
        Some(Visit::Number(Number::I64(_))) => Sort::Int,
        Some(Visit::Number(_)) => Sort::Float,
        Some(Visit::Text(_)) => Sort::String,
        Some(Visit::List(count)) => Sort::Array(count),
        Some(Visit::Map(count)) => Sort::Object(count),
        _ => return Err(wrong("a value of JSON", value)),
    })
}

fn wrong(expected: &str, value: &Value) -> Error {
    failure::kind(format!("expected {expected}, found {}", value.kind_name()))
}

/// What JSON calls the value: null, bool, int, float, string, array or object.
#[foxvm::native(name = "json.kind")]
fn kind(cx: &mut Context<'_>, value: Value) -> Result<&'static str, Error> {
    Ok(match sort(cx, &value)? {
        Sort::Null => "null",
        Sort::Bool => "bool",
        Sort::Int => "int",
        Sort::Float => "float",
        Sort::String => "string",
        Sort::Array(_) => "array",
        Sort::Object(_) => "object",
    })
}

/// Is the value an object with that name in it?
#[foxvm::native(name = "json.has")]
fn has(cx: &mut Context<'_>, value: Value, name: &str) -> Result<bool, Error> {
    if let Some(found) = cx.member(&value, name)? {
        drop(found);
        return Ok(true);
    }
    sort(cx, &value).map(|_| false)
}

/// What an object has under a name; fault key if it has nothing there.
#[foxvm::native(name = "json.get")]
fn get(cx: &mut Context<'_>, value: Value, name: &str) -> Result<Value, Error> {
    if let Some(found) = cx.member(&value, name)? {
        return Ok(found);
    }
    match sort(cx, &value)? {
        Sort::Object(_) => Err(Error::host(
            Fault::Key,
            format!("the object has no name {name}"),
        )),
        _ => Err(wrong("an object", &value)),
    }
}

/// Number of values in an array or object; -1 for all other values.
#[foxvm::native(name = "json.count")]
fn count(cx: &mut Context<'_>, value: Value) -> Result<i64, Error> {
    Ok(match sort(cx, &value)? {
        Sort::Array(count) | Sort::Object(count) => count as i64,
        _ => -1,
    })
}

/// The members of an array, or the values of an object.
fn values(cx: &mut Context<'_>, value: &Value) -> Result<Vec<Value>, Error> {
    match sort(cx, value)? {
        Sort::Array(_) => cx.read(value),
        Sort::Object(_) => {
            let members = cx.members(value)?.unwrap_or_default();
            Ok(members.into_iter().map(|(_, value)| value).collect())
        }
        _ => Err(wrong("an array or object", value)),
    }
}

/// The value at a place of an array, counted from 0; fault bounds if there is none.
#[foxvm::native(name = "json.item")]
fn item(cx: &mut Context<'_>, value: Value, index: i64) -> Result<Value, Error> {
    let Sort::Array(count) = sort(cx, &value)? else {
        return Err(wrong("an array", &value));
    };
    let found = usize::try_from(index).ok();
    let members: Vec<Value> = cx.read(&value)?;
    found
        .and_then(|index| members.into_iter().nth(index))
        .ok_or_else(|| {
            Error::host(
                Fault::Bounds,
                format!("there is no value {index} in an array of {count}"),
            )
        })
}

fn listed(cx: &mut Context<'_>, values: Vec<Value>) -> Result<Value, Error> {
    let count = values.len();
    let mut made = cx.builder();
    for value in values {
        made.context().work(0)?;
        made.push(value)?;
    }
    made.list(count)?;
    made.finish()
}

/// The list of an array's values, or of an object's.
#[foxvm::native(name = "json.items")]
fn items(cx: &mut Context<'_>, value: Value) -> Result<Value, Error> {
    let values = values(cx, &value)?;
    listed(cx, values)
}

/// The list of an object's names, in order.
#[foxvm::native(name = "json.names")]
fn names(cx: &mut Context<'_>, value: Value) -> Result<Value, Error> {
    if !matches!(sort(cx, &value)?, Sort::Object(_)) {
        return Err(wrong("an object", &value));
    }
    let members = cx.members(&value)?.unwrap_or_default();
    listed(cx, members.into_iter().map(|(name, _)| name).collect())
}

/// The object of so many names and as many values, in order; of equal names the last counts.
#[foxvm::native(name = "json.object")]
fn object(cx: &mut Context<'_>, names: Value, values: Value) -> Result<Value, Error> {
    let names: Vec<String> = cx.read(&names)?;
    let values: Vec<Value> = cx.read(&values)?;
    if names.len() != values.len() {
        return Err(failure::range(format!(
            "{} names and {} values",
            names.len(),
            values.len()
        )));
    }
    let count = names.len();
    let mut made = cx.builder();
    for (name, value) in names.into_iter().zip(values) {
        made.context().work(name.len())?;
        made.push(name)?;
        made.push(value)?;
    }
    made.map(count)?;
    made.finish()
}

/// The array of the values of a list, array or set.
#[foxvm::native(name = "json.array")]
fn array(cx: &mut Context<'_>, values: Value) -> Result<Value, Error> {
    let values: Vec<Value> = cx.read(&values)?;
    listed(cx, values)
}
