//! Parameters, bodies and answers.

use serde_yaml::Value;

use super::change::{Audience, Effect, Side};
use super::pair::{Pair, items, join, keys, text};
use super::rename::{Named, certain};
use super::schema::Role;
use super::walk::{ALL, Operation, Walk};

use Audience::{Clients, Wire};

/// A parameter and its two places.
pub(super) struct Parameter<'a> {
    /// In the list of the operation or path.
    listed: String,
    /// Where its definition is, after `$ref`.
    described: String,
    pub(super) value: &'a Value,
}

impl<'a> Parameter<'a> {
    fn name(&self) -> &'a str {
        text(self.value.get("name"))
    }

    fn key(&self) -> (&'a str, &'a str) {
        (text(self.value.get("in")), self.name())
    }
}

impl<'a> Walk<'a> {
    pub(super) fn parameters(&mut self, one: &Operation<'a>, other: &Operation<'a>) {
        let old = Self::parameters_of(self.old, one);
        let all = Self::parameters_of(self.new, other);
        let (mut gone, mut pairs, mut fresh) = (Vec::new(), Vec::new(), Vec::new());
        fresh.extend(all.iter().enumerate());
        for one in old.iter().enumerate() {
            let same = fresh
                .iter()
                .position(|(_, other)| other.key() == one.1.key());
            match same {
                Some(found) => pairs.push((one.1, fresh.remove(found).1)),
                None => gone.push(one),
            }
        }
        let named = |(position, parameter): &(usize, &Parameter<'a>)| Named {
            name: parameter.name(),
            position: *position,
            definition: parameter.value,
        };
        let renames = certain(
            &gone.iter().map(named).collect::<Vec<_>>(),
            &fresh.iter().map(named).collect::<Vec<_>>(),
        );
        for (_, one) in gone {
            let (place, name) = one.key();
            let renamed = renames.iter().find(|(was, _)| *was == name);
            let is = renamed.map_or(name, |(_, is)| *is);
            let Some(found) = fresh.iter().position(|(_, other)| other.name() == is) else {
                let pair = Pair {
                    old: Some(one.value),
                    new: None,
                    was_at: one.listed.clone(),
                    at: one.listed.clone(),
                };
                let what = format!("parameter `{name}` removed");
                self.add(&pair, what, &[Side::Request], Effect::major(&ALL));
                continue;
            };
            let (_, other) = fresh.remove(found);
            let what = if name == is {
                format!("parameter `{name}` moved from {place} to {}", other.key().0)
            } else {
                format!("parameter renamed from `{name}` to `{is}`")
            };
            self.add(
                &pair_of(one, other),
                what,
                &[Side::Request],
                Effect::major(&ALL),
            );
            pairs.push((one, other));
        }
        for (_, parameter) in fresh {
            let name = text(parameter.value.get("name"));
            let is_required = parameter.value.get("required").is_some();
            let effect = if is_required {
                Effect::major(&ALL)
            } else {
                Effect::addition()
            };
            let required = if is_required { "required " } else { "" };
            let pair = Pair {
                old: None,
                new: Some(parameter.value),
                was_at: parameter.listed.clone(),
                at: parameter.listed.clone(),
            };
            let what = format!("{required}parameter `{name}` added");
            self.add(&pair, what, &[Side::Request], effect);
        }
        for (one, other) in pairs {
            self.parameter(&pair_of(one, other));
        }
    }

    /// The parameters of the operation, and those of its path that the operation
    /// does not replace.
    pub(super) fn parameters_of(root: &'a Value, operation: &Operation<'a>) -> Vec<Parameter<'a>> {
        let mut found: Vec<Parameter<'a>> = Vec::new();
        let of_path = join("/paths", operation.path);
        for (at, holder) in [
            (operation.pointer(), operation.value),
            (of_path, operation.item),
        ] {
            let at = join(&at, "parameters");
            for (index, value) in items(holder.get("parameters")).iter().enumerate() {
                let listed = join(&at, &index.to_string());
                let (value, described) = Self::resolved(root, "parameters", value, &listed);
                let is_replaced = found.iter().any(|known| {
                    known.value.get("name") == value.get("name")
                        && known.value.get("in") == value.get("in")
                });
                if !is_replaced {
                    found.push(Parameter {
                        listed,
                        described,
                        value,
                    });
                }
            }
        }
        found
    }

    fn parameter(&mut self, parameter: &Pair<'a>) {
        let side = &[Side::Request];
        for key in parameter.keys() {
            let part = parameter.get(key);
            match key {
                "schema" => self.schema(&part, side, Role::Parameter),
                "content" => self.content(&part, side),
                "name" | "in" => {}
                _ if part.is_same() => {}
                // The default style depends on `in`.
                "style" | "explode" if !parameter.get("in").is_same() => {}
                "description" | "example" | "examples" => self.prose(&part, key, side),
                "required" => {
                    let (what, effect) = if part.new.is_some() {
                        ("parameter became required", Effect::major(&ALL))
                    } else {
                        ("parameter became optional", Effect::addition())
                    };
                    self.add(&part, what, side, effect);
                }
                "deprecated" => self.deprecated(&part, Side::Request),
                "allowEmptyValue" if part.new.and_then(Value::as_bool) == Some(true) => {
                    self.add(&part, "empty values are allowed", side, Effect::addition());
                }
                "style" | "explode" | "allowReserved" | "allowEmptyValue" => self.add(
                    &part,
                    format!("`{key}` changed"),
                    side,
                    Effect::major(&[Wire, Clients]),
                ),
                _ if key.starts_with("x-aim-") => self.extension(&part, key, parameter, false),
                _ => self.unknown(&part, key),
            }
        }
    }

    pub(super) fn body(&mut self, body: &Pair<'a>) {
        let side = &[Side::Request];
        let body = self.resolved_pair("requestBodies", body);
        match (body.old, body.new) {
            (Some(_), Some(_)) => {}
            (None, Some(new)) => {
                let is_required = new.get("required").is_some();
                let effect = if is_required {
                    Effect::major(&ALL)
                } else {
                    Effect::addition()
                };
                self.add(&body, "body added", side, effect);
                return;
            }
            _ => {
                self.add(&body, "body removed", side, Effect::major(&ALL));
                return;
            }
        }
        for key in body.keys() {
            let part = body.get(key);
            match key {
                "content" => self.content(&part, side),
                _ if part.is_same() => {}
                "description" => self.prose(&part, key, side),
                "required" if part.new.is_some() => {
                    self.add(&part, "body became required", side, Effect::major(&ALL));
                }
                "required" => self.add(&part, "body became optional", side, Effect::addition()),
                _ => self.unknown(&part, key),
            }
        }
    }

    pub(super) fn responses(&mut self, responses: &Pair<'a>) {
        let side = &[Side::Answer];
        for status in responses.keys() {
            let listed = responses.get(status);
            let answer = self.resolved_pair("responses", &listed);
            match (answer.old, answer.new) {
                (Some(_), Some(_)) => {}
                (None, _) => {
                    self.add(
                        &listed,
                        format!("answer {status} added"),
                        side,
                        Effect::addition(),
                    );
                    continue;
                }
                _ => {
                    let breaks: &[Audience] = if status.starts_with('2') {
                        &ALL
                    } else {
                        &[Clients]
                    };
                    let what = format!("answer {status} removed");
                    self.add(&listed, what, side, Effect::major(breaks));
                    continue;
                }
            }
            for key in answer.keys() {
                let part = answer.get(key);
                match key {
                    "content" => self.content(&part, side),
                    _ if part.is_same() => {}
                    "description" => self.prose(&part, key, side),
                    "headers" | "links" if part.old.is_none() => {
                        self.add(&part, format!("`{key}` added"), side, Effect::addition());
                    }
                    "headers" | "links" => {
                        let what = format!("`{key}` changed");
                        self.add(&part, what, side, Effect::major(&[Clients]));
                    }
                    _ => self.unknown(&part, key),
                }
            }
        }
    }

    /// The media types of a body or an answer.
    fn content(&mut self, content: &Pair<'a>, sides: &[Side]) {
        let (old, new) = (keys(content.old), keys(content.new));
        for name in content.keys() {
            let media = content.get(name);
            match (media.old, media.new) {
                (Some(_), Some(_)) => {
                    for key in media.keys() {
                        let part = media.get(key);
                        match key {
                            "schema" => self.schema(&part, sides, Role::Content),
                            _ if part.is_same() => {}
                            "example" | "examples" => self.prose(&part, key, sides),
                            _ => self.unknown(&part, key),
                        }
                    }
                }
                (None, _) => {
                    let what = format!("media type {name} added");
                    self.add(&media, what, sides, Effect::addition());
                }
                _ => {
                    let is_read = name == "application/json";
                    let breaks: &[Audience] = if is_read { &ALL } else { &[Wire, Clients] };
                    let what = format!("media type {name} removed");
                    self.add(&media, what, sides, Effect::major(breaks));
                }
            }
        }
        // Some generators support one media type only, and take the first.
        if let (Some(was), Some(is)) = (old.first(), new.first())
            && was != is
            && new.contains(was)
        {
            self.add(
                content,
                format!("{is} stands before {was}; some generators take only the first"),
                sides,
                Effect::major(&[Clients]),
            );
        }
    }
}

fn pair_of<'a>(one: &Parameter<'a>, other: &Parameter<'a>) -> Pair<'a> {
    Pair {
        old: Some(one.value),
        new: Some(other.value),
        was_at: one.described.clone(),
        at: other.described.clone(),
    }
}
