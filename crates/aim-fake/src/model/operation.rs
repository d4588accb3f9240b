//! The services of the server, and the rule for failed answers.

use std::fmt;

use super::types::{Kind, Member, Type};
use super::value::{Object, Value};

/// The vendor's name of the catch-all service.
pub(crate) const FALLBACK: &str = "Fallback";

/// A service of the server.
pub struct Operation {
    /// The vendor's name; the old route has the name of the service behind it.
    pub name: &'static str,
    /// The `operationId`s that the document has for it, where it has any.
    pub ids: &'static [&'static str],
    /// The type of its request.
    pub request: &'static Type,
    /// The type of its answer.
    pub response: &'static Type,
    /// Its routes.
    pub routes: &'static [Route],
    /// Whether sending it again can do something twice (`x-aim-repeat`).
    pub books: bool,
    /// The answer of a success: the document's `realistic` example, or an
    /// object made from the examples of its members.
    pub example: Object,
}

/// A path of an operation, below the handler's path (`/aeservices30/api`).
pub struct Route {
    /// The path, with a slash in front.
    pub path: &'static str,
    /// The verbs it takes, in capitals.
    pub verbs: &'static [&'static str],
}

/// The rule that reads an in-band status (`x-aim-failure`).
#[derive(Default)]
pub(crate) struct Failure {
    /// The member of an answer that holds the status.
    pub(crate) member: &'static str,
    pub(crate) words: Vec<Words>,
}

/// The words of success that a member of the status can have; it has none of
/// them if it is absent, which is as good.
pub(crate) struct Words {
    pub(crate) member: &'static str,
    pub(crate) good: Vec<&'static str>,
}

impl Operation {
    /// Whether it is the catch-all service.
    #[must_use]
    pub fn is_fallback(&self) -> bool {
        self.name == FALLBACK
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The catch-all service. Only the vendor's list of operations names it, so no
/// document has it. It answers with the members that all answers share.
pub(crate) fn fallback(status: Option<&Member>) -> Operation {
    let of = |name, members: Vec<Member>| -> &'static Type {
        Box::leak(Box::new(Type {
            name,
            namespace: "http://schemas.datacontract.org/2004/07/AIM.WebService",
            members: members.leak(),
            exclusive: &[],
        }))
    };
    let member = |name, kind, depth| Member {
        name,
        kind,
        nullable: true,
        depth,
        required: false,
        sensitive: None,
    };
    let response = status.map(|status| member(status.name, status.kind, 1));
    let response = of("FallbackResponse", response.into_iter().collect());
    Operation {
        name: FALLBACK,
        ids: &[],
        request: of("FallbackRequest", vec![member("PathInfo", Kind::String, 0)]),
        response,
        routes: &[],
        books: false,
        example: Object::new(response),
    }
}

impl Failure {
    /// Removes from an answer's status what is not a word of success.
    pub(crate) fn clear(&self, answer: &mut Object) {
        let mut status = answer.get(self.member).clone();
        let Value::Object(members) = &mut status else {
            return;
        };
        for words in &self.words {
            let text = members.get(words.member).as_str().unwrap_or_default();
            let text = text.trim();
            if !words
                .good
                .iter()
                .any(|good| good.eq_ignore_ascii_case(text))
            {
                members.set(words.member, Value::Null);
            }
        }
        answer.set(self.member, status);
    }
}
