//! Slips: opaque handles of resources that library literals name (docs/specs/rhumb.md §3.1, §7.5). The host keeps their
//! content; a program sees a name and asks for the rest.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use foxvm::{Context, Error, Fault, Native, Value};

use crate::failure;
use crate::gather::too_long;

/// Tells slips from other resources of the host.
const KIND: u32 = 0x534C;

/// The slips that programs of a library may open, by the path that literals name them with.
///
/// Only the host adds some, and a World opens each once, so what they take is bounded by what the literals name.
#[derive(Clone, Default, Debug)]
pub struct Slips(Arc<Mutex<HashMap<String, Arc<[u8]>>>>);

impl Slips {
    /// Adds or replaces a slip. Worlds that opened it before keep what they have.
    pub fn add(&self, path: &str, content: Vec<u8>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(path.to_owned(), content.into());
    }

    fn get(&self, path: &str) -> Option<Arc<[u8]>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(path).cloned()
    }
}

/// What the host keeps of an open slip.
struct Slip {
    path: String,
    content: Arc<[u8]>,
}

impl Slip {
    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

pub(crate) fn natives(slips: &Slips) -> Vec<Native> {
    let slips = slips.clone();
    vec![
        Native::new(
            "slip.open",
            move |cx: &mut Context<'_>, path: &str| -> Result<Value, Error> {
                open(cx, &slips, path)
            },
        )
        .names(&["path"])
        .doc("The slip that a library literal of this program names by that path."),
        name::native(),
        size::native(),
        bytes::native(),
    ]
}

fn open(cx: &mut Context<'_>, slips: &Slips, path: &str) -> Result<Value, Error> {
    cx.work(path.len())?;
    if let Some(known) = cx.find_open(KIND, |slip: &Slip| slip.path == path)? {
        return Ok(known);
    }
    let Some(content) = slips.get(path) else {
        return Err(Error::host(Fault::Host, format!("no literal names {path}")).with_code(404));
    };
    let slip = Slip {
        path: path.to_owned(),
        content,
    };
    let name = slip.name().to_owned();
    cx.open_named(KIND, &name, slip)
}

/// Looks into a slip.
fn look<T>(cx: &mut Context<'_>, slip: &Value, read: impl Fn(&Slip) -> T) -> Result<T, Error> {
    match cx.resource::<Slip>(slip)? {
        Some(slip) => Ok(read(slip)),
        None => Err(failure::kind(
            "a slip is wanted, not another resource or value",
        )),
    }
}

/// A slip's name: that of its file.
#[foxvm::native(name = "slip.name")]
fn name(cx: &mut Context<'_>, slip: Value) -> Result<String, Error> {
    look(cx, &slip, |slip| slip.name().to_owned())
}

/// How many bytes a slip has.
#[foxvm::native(name = "slip.size")]
fn size(cx: &mut Context<'_>, slip: Value) -> Result<i64, Error> {
    let size = look(cx, &slip, |slip| slip.content.len())?;
    Ok(i64::try_from(size).unwrap_or(i64::MAX))
}

/// The bytes of a slip.
#[foxvm::native(name = "slip.bytes")]
fn bytes(cx: &mut Context<'_>, slip: Value) -> Result<Vec<u8>, Error> {
    let content = look(cx, &slip, |slip| slip.content.clone())?;
    if content.len() > cx.largest() {
        return Err(too_long(cx.largest()));
    }
    cx.work(content.len())?;
    Ok(content.to_vec())
}
