//! Compares types and their members.

use serde_yaml::Value;

use super::change::{Audience, Effect, Side};
use super::pair::{Pair, items, keys, list, text};
use super::read::target;
use super::rename::certain;
use super::walk::{ALL, Walk, differing};

use Audience::{Clients, Rules, Rust, Wire};

/// What a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Component,
    /// A member, and whether the type requires it before and after.
    Member {
        was_required: bool,
        is_required: bool,
    },
    Items,
    Parameter,
    Content,
}

impl Role {
    /// Whether `aim-client` has a field of this type without an `Option`.
    fn is_bare(self) -> bool {
        match self {
            Self::Member {
                was_required,
                is_required,
            } => was_required && is_required,
            Self::Items => true,
            Self::Component | Self::Parameter | Self::Content => false,
        }
    }
}

/// Whether fewer values are valid than before, or more.
#[derive(Clone, Copy)]
struct Bounds {
    tighter: bool,
    looser: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn rename_schemas(&mut self, root: &Pair<'a>) {
        let schemas = root.get("components").get("schemas");
        let (gone, new) = differing(&schemas);
        self.renamed = certain(&gone, &new).into_iter().collect();
    }

    pub(super) fn schemas(&mut self, schemas: &Pair<'a>) {
        let new_names: Vec<&str> = self.renamed.values().copied().collect();
        for name in schemas.keys() {
            if new_names.contains(&name) {
                continue;
            }
            let sides = self.sides_of(name);
            if let Some(is) = self.renamed.get(name).copied() {
                let pair = schemas.renamed(name, is);
                // The name of a type is the name of its element in XML.
                let (was, now) = pair.get("xml").texts("name");
                let effect = if was == now {
                    Effect::major(&[Clients, Rust])
                } else {
                    Effect::major(&ALL)
                };
                let what = format!("type renamed from `{name}` to `{is}`");
                self.add(&pair, what, &sides, effect);
                continue;
            }
            let schema = schemas.get(name);
            match (schema.old, schema.new) {
                (None, _) => self.add(&schema, "type added", &sides, Effect::addition()),
                (_, None) => {
                    let effect = Effect::major(&[Clients, Rust]);
                    self.add(&schema, "type removed", &sides, effect);
                }
                _ => self.schema(&schema, &sides, Role::Component),
            }
        }
    }

    /// Compares two versions of a schema.
    pub(super) fn schema(&mut self, schema: &Pair<'a>, sides: &[Side], role: Role) {
        let (Some(old), Some(new)) = (schema.old, schema.new) else {
            if !schema.is_same() {
                self.add(schema, "type changed", sides, Effect::major(&ALL));
            }
            return;
        };
        // Most have not changed, and are not looked into.
        if self.renamed.is_empty() && is_written_alike(old, new) {
            return;
        }
        let (was, is) = (referred(old), referred(new));
        let is_another = match (was, is) {
            (Some(was), Some(is)) => *self.renamed.get(was).unwrap_or(&was) != is,
            (None, None) => kind(old) != kind(new),
            _ => true,
        };
        if is_another {
            let breaks = self.breaks_of_type(old, new, sides);
            let what = format!("type changed from {} to {}", kind(old), kind(new));
            self.add(schema, what, sides, Effect::major(&breaks));
        }
        let mut met_members = false;
        for key in schema.keys() {
            let part = schema.get(key);
            match key {
                "$ref" | "type" | "format" => {}
                // A wrapper around a reference.
                "allOf" if was.is_some() || is.is_some() => {}
                "properties" | "required" => {
                    if !met_members && !is_another {
                        self.members(schema, sides);
                    }
                    met_members = true;
                }
                "items" if !is_another => self.schema(&part, sides, Role::Items),
                _ if part.is_same() => {}
                "title" | "description" | "externalDocs" | "example" => {
                    self.prose(&part, key, sides);
                }
                "x-aim-dotnet-type" if is_another => {}
                "x-aim-dotnet-type"
                    if is_nullability(&part) && !schema.get("nullable").is_same() => {}
                "x-aim-exclusive" => self.exclusive(&part),
                "x-go-name" => self.add(
                    &part,
                    "`x-go-name` (the name in Go) changed",
                    &[Side::Structure],
                    Effect::major(&[Clients]),
                ),
                _ if key.starts_with("x-aim-") => {
                    self.extension(&part, key, schema, matches!(role, Role::Member { .. }));
                }
                "xml" => self.xml(&part, sides),
                "nullable" => self.nullable(schema, sides, role),
                "deprecated" => {
                    let side = sides.first().copied().unwrap_or(Side::Structure);
                    self.deprecated(&part, side);
                }
                // A new type changes everything else, too.
                _ if is_another => {}
                "enum" => self.values(&part, sides),
                "default" => self.add(
                    &part,
                    "default changed, which some generators fill in",
                    sides,
                    Effect::major(&[Wire, Clients]),
                ),
                "readOnly" | "writeOnly" => self.one_way(&part, key, sides),
                "additionalProperties" => self.others(&part, sides),
                "allOf" | "oneOf" | "anyOf" | "not" | "discriminator" => {
                    self.add(
                        &part,
                        format!("`{key}` changed"),
                        sides,
                        Effect::major(&ALL),
                    );
                }
                _ => match bounds(key, part.old, part.new) {
                    Some(bounds) => {
                        let effect = effect_of(bounds, sides);
                        self.add(&part, format!("`{key}` changed"), sides, effect);
                    }
                    None => self.unknown(&part, key),
                },
            }
        }
    }

    /// Whom a new type breaks: the wire only if an old value is no longer valid
    /// in requests, or a new value was not valid in answers.
    fn breaks_of_type(&self, old: &'a Value, new: &'a Value, sides: &[Side]) -> Vec<Audience> {
        let mut breaks = vec![Clients, Rust];
        let whole = |version: &'a Value, schema: &'a Value| {
            let named = referred(schema)
                .and_then(|name| version.get("components")?.get("schemas")?.get(name));
            without_prose(named.unwrap_or(schema))
        };
        let (old, new) = (whole(self.old, old), whole(self.new, new));
        let is_valid = |side: &Side| match side {
            Side::Request => includes(&new, &old),
            Side::Answer => includes(&old, &new),
            Side::Structure | Side::Rule => true,
        };
        if !sides.iter().all(is_valid) {
            breaks.push(Wire);
        }
        breaks
    }

    fn members(&mut self, schema: &Pair<'a>, sides: &[Side]) {
        let members = schema.get("properties");
        let (was_required, is_required) = schema.lists("required");
        let (gone, fresh) = differing(&members);
        let renames = certain(&gone, &fresh);
        let order = |value: Option<&'a Value>| {
            let names = keys(value).into_iter();
            names.map(|name| {
                let renamed = renames.iter().find(|(was, _)| *was == name);
                renamed.map_or(name, |(_, is)| *is)
            })
        };
        let stays = |name: &&str| {
            let has = |value: Option<&Value>| value.is_some_and(|value| value.get(name).is_some());
            (has(members.old) || renames.iter().any(|(_, is)| is == name)) && has(members.new)
        };
        let old_order: Vec<_> = order(members.old).filter(stays).collect();
        let new_order: Vec<_> = keys(members.new).into_iter().filter(stays).collect();
        if old_order != new_order {
            let taken = |names: &[&'a str]| {
                let taken = names
                    .iter()
                    .copied()
                    .filter(|name| is_required.contains(name));
                taken.collect::<Vec<_>>()
            };
            if taken(&old_order) == taken(&new_order) {
                self.add(
                    &members,
                    "order of members changed",
                    sides,
                    Effect::harmless(),
                );
            } else {
                self.add(
                    &members,
                    "order of required members changed, and with it the arguments of `new`",
                    sides,
                    Effect::new(&[Rust], super::change::Level::Patch),
                );
            }
        }
        for name in members.keys() {
            if renames.iter().any(|(_, is)| *is == name) {
                continue;
            }
            let renamed = renames.iter().find(|(was, _)| *was == name);
            let is = renamed.map_or(name, |(_, is)| *is);
            let member = members.renamed(name, is);
            let role = Role::Member {
                was_required: was_required.contains(&name),
                is_required: is_required.contains(&is),
            };
            if renamed.is_some() {
                let what = format!("member renamed from `{name}` to `{is}`");
                self.add(&member, what, sides, Effect::major(&ALL));
            }
            match (member.old, member.new) {
                (None, _) => self.member_added(&member, sides, role),
                (_, None) => self.add(&member, "member removed", sides, Effect::major(&ALL)),
                _ => {
                    self.required(&member, sides, role);
                    self.schema(&member, sides, role);
                }
            }
        }
    }

    fn member_added(&mut self, member: &Pair<'a>, sides: &[Side], role: Role) {
        let is_required = matches!(
            role,
            Role::Member {
                is_required: true,
                ..
            }
        );
        if is_required && sides.contains(&Side::Request) {
            self.add(member, "required member added", sides, Effect::major(&ALL));
        } else {
            self.add(member, "member added", sides, Effect::addition());
        }
    }

    fn required(&mut self, member: &Pair<'a>, sides: &[Side], role: Role) {
        let Role::Member {
            was_required,
            is_required,
        } = role
        else {
            return;
        };
        if was_required == is_required {
            return;
        }
        // A nullable member is an `Option` in both cases.
        let rust: &[Audience] = match member.flags("nullable") {
            (true, true) => &[],
            _ => &[Rust],
        };
        let narrows = if is_required {
            Side::Request
        } else {
            Side::Answer
        };
        let effect = if sides.contains(&narrows) {
            Effect::major(&[Wire, Clients]).and(Effect::minor(rust))
        } else {
            Effect::minor(rust)
        };
        let became = if is_required { "required" } else { "optional" };
        self.add(member, format!("member became {became}"), sides, effect);
    }

    fn nullable(&mut self, schema: &Pair<'a>, sides: &[Side], role: Role) {
        let part = schema.get("nullable");
        let is_nullable = part.new.is_some();
        let narrows = if is_nullable {
            Side::Answer
        } else {
            Side::Request
        };
        // A list is always an `Option`.
        let is_list = schema.texts("type").1 == "array";
        let rust: &[Audience] = if role.is_bare() && !is_list {
            &[Rust]
        } else {
            &[]
        };
        let effect = if sides.contains(&narrows) {
            Effect::major(&[Wire, Clients]).and(Effect::minor(rust))
        } else {
            Effect::minor(rust)
        };
        let what = if is_nullable {
            "may be null"
        } else {
            "is never null"
        };
        self.add(&part, what, sides, effect);
    }

    fn values(&mut self, values: &Pair<'a>, sides: &[Side]) {
        let (old, new) = (items(values.old), items(values.new));
        let has_gone = old.iter().any(|value| !new.contains(value));
        let has_new = new.iter().any(|value| !old.contains(value));
        let (bounds, is_type) = match (values.old, values.new) {
            (None, _) => (
                Bounds {
                    tighter: true,
                    looser: false,
                },
                true,
            ),
            (_, None) => (
                Bounds {
                    tighter: false,
                    looser: true,
                },
                true,
            ),
            _ => (
                Bounds {
                    tighter: has_gone,
                    looser: has_new,
                },
                has_gone,
            ),
        };
        let effect = if !has_gone && !has_new {
            Effect::harmless()
        } else if is_type {
            effect_of(bounds, sides).and(Effect::major(&[Clients, Rust]))
        } else {
            effect_of(bounds, sides)
        };
        let what = match (has_gone, has_new) {
            (true, false) => "values removed",
            (false, true) => "values added",
            _ => "values changed",
        };
        self.add(values, what, sides, effect);
    }

    /// `readOnly` removes a member from requests, `writeOnly` from answers.
    fn one_way(&mut self, part: &Pair<'a>, key: &str, sides: &[Side]) {
        let loses = if key == "readOnly" {
            Side::Request
        } else {
            Side::Answer
        };
        let effect = if part.new.is_some() && sides.contains(&loses) {
            Effect::major(&[Wire, Clients])
        } else {
            Effect::addition()
        };
        self.add(part, format!("`{key}` changed"), sides, effect);
    }

    /// Members that the document does not name.
    fn others(&mut self, part: &Pair<'a>, sides: &[Side]) {
        let is_closed = |value: Option<&Value>| value.and_then(Value::as_bool) == Some(false);
        let is_open =
            |value: Option<&Value>| value.is_none_or(|value| value.as_bool() == Some(true));
        let (what, effect) = match (part.old, part.new) {
            (old, new) if is_open(old) && is_open(new) => return,
            (old, new) if is_open(old) && is_closed(new) => (
                "other members are refused",
                // Strict readers then refuse members that the vendor adds.
                effect_of(
                    Bounds {
                        tighter: true,
                        looser: false,
                    },
                    sides,
                )
                .and(Effect::major(&[Clients])),
            ),
            (old, new) if is_closed(old) && is_open(new) => (
                "other members are allowed",
                effect_of(
                    Bounds {
                        tighter: false,
                        looser: true,
                    },
                    sides,
                ),
            ),
            _ => ("type of other members changed", Effect::major(&ALL)),
        };
        self.add(part, what, sides, effect);
    }

    fn xml(&mut self, xml: &Pair<'a>, sides: &[Side]) {
        for key in xml.keys() {
            let part = xml.get(key);
            match key {
                _ if part.is_same() => {}
                "prefix" => self.prose(&part, key, sides),
                _ => self.add(
                    &part,
                    format!("`{key}` in XML changed"),
                    sides,
                    Effect::major(&[Wire]),
                ),
            }
        }
    }

    fn exclusive(&mut self, pairs: &Pair<'a>) {
        let sorted = |value| {
            let pairs = items(value).iter().map(|pair| {
                let mut pair = list(Some(pair));
                pair.sort_unstable();
                pair
            });
            pairs.collect::<Vec<_>>()
        };
        let (old, new) = (sorted(pairs.old), sorted(pairs.new));
        let effect = if new.iter().any(|pair| !old.contains(pair)) {
            Effect::rule()
        } else if new.len() < old.len() {
            Effect::addition()
        } else {
            Effect::harmless()
        };
        self.add(pairs, "`x-aim-exclusive` changed", &[Side::Rule], effect);
    }

    /// Compares an extension of a member, a parameter or a type. Some extensions
    /// of members decide the type in Rust.
    pub(super) fn extension(
        &mut self,
        part: &Pair<'a>,
        key: &str,
        holder: &Pair<'a>,
        is_member: bool,
    ) {
        let rust: &[Audience] = if is_member && rust_type(holder.old) != rust_type(holder.new) {
            &[Rust]
        } else {
            &[]
        };
        let effect = match key {
            "x-aim-vintage" => Effect::harmless(),
            "x-aim-open-enum" if part.old.is_some() && part.new.is_some() => {
                self.open_enum(part);
                return;
            }
            "x-aim-open-enum" if part.new.is_none() => {
                Effect::major(&[Rules]).and(Effect::major(rust))
            }
            "x-aim-dotnet-type" if is_nullability(part) => Effect::minor(rust),
            "x-aim-dotnet-type" => Effect::major(&[Rules]).and(Effect::major(rust)),
            "x-aim-pattern" if part.new.is_some() => Effect::rule(),
            _ => Effect::minor(rust),
        };
        self.add(part, format!("`{key}` changed"), &[Side::Rule], effect);
    }

    fn open_enum(&mut self, open_enum: &Pair<'a>) {
        let side = &[Side::Rule];
        let name = open_enum.get("name");
        if !name.is_same() {
            let what = "name of the enum changed";
            self.add(&name, what, side, Effect::major(&[Rust]));
        }
        let values = open_enum.get("values");
        let find = |value: Option<&'a Value>, wire: &str| {
            items(value)
                .iter()
                .enumerate()
                .find(|(_, item)| text(item.get("value")) == wire)
        };
        let at = |index: usize| values.get(&index.to_string());
        for (index, old) in items(values.old).iter().enumerate() {
            let wire = text(old.get("value"));
            let Some((now, new)) = find(values.new, wire) else {
                let what = format!("known value `{wire}` removed");
                self.add(&at(index).only_old(), what, side, Effect::major(&[Rust]));
                continue;
            };
            let pair = Pair {
                old: Some(old),
                new: Some(new),
                was_at: at(index).was_at,
                at: at(now).at,
            };
            for key in pair.keys() {
                let part = pair.get(key);
                match key {
                    _ if part.is_same() => {}
                    "name" => {
                        let what = format!("name of the known value `{wire}` changed");
                        self.add(&part, what, side, Effect::major(&[Rust]));
                    }
                    _ => self.prose(&part, key, side),
                }
            }
        }
        for (index, new) in items(values.new).iter().enumerate() {
            let wire = text(new.get("value"));
            if find(values.old, wire).is_none() {
                let what = format!("known value `{wire}` added");
                self.add(&at(index).only_new(), what, side, Effect::addition());
            }
        }
    }
}

/// Whether two values are the same, in the same order.
fn is_written_alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Mapping(ones), Value::Mapping(others)) => {
            let mut pairs = ones.iter().zip(others);
            ones.len() == others.len()
                && pairs
                    .all(|((key, one), (name, other))| key == name && is_written_alike(one, other))
        }
        (Value::Sequence(ones), Value::Sequence(others)) => {
            let mut pairs = ones.iter().zip(others);
            ones.len() == others.len() && pairs.all(|(one, other)| is_written_alike(one, other))
        }
        _ => one == other,
    }
}

/// The name that a schema refers to, directly or as the only part of `allOf`.
fn referred(schema: &Value) -> Option<&str> {
    match items(schema.get("allOf")) {
        [only] => target(only),
        _ => target(schema),
    }
}

/// The type of a schema, for messages.
fn kind(schema: &Value) -> String {
    if let Some(name) = referred(schema) {
        return format!("`{name}`");
    }
    let (kind, format) = (text(schema.get("type")), text(schema.get("format")));
    match (kind, format) {
        ("", "") => "any".to_owned(),
        (kind, "") => kind.to_owned(),
        (kind, format) => format!("{kind} ({format})"),
    }
}

/// Whether all values of `narrow` are valid for `wide`; `false` if unsure.
fn includes(wide: &Value, narrow: &Value) -> bool {
    let all = |schema: &Value| {
        let (kind, format) = (text(schema.get("type")), text(schema.get("format")));
        match (kind, format) {
            ("integer", "int32") => Some(0),
            ("integer", "int64") => Some(1),
            ("integer", "") => Some(2),
            ("number", "" | "double" | "float") => Some(3),
            _ => None,
        }
    };
    match (all(wide), all(narrow)) {
        (Some(wide), Some(narrow)) => narrow <= wide,
        _ => wide == narrow,
    }
}

fn without_prose(schema: &Value) -> Value {
    let mut schema = schema.clone();
    remove_prose(&mut schema);
    schema
}

fn remove_prose(value: &mut Value) {
    match value {
        Value::Mapping(members) => {
            for key in ["title", "description", "example", "xml", "externalDocs"] {
                // A member may have this name.
                let is_member = matches!(members.get(key), Some(Value::Mapping(inner)) if inner.contains_key("type"));
                if !is_member {
                    members.remove(key);
                }
            }
            members
                .iter_mut()
                .for_each(|(_, value)| remove_prose(value));
        }
        Value::Sequence(items) => items.iter_mut().for_each(remove_prose),
        _ => {}
    }
}

/// The special type of a member in `aim-client`, if it has one.
fn rust_type(schema: Option<&Value>) -> &str {
    let get = |key| schema.and_then(|schema| schema.get(key));
    if get("x-aim-open-enum").is_some() {
        return "enum";
    }
    match text(get("x-aim-dotnet-type")) {
        "decimal" | "decimal?" | "List<decimal>" => "Money",
        "DateTime" | "DateTime?" | "List<DateTime>" => "AimDateTime",
        _ if get("x-aim-sensitive").is_some() && text(get("type")) == "string" => "Secret",
        _ => "",
    }
}

/// Whether two C# types differ only in `?`.
fn is_nullability(part: &Pair<'_>) -> bool {
    let bare = |value| text(value).trim_end_matches('?');
    bare(part.old) == bare(part.new)
}

fn bounds(key: &str, old: Option<&Value>, new: Option<&Value>) -> Option<Bounds> {
    let number = |value: Option<&Value>, absent| value.and_then(Value::as_f64).unwrap_or(absent);
    let flag = |value: Option<&Value>| value.and_then(Value::as_bool).unwrap_or_default();
    let (tighter, looser) = match key {
        "maximum" | "maxLength" | "maxItems" | "maxProperties" => {
            let (old, new) = (number(old, f64::INFINITY), number(new, f64::INFINITY));
            (new < old, new > old)
        }
        "minimum" | "minLength" | "minItems" | "minProperties" => {
            let (old, new) = (
                number(old, f64::NEG_INFINITY),
                number(new, f64::NEG_INFINITY),
            );
            (new > old, new < old)
        }
        "multipleOf" | "pattern" => (new.is_some(), old.is_some()),
        "uniqueItems" | "exclusiveMinimum" | "exclusiveMaximum" => {
            (flag(new) && !flag(old), flag(old) && !flag(new))
        }
        _ => return None,
    };
    Some(Bounds { tighter, looser })
}

/// Fewer valid values break requests, more valid values break answers.
fn effect_of(bounds: Bounds, sides: &[Side]) -> Effect {
    let breaks = (bounds.tighter && sides.contains(&Side::Request))
        || (bounds.looser && sides.contains(&Side::Answer));
    if breaks {
        Effect::major(&[Wire, Clients])
    } else {
        Effect::addition()
    }
}
