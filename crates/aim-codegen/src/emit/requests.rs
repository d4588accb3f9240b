//! Reduces progenitor's methods to the code that builds a request.
//!
//! The methods also send it, read the answer, format the address on each call,
//! and add a header `api-version` that the vendor does not ask for. The facade
//! sends and reads instead, since the answer decides whether a call may be
//! repeated. So each method becomes a function that takes the address and the
//! body or query, and returns the request.

use quote::ToTokens;
use syn::{
    Expr, ExprMethodCall, FnArg, ImplItemFn, ItemFn, Local, Pat, PatType, Stmt, Type, parse_quote,
};

/// Cuts a method of an operation down to a function that builds its request.
///
/// # Errors
///
/// A sentence, if progenitor wrote the method in an unknown way.
pub(crate) fn function(method: &ImplItemFn) -> Result<ItemFn, String> {
    let name = &method.sig.ident;
    let unknown = || format!("progenitor wrote the method {name} in a way that is not known");
    let [url, header_map, append, request, ..] = &method.block.stmts[..] else {
        return Err(unknown());
    };
    let is_known = set_to(url, "url").is_some()
        && set_to(header_map, "header_map").is_some()
        && append.to_token_stream().to_string().contains("api-version");
    let input = input(method).filter(|_| is_known).ok_or_else(unknown)?;
    let request = set_to(request, "request").ok_or_else(unknown)?;
    let request = built(request, &input).ok_or_else(unknown)?;
    let (pat, ty) = (&input.pat, &input.ty);
    Ok(parse_quote! {
        pub(crate) fn #name(
            client: &reqwest::Client,
            url: reqwest::Url,
            #pat: #ty,
        ) -> reqwest::Result<reqwest::Request> {
            #request
        }
    })
}

/// The only argument, `body` or `query`, without its lifetime.
fn input(method: &ImplItemFn) -> Option<PatType> {
    let mut arguments = method.sig.inputs.iter();
    let (Some(FnArg::Receiver(_)), Some(FnArg::Typed(input)), None) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        return None;
    };
    let mut input = input.clone();
    match &mut *input.ty {
        Type::Reference(reference) => reference.lifetime = None,
        _ => return None,
    }
    Some(input)
}

/// The value of the statement that declares a variable of that name.
fn set_to<'a>(statement: &'a Stmt, name: &str) -> Option<&'a Expr> {
    match statement {
        Stmt::Local(Local {
            pat: Pat::Ident(pat),
            init: Some(init),
            ..
        }) if pat.ident == name => Some(&init.expr),
        _ => None,
    }
}

/// Turns `self.client.post(url).json(&body).headers(header_map).build()?` into
/// `client.post(url).json(body).build()`, and the same with a query.
fn built(request: &Expr, input: &PatType) -> Option<Expr> {
    let Expr::Try(request) = request else {
        return None;
    };
    let build = call(&request.expr, "build", 0)?;
    let headers = call(&build.receiver, "headers", 1)?;
    let Expr::MethodCall(carry) = &*headers.receiver else {
        return None;
    };
    let Pat::Ident(name) = &*input.pat else {
        return None;
    };
    let argument = carry.args.first().filter(|_| carry.args.len() == 1)?;
    let argument = argument.to_token_stream().to_string();
    let (verb, carry): (&ExprMethodCall, syn::Ident) = match (
        name.ident.to_string().as_str(),
        carry.method.to_string().as_str(),
    ) {
        ("body", "json") if argument == "& body" => {
            (call(&carry.receiver, "post", 1)?, parse_quote!(json))
        }
        ("query", "query") if argument.contains("QueryParam :: new (\"query\" , & query)") => {
            (call(&carry.receiver, "get", 1)?, parse_quote!(query))
        }
        _ => return None,
    };
    let is_known = verb.receiver.to_token_stream().to_string() == "self . client"
        && verb.args.to_token_stream().to_string() == "url";
    let verb = &verb.method;
    is_known.then(|| parse_quote!(client.#verb(url).#carry(#name).build()))
}

/// The call of a method with that name and number of arguments.
fn call<'a>(expression: &'a Expr, name: &str, arguments: usize) -> Option<&'a ExprMethodCall> {
    match expression {
        Expr::MethodCall(call) if call.method == name && call.args.len() == arguments => Some(call),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::quote;

    use super::*;

    fn cut(input: &TokenStream, body: &TokenStream) -> Result<String, String> {
        let method: ImplItemFn = parse_quote! {
            pub async fn look<'a>(&'a self, #input) -> Result<ResponseValue<ByteStream>, Error<ByteStream>> {
                #body
            }
        };
        function(&method).map(|function| function.to_token_stream().to_string())
    }

    fn usual(carry: &TokenStream) -> TokenStream {
        quote! {
            let url = format!("{}/api/Look", self.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map.append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
            #[allow(unused_mut)]
            let mut request = self.client.#carry.headers(header_map).build()?;
            let result = self.exec(request, &info).await;
        }
    }

    #[test]
    fn the_code_that_builds_the_request_is_kept() {
        let body = quote!(body: &'a types::Query);
        let written = cut(&body, &usual(&quote!(post(url).json(&body))));
        let expected = quote! {
            pub(crate) fn look(
                client: &reqwest::Client,
                url: reqwest::Url,
                body: &types::Query,
            ) -> reqwest::Result<reqwest::Request> {
                client.post(url).json(body).build()
            }
        };
        assert_eq!(written.unwrap(), expected.to_string());

        let query = quote!(query: &'a crate::query::Query);
        let carry = quote!(get(url).query(&progenitor_client::QueryParam::new("query", &query)));
        let expected = quote! {
            pub(crate) fn look(
                client: &reqwest::Client,
                url: reqwest::Url,
                query: &crate::query::Query,
            ) -> reqwest::Result<reqwest::Request> {
                client.get(url).query(query).build()
            }
        };
        assert_eq!(cut(&query, &usual(&carry)).unwrap(), expected.to_string());
    }

    #[test]
    fn code_of_an_unknown_form_is_an_error() {
        let body = quote!(body: &'a types::Query);
        let json = quote!(post(url).json(&body));
        for carry in [
            quote!(put(url).json(&body)),
            quote!(post(other).json(&body)),
            quote!(post(url).form(&body)),
            quote!(post(url).json(&other)),
            quote!(post(url).json(&body).header("a", "b")),
            quote!(get(url).query(&QueryParam::new("other", &query))),
        ] {
            let error = cut(&body, &usual(&carry)).unwrap_err();
            assert!(error.contains("not known"), "{carry}: {error}");
        }
        for (input, body) in [
            (quote!(), usual(&json)),
            (quote!(body: types::Query), usual(&json)),
            (quote!(body: &'a types::Query, more: i32), usual(&json)),
            (body.clone(), quote!()),
            (
                body,
                quote! {
                    let url = format!("{}/api/Look", self.baseurl,);
                    let mut header_map = HeaderMap::with_capacity(1usize);
                    header_map.append("other", "1");
                    let mut request = self.client.post(url).json(&body).headers(header_map).build()?;
                },
            ),
        ] {
            let error = cut(&input, &body).unwrap_err();
            assert!(error.contains("not known"), "{input} {body}: {error}");
        }
    }
}
