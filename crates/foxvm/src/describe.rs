//! The host functions of an Engine as JSON: what a module may import.

use machine::host::HostFunction;
use serde_json::{Value, json};

use crate::signature::Type;

/// `{"v":1,"functions":[{"name","names","params","result","capabilities","doc","cost","inline"}]}`, sorted by name.
pub(crate) fn describe<'f>(functions: impl Iterator<Item = &'f HostFunction>) -> String {
    let functions: Vec<Value> = functions
        .map(|function| {
            json!({
                "name": function.name,
                "names": function.names,
                "params": function.params.iter().map(|ty| Type::basic(*ty).to_string()).collect::<Vec<_>>(),
                "result": Type::basic(function.result).to_string(),
                "capabilities": function.caps,
                "doc": function.doc,
                "cost": function.cost,
                "inline": function.inline.map(|intrinsic| intrinsic.name()),
            })
        })
        .collect();
    json!({ "v": 1, "functions": functions }).to_string()
}
