//! The attribute `#[foxvm::native]`.
//!
//! It turns a Rust function into a host function that a module may import: it records the name, the documentation, the
//! capabilities that the importer must be granted, the fuel that a call costs and the intrinsic that may stand in its
//! place. The function itself stays as it is and can be called from Rust; beside it comes an item of the same name in the
//! type namespace whose `native()` makes the `foxvm::Native` to register.
//!
//! What it never does: it checks no type (the compiler does, where the generated code hands the function to
//! `foxvm::Native::new`) and generates no `unsafe`.
#![forbid(unsafe_code)]

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Expr, ExprLit, FnArg, Ident, ItemFn, Lit, LitInt, LitStr, Meta, Pat, Token};

/// Makes a host function of a Rust function.
///
/// Arguments, all optional: `name = "console.write"` (else the function's own), `cap = "fs-read"` (may be repeated),
/// `cost = 12` (fuel units, at least 4), `inline = "text.contains"` (an intrinsic of the same signature). The doc comment
/// becomes the function's documentation. The first parameter may be `&mut foxvm::Context<'_>`.
#[proc_macro_attribute]
pub fn native(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let arguments = syn::parse_macro_input!(arguments as Arguments);
    let function = syn::parse_macro_input!(item as ItemFn);
    expand(&arguments, &function)
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}

/// What stands in the attribute's parentheses.
#[derive(Default)]
struct Arguments {
    name: Option<LitStr>,
    caps: Vec<LitStr>,
    cost: Option<LitInt>,
    inline: Option<LitStr>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut found = Arguments::default();
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            let once = |taken: bool| {
                if taken {
                    Err(syn::Error::new(key.span(), "this is said twice"))
                } else {
                    Ok(())
                }
            };
            match key.to_string().as_str() {
                "name" => {
                    once(found.name.is_some())?;
                    found.name = Some(input.parse()?);
                }
                "cap" => found.caps.push(input.parse()?),
                "cost" => {
                    once(found.cost.is_some())?;
                    found.cost = Some(input.parse()?);
                }
                "inline" => {
                    once(found.inline.is_some())?;
                    found.inline = Some(input.parse()?);
                }
                _ => {
                    return Err(syn::Error::new(
                        key.span(),
                        "known are name, cap, cost and inline",
                    ));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(found)
    }
}

fn expand(arguments: &Arguments, function: &ItemFn) -> syn::Result<Tokens> {
    let signature = &function.sig;
    if let Some(what) = signature.asyncness {
        return Err(syn::Error::new(
            what.span,
            "a host function answers at once: return foxvm::Suspend instead",
        ));
    }
    if !signature.generics.params.is_empty() {
        return Err(syn::Error::new_spanned(
            &signature.generics,
            "a host function has one signature, so no parameters of its own",
        ));
    }
    let ident = &signature.ident;
    let visibility = &function.vis;
    let name = arguments
        .name
        .as_ref()
        .map_or_else(|| ident.to_string(), LitStr::value);
    if name.is_empty() {
        return Err(syn::Error::new_spanned(
            &arguments.name,
            "a name is not empty",
        ));
    }
    let doc = documentation(&function.attrs);
    let caps = arguments.caps.iter().map(|cap| quote!(.capability(#cap)));
    let cost = arguments.cost.iter().map(|cost| quote!(.cost(#cost)));
    let inline = arguments
        .inline
        .iter()
        .map(|inline| quote!(.inline(#inline)));
    let names = parameter_names(function);
    let about = format!("The host function `{name}`, to register.");
    Ok(quote! {
        #function

        #[doc = #about]
        #[allow(non_camel_case_types)]
        #visibility enum #ident {}

        impl #ident {
            #[doc = #about]
            #visibility fn native() -> ::foxvm::Native {
                ::foxvm::Native::new(#name, #ident).doc(#doc).names(&[#(#names),*]) #(#caps)* #(#cost)* #(#inline)*
            }
        }
    })
}

/// Names of the parameters that a module gives: all but a context, which comes first.
fn parameter_names(function: &ItemFn) -> Vec<String> {
    let context = |argument: &FnArg| {
        matches!(argument, FnArg::Typed(typed)
            if matches!(&*typed.ty, syn::Type::Reference(lent) if lent.mutability.is_some()))
    };
    function
        .sig
        .inputs
        .iter()
        .enumerate()
        .filter(|(index, argument)| *index > 0 || !context(argument))
        .map(|(_, argument)| match argument {
            FnArg::Typed(typed) => match &*typed.pat {
                Pat::Ident(name) => name.ident.to_string(),
                _ => "value".to_owned(),
            },
            FnArg::Receiver(_) => "self".to_owned(),
        })
        .collect()
}

/// The doc comment, lines joined, each without its first blank.
fn documentation(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(text),
                    ..
                }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        })
        .map(|line| line.strip_prefix(' ').unwrap_or(&line).to_owned())
        .collect();
    lines.join("\n").trim().to_owned()
}
