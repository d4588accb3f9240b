//! Makes progenitor's methods write a request at no more cost than by hand.
//!
//! As they come, each call writes its address as text and parses it again, and
//! adds a header `api-version` that the vendor never asked for. Here they take
//! the address from the facade, which has parsed it once, and no header.

use quote::ToTokens;
use syn::{Expr, ImplItemFn, Local, Pat, Stmt, parse_quote};

use crate::facts::Facts;

/// Rewrites a method, if it is one of an operation.
///
/// # Errors
///
/// A sentence, if progenitor wrote it in another way than it is known for.
pub(crate) fn fit(function: &mut ImplItemFn, facts: &Facts) -> Result<(), String> {
    let name = function.sig.ident.to_string();
    if !facts.operations.iter().any(|found| found.method == name) {
        return Ok(());
    }
    let unknown = || format!("progenitor wrote the method {name} in a way that is not known");
    let [url, header_map, append, request, ..] = &mut function.block.stmts[..] else {
        return Err(unknown());
    };
    let is_known = declares(header_map, "header_map")
        && append.to_token_stream().to_string().contains("api-version");
    let (Some(url), Some(request)) = (local(url, "url"), local(request, "request")) else {
        return Err(unknown());
    };
    if !is_known || !drop_headers(request) {
        return Err(unknown());
    }
    *url = parse_quote!(self.inner.url());
    function.block.stmts.drain(1..3);
    Ok(())
}

/// What a variable of that name is set to.
fn local<'a>(statement: &'a mut Stmt, name: &str) -> Option<&'a mut Expr> {
    if !declares(statement, name) {
        return None;
    }
    match statement {
        Stmt::Local(Local {
            init: Some(init), ..
        }) => Some(&mut init.expr),
        _ => None,
    }
}

fn declares(statement: &Stmt, name: &str) -> bool {
    matches!(statement, Stmt::Local(Local { pat: Pat::Ident(pat), .. }) if pat.ident == name)
}

/// Turns `….headers(header_map).build()?` into `….build()?`.
fn drop_headers(request: &mut Expr) -> bool {
    if let Expr::Try(built) = request
        && let Expr::MethodCall(build) = &mut *built.expr
        && let Expr::MethodCall(headers) = &mut *build.receiver
        && headers.method == "headers"
    {
        let rest = (*headers.receiver).clone();
        *build.receiver = rest;
        return true;
    }
    false
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;
    use crate::document::{Document, sample};

    fn fitted(body: &proc_macro2::TokenStream) -> Result<String, String> {
        let document = Document::parse("a.yaml", sample::TEXT).unwrap();
        let facts = Facts::of(document.openapi()).unwrap();
        let name = syn::Ident::new(&facts.operations[0].method, proc_macro2::Span::call_site());
        let mut function: ImplItemFn = parse_quote!(pub async fn #name(&self) { #body });
        fit(&mut function, &facts)?;
        Ok(function.block.to_token_stream().to_string())
    }

    #[test]
    fn the_address_is_the_facades_and_no_header_is_left() {
        let written = fitted(&quote! {
            let url = format!("{}/api/Query", self.baseurl,);
            let mut header_map = HeaderMap::with_capacity(1usize);
            header_map.append("api-version", Self::api_version());
            let mut request = self.client.post(url).json(&body).headers(header_map).build()?;
            send(request)
        });
        let expected = quote!({
            let url = self.inner.url();
            let mut request = self.client.post(url).json(&body).build()?;
            send(request)
        });
        assert_eq!(written.unwrap(), expected.to_string());
    }

    #[test]
    fn what_progenitor_never_wrote_is_an_error() {
        for body in [
            quote!(),
            quote! {
                let url = format!("{}/api/Query", self.baseurl,);
                let mut request = self.client.post(url).build()?;
            },
            quote! {
                let url = format!("{}/api/Query", self.baseurl,);
                let mut header_map = HeaderMap::with_capacity(1usize);
                header_map.append("other", "1");
                let mut request = self.client.post(url).headers(header_map).build()?;
            },
            quote! {
                let url = format!("{}/api/Query", self.baseurl,);
                let mut header_map = HeaderMap::with_capacity(1usize);
                header_map.append("api-version", "1");
                let mut request = self.client.post(url).build()?;
            },
        ] {
            assert!(fitted(&body).unwrap_err().contains("not known"), "{body}");
        }
    }

    #[test]
    fn other_functions_stay_as_they_are() {
        let facts = Facts::of(Document::parse("a.yaml", sample::TEXT).unwrap().openapi()).unwrap();
        let mut function: ImplItemFn = parse_quote!(
            fn baseurl(&self) -> &str {
                &self.baseurl
            }
        );
        let before = function.clone();
        assert_eq!(fit(&mut function, &facts), Ok(()));
        assert_eq!(function, before);
    }
}
