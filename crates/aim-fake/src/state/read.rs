//! How the rules read a request: by name, with `None` for a null member. Each
//! reading is recorded, so that members that no rule read can be reported: the
//! state does not keep them.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};

use super::store::{Date, FormInput, Money};
use crate::model::http::Request;
use crate::model::names::{self, C2BPostContractRequest, PostServiceTicketRequest};
use crate::model::service::Call;
use crate::model::types::Type;
use crate::model::value::{Object, Value};

/// A member that two types have under one name, for a rule that reads both.
pub(super) const fn shared(one: &'static str, other: &'static str) -> &'static str {
    assert!(
        one.eq_ignore_ascii_case(other),
        "the two types name the member differently: read each by its own name"
    );
    one
}

const FORM_INPUT_LIST: &str = shared(
    C2BPostContractRequest::FORM_INPUT_LIST,
    PostServiceTicketRequest::FORM_INPUT_LIST,
);

/// The members that the rules have read: a type, and the index of a member in
/// it.
#[derive(Default)]
pub(super) struct Seen(RefCell<HashSet<(*const Type, usize)>>);

/// A request or a part of one, as rules read it.
#[derive(Clone, Copy)]
pub(super) struct Read<'a> {
    object: &'a Object,
    http: &'a Request,
    seen: &'a Seen,
}

impl Seen {
    pub(super) fn read<'a>(&'a self, call: &Call<'a>) -> Read<'a> {
        Read {
            object: call.request,
            http: call.http,
            seen: self,
        }
    }

    /// The paths of members that were sent and that no rule has read, without
    /// those of the base class, which are the credentials.
    pub(super) fn not_kept(&self, request: &Object) -> Vec<String> {
        let mut paths = BTreeSet::new();
        self.collect(request, "", &mut paths);
        paths.into_iter().collect()
    }

    fn collect(&self, object: &Object, path: &str, paths: &mut BTreeSet<String>) {
        let of = object.of();
        for (index, (member, value)) in of.members.iter().zip(object.values()).enumerate() {
            if member.depth > 0 || *value == Value::default_of(member.kind, member.nullable) {
                continue;
            }
            let path = format!("{path}{}", member.name);
            if !self.0.borrow().contains(&(of as *const Type, index)) {
                paths.insert(path);
                continue;
            }
            let items = value.items().iter().filter_map(Value::as_object);
            for part in value.as_object().into_iter().chain(items) {
                self.collect(part, &format!("{path}."), paths);
            }
        }
    }
}

impl<'a> Read<'a> {
    fn value(self, name: &str) -> &'a Value {
        let of = self.object.of();
        let index = of.position(name);
        debug_assert!(index.is_some(), "{of:?} has no member {name}");
        if let Some(index) = index {
            self.seen.0.borrow_mut().insert((of as *const Type, index));
        }
        self.object.get(name)
    }

    /// The HTTP request that it came with.
    pub(super) fn http(self) -> &'a Request {
        self.http
    }

    pub(super) fn is_null(self, name: &str) -> bool {
        self.value(name).is_null()
    }

    pub(super) fn str(self, name: &str) -> Option<&'a str> {
        self.value(name).as_str()
    }

    pub(super) fn text(self, name: &str) -> Option<String> {
        self.str(name).map(str::to_owned)
    }

    pub(super) fn int(self, name: &str) -> Option<i32> {
        i32::try_from(self.value(name).as_int()?).ok()
    }

    pub(super) fn long(self, name: &str) -> Option<i64> {
        self.value(name).as_int()
    }

    pub(super) fn flag(self, name: &str) -> Option<bool> {
        self.value(name).as_bool()
    }

    pub(super) fn money(self, name: &str) -> Option<Money> {
        self.value(name).as_decimal().map(Money)
    }

    pub(super) fn date(self, name: &str) -> Option<Date> {
        self.value(name).as_date().and_then(Date::new)
    }

    pub(super) fn object(self, name: &str) -> Option<Self> {
        let object = self.value(name).as_object()?;
        Some(Self { object, ..self })
    }

    /// How many items a list has.
    pub(super) fn count(self, name: &str) -> usize {
        self.value(name).items().len()
    }

    /// The items of a list of objects.
    pub(super) fn items(self, name: &str) -> impl Iterator<Item = Option<Self>> + use<'a> {
        self.value(name).items().iter().map(move |item| {
            let object = item.as_object()?;
            Some(Self { object, ..self })
        })
    }

    /// The objects of a list; null items are skipped.
    pub(super) fn objects(self, name: &str) -> impl Iterator<Item = Self> + use<'a> {
        self.items(name).flatten()
    }

    /// The numbers of a list.
    pub(super) fn longs(self, name: &str) -> impl Iterator<Item = i64> + use<'a> {
        self.value(name).items().iter().filter_map(Value::as_int)
    }

    /// `FormInputList`.
    pub(super) fn form_inputs(self) -> Vec<FormInput> {
        self.objects(FORM_INPUT_LIST)
            .map(|input| FormInput {
                key: input.text(names::FormInput::KEY),
                value: input.text(names::FormInput::VALUE),
                encrypted: input.flag(names::FormInput::ENCRYPTED).unwrap_or_default(),
            })
            .collect()
    }
}
