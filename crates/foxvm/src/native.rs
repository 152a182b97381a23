//! Host functions with what is known about them: what `#[native]` makes and `Engine::register` takes.

use fzb::tables::TypeId;
use isa::Intrinsic;
use isa::signature::Slot;
use machine::host::HostFunction;
use machine::world::Border;

use crate::error::{Error, ErrorKind};
use crate::host::HostFn;
use crate::signature::{Signature, Type};

/// A host function to register.
pub struct Native {
    name: String,
    signature: Signature,
    doc: String,
    names: Vec<&'static str>,
    caps: Vec<String>,
    cost: u32,
    inline: Option<String>,
    gives: Option<Border>,
    call: machine::host::HostBody,
}

/// Fuel of a call if nothing is said, and the least that may be said.
const LEAST_COST: u32 = 4;

impl Native {
    /// A function or closure under a name.
    pub fn new<Shape, F: HostFn<Shape>>(name: impl Into<String>, function: F) -> Native {
        Native {
            name: name.into(),
            signature: F::signature(),
            doc: String::new(),
            names: Vec::new(),
            caps: Vec::new(),
            cost: LEAST_COST,
            inline: None,
            gives: None,
            call: Box::new(move |world, args| function.invoke(world, args)),
        }
    }

    /// Under another name: hosts offer one function under the names of several languages.
    #[must_use]
    pub fn under(mut self, name: impl Into<String>) -> Native {
        self.name = name.into();
        self
    }

    /// With documentation.
    #[must_use]
    pub fn doc(mut self, doc: impl Into<String>) -> Native {
        self.doc = doc.into();
        self
    }

    /// With what it answers, if that is more than its Rust type says: records and cases of a module's own by their names are made
    /// of it, options and tuples. Only for functions whose result is `dyn`.
    #[must_use]
    pub fn gives(mut self, border: Border) -> Native {
        self.gives =
            (self.signature.result == Type::Dyn && border != Border::Plain).then_some(border);
        self
    }

    /// With names of the parameters, for documentation.
    #[must_use]
    pub fn names(mut self, names: &[&'static str]) -> Native {
        self.names = names.to_vec();
        self
    }

    /// With a capability that a module must be granted to import it.
    #[must_use]
    pub fn capability(mut self, name: impl Into<String>) -> Native {
        self.caps.push(name.into());
        self
    }

    /// With the fuel that a call costs; less than 4 counts as 4.
    #[must_use]
    pub fn cost(mut self, units: u32) -> Native {
        self.cost = units.max(LEAST_COST);
        self
    }

    /// With an intrinsic that does exactly the same, which the translator puts in the place of calls; only for functions
    /// without capabilities.
    #[must_use]
    pub fn inline(mut self, intrinsic: impl Into<String>) -> Native {
        self.inline = Some(intrinsic.into());
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its documentation.
    pub fn documentation(&self) -> &str {
        &self.doc
    }

    /// Names of its parameters; empty if none were given.
    pub fn parameter_names(&self) -> &[&'static str] {
        &self.names
    }

    /// Capabilities that importing it needs.
    pub fn capabilities(&self) -> &[String] {
        &self.caps
    }

    /// Its signature.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// As the machine takes it.
    pub(crate) fn into_machine(self) -> Result<HostFunction, Error> {
        if let Some(unknown) = self
            .caps
            .iter()
            .find(|name| crate::Capability::parse(name).is_none())
        {
            return Err(ErrorKind::UnknownCapability(unknown.clone()).into());
        }
        let inline = match &self.inline {
            None => None,
            Some(name) => match Intrinsic::from_name(name)
                .filter(|found| same_signature(*found, &self.signature) && self.caps.is_empty())
            {
                Some(found) => Some(found),
                None => {
                    return Err(ErrorKind::Inline {
                        name: self.name,
                        intrinsic: name.clone(),
                    }
                    .into());
                }
            },
        };
        Ok(HostFunction {
            params: self.signature.params.iter().map(|ty| basic(*ty)).collect(),
            result: basic(self.signature.result),
            name: self.name,
            caps: self.caps,
            doc: self.doc,
            names: self.names.iter().map(|name| (*name).to_owned()).collect(),
            cost: self.cost,
            inline,
            gives: self.gives,
            call: self.call,
        })
    }
}

/// The basic type of a host function's parameter or result.
fn basic(ty: Type) -> TypeId {
    match ty {
        Type::Unit => TypeId::UNIT,
        Type::Int | Type::Sized(0..=7) => TypeId::INT,
        Type::Float | Type::Sized(_) => TypeId::FLOAT,
        Type::Bool => TypeId::BOOL,
        Type::Char => TypeId::CHAR,
        Type::Text => TypeId::TEXT,
        Type::Bytes => TypeId::BYTES,
        Type::List => TypeId::LIST,
        Type::Fn => TypeId::FN,
        Type::Dyn | Type::Ref | Type::Array | Type::Tuple(_) | Type::Record => TypeId::DYN,
    }
}

fn same_signature(intrinsic: Intrinsic, signature: &Signature) -> bool {
    let fits = |slot: Slot, ty: Type| {
        matches!(
            (slot, ty),
            (Slot::Int, Type::Int)
                | (Slot::Float, Type::Float)
                | (Slot::Bool, Type::Bool)
                | (Slot::Char, Type::Char)
                | (Slot::Text, Type::Text)
                | (Slot::Bytes, Type::Bytes)
                | (Slot::List, Type::List)
                | (Slot::Dyn, Type::Dyn)
        )
    };
    let args = intrinsic.args();
    args.len() == signature.params.len()
        && args
            .iter()
            .zip(&signature.params)
            .all(|(slot, ty)| fits(*slot, *ty))
        && fits(intrinsic.result(), signature.result)
}
