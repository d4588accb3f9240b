//! Walks through two versions of the document and classifies each difference.
//! Every key has a rule; a key without one counts as breaking.

use std::collections::HashMap;

use serde_yaml::Value;

use super::change::{Audience, Change, Effect, Side, Sides};
use super::pair::{Pair, items, join, keys, list, text};
use super::read::named;
use super::rename::{Named, certain};

use Audience::{Clients, Rust, Wire};

pub(super) const ALL: [Audience; 3] = [Wire, Clients, Rust];

const VERBS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

pub(super) struct Walk<'a> {
    pub(super) old: &'a Value,
    pub(super) new: &'a Value,
    /// Which sides use a schema.
    pub(super) sides: Sides<'a>,
    /// Renamed schemas, old name to new name.
    pub(super) renamed: HashMap<&'a str, &'a str>,
    pub(super) changes: Vec<Change>,
}

/// An operation and its place.
pub(super) struct Operation<'a> {
    verb: &'static str,
    pub(super) path: &'a str,
    /// The path item.
    pub(super) item: &'a Value,
    pub(super) value: &'a Value,
}

impl<'a> Operation<'a> {
    /// All operations of a version, in its order.
    pub(super) fn all(version: &'a Value) -> Vec<Self> {
        let mut found = Vec::new();
        let paths = version.get("paths");
        for path in keys(paths) {
            let Some(item) = paths.and_then(|paths| paths.get(path)) else {
                continue;
            };
            for verb in VERBS {
                found.extend(item.get(verb).map(|value| Self {
                    verb,
                    path,
                    item,
                    value,
                }));
            }
        }
        found
    }

    fn id(&self) -> &str {
        text(self.value.get("operationId"))
    }

    pub(super) fn pointer(&self) -> String {
        join(&join("/paths", self.path), self.verb)
    }

    fn name(&self) -> String {
        format!("{} {}", self.verb.to_uppercase(), self.path)
    }
}

impl<'a> Walk<'a> {
    pub(super) fn add(
        &mut self,
        pair: &Pair<'a>,
        what: impl Into<String>,
        sides: &[Side],
        effect: Effect,
    ) {
        let pointer = match pair.new {
            None if pair.old.is_some() => pair.was_at.clone(),
            _ => pair.at.clone(),
        };
        let what = what.into();
        // The walk meets a shared component once per operation.
        let known = self
            .changes
            .iter_mut()
            .find(|known| known.pointer == pointer && known.what == what);
        if let Some(known) = known {
            known.sides.extend(sides);
            known.sides.sort();
            known.sides.dedup();
            known.effect = known.effect.clone().and(effect);
            return;
        }
        let both = pair.old.is_some() && pair.new.is_some();
        self.changes.push(Change {
            was_at: (both && pair.was_at != pair.at).then(|| pair.was_at.clone()),
            pointer,
            what,
            old: pair.old.cloned(),
            new: pair.new.cloned(),
            sides: sides.to_owned(),
            effect,
        });
    }

    /// Reports a change of a description, an example or the like.
    pub(super) fn prose(&mut self, pair: &Pair<'a>, key: &str, sides: &[Side]) {
        if !pair.is_same() {
            self.add(pair, format!("`{key}` changed"), sides, Effect::harmless());
        }
    }

    /// Reports a key that has no rule here, so that nothing is missed.
    pub(super) fn unknown(&mut self, pair: &Pair<'a>, key: &str) {
        self.add(
            pair,
            format!("`{key}` changed, and this comparison has no rule for it"),
            &[Side::Structure],
            Effect::major(&ALL),
        );
    }

    pub(super) fn deprecated(&mut self, pair: &Pair<'a>, side: Side) {
        let effect = match pair.new {
            Some(_) => Effect::addition(),
            None => Effect::harmless(),
        };
        self.add(pair, "`deprecated` changed", &[side], effect);
    }

    /// The component that a `$ref` names and its pointer, or the value itself.
    pub(super) fn resolved(
        root: &'a Value,
        section: &str,
        value: &'a Value,
        pointer: &str,
    ) -> (&'a Value, String) {
        let component = named(value, section).and_then(|name| {
            let found = root.get("components")?.get(section)?.get(name)?;
            Some((found, join(&join("/components", section), name)))
        });
        component.unwrap_or((value, pointer.to_owned()))
    }

    pub(super) fn resolved_pair(&self, section: &str, pair: &Pair<'a>) -> Pair<'a> {
        let mut resolved = pair.clone();
        if let Some(old) = pair.old {
            let (value, at) = Self::resolved(self.old, section, old, &pair.was_at);
            (resolved.old, resolved.was_at) = (Some(value), at);
        }
        if let Some(new) = pair.new {
            let (value, at) = Self::resolved(self.new, section, new, &pair.at);
            (resolved.new, resolved.at) = (Some(value), at);
        }
        resolved
    }

    pub(super) fn root(&mut self, root: &Pair<'a>) {
        self.rename_schemas(root);
        for key in root.keys() {
            let part = root.get(key);
            match key {
                "paths" => self.paths(&part),
                "components" => self.components(&part),
                _ if part.is_same() => {}
                "openapi" => {
                    let minor = |value| text(value).rsplit_once('.').map(|(minor, _)| minor);
                    let effect = if minor(part.old) == minor(part.new) {
                        Effect::harmless()
                    } else {
                        Effect::major(&[Clients])
                    };
                    self.add(
                        &part,
                        "version of OpenAPI changed",
                        &[Side::Structure],
                        effect,
                    );
                }
                "info" => {
                    for key in part.keys() {
                        if key != "version" {
                            self.prose(&part.get(key), key, &[Side::Structure]);
                        }
                    }
                }
                "servers" => self.servers(&part),
                "security" => self.security(&part, self.old.get(key), self.new.get(key)),
                "tags" | "externalDocs" => self.prose(&part, key, &[Side::Structure]),
                "x-aim-failure" => {
                    for key in part.keys() {
                        let rule = part.get(key);
                        if key == "description" {
                            self.prose(&rule, key, &[Side::Rule]);
                        } else if !rule.is_same() {
                            self.add(
                                &rule,
                                "what counts as a failure changed",
                                &[Side::Rule],
                                Effect::rule(),
                            );
                        }
                    }
                }
                "x-aim-base-classes" => {
                    for key in part.keys() {
                        self.base_class(&part.get(key));
                    }
                }
                _ => self.unknown(&part, key),
            }
        }
    }

    fn base_class(&mut self, class: &Pair<'a>) {
        for key in class.keys() {
            let part = class.get(key);
            if key == "description" {
                self.prose(&part, key, &[Side::Rule]);
            } else if !part.is_same() {
                self.add(
                    &part,
                    "order of members in XML changed",
                    &[Side::Rule],
                    Effect::addition(),
                );
            }
        }
    }

    fn servers(&mut self, servers: &Pair<'a>) {
        let url = |server: &&Value| text(server.get("url")).to_owned();
        let urls = |list| {
            items(list)
                .iter()
                .map(|server| url(&server))
                .collect::<Vec<_>>()
        };
        let (old, new) = (urls(servers.old), urls(servers.new));
        if old.iter().any(|url| !new.contains(url)) || old.first() != new.first() {
            let effect = Effect::major(&[Wire, Clients]);
            self.add(
                servers,
                "address of a server changed",
                &[Side::Structure],
                effect,
            );
            return;
        }
        if old.len() != new.len() {
            self.add(
                servers,
                "server added",
                &[Side::Structure],
                Effect::addition(),
            );
        }
        for (index, server) in items(servers.new).iter().enumerate() {
            let before = items(servers.old).iter().enumerate();
            let Some((was, before)) = before.clone().find(|(_, old)| url(old) == url(&server))
            else {
                continue;
            };
            let pair = Pair {
                old: Some(before),
                new: Some(server),
                was_at: join(&servers.was_at, &was.to_string()),
                at: join(&servers.at, &index.to_string()),
            };
            for key in pair.keys() {
                let part = pair.get(key);
                match key {
                    _ if part.is_same() => {}
                    "description" => self.prose(&part, key, &[Side::Structure]),
                    _ => self.server_variables(&part),
                }
            }
        }
    }

    fn server_variables(&mut self, variables: &Pair<'a>) {
        for name in variables.keys() {
            let variable = variables.get(name);
            for key in variable.keys() {
                let part = variable.get(key);
                match key {
                    _ if part.is_same() => {}
                    "description" => self.prose(&part, key, &[Side::Structure]),
                    _ => self.add(
                        &part,
                        "address of a server changed",
                        &[Side::Structure],
                        Effect::major(&[Wire, Clients]),
                    ),
                }
            }
        }
    }

    /// Compares the credentials that two `security` lists require.
    fn security(&mut self, at: &Pair<'a>, old: Option<&'a Value>, new: Option<&'a Value>) {
        let (old, new) = (ways_in(self.old, old), ways_in(self.new, new));
        let is_accepted = |way: &Vec<String>| {
            new.iter()
                .any(|wanted| wanted.iter().all(|part| way.contains(part)))
        };
        if !old.iter().all(is_accepted) {
            self.add(
                at,
                "other credentials are required",
                &[Side::Request],
                Effect::major(&ALL),
            );
        } else if old != new {
            self.add(
                at,
                "fewer or other credentials are enough",
                &[Side::Request],
                Effect::addition(),
            );
        } else if !at.is_same() {
            self.prose(at, "security", &[Side::Request]);
        }
    }

    fn paths(&mut self, paths: &Pair<'a>) {
        for path in paths.keys() {
            let item = paths.get(path);
            // Added and removed paths are reported by their operations.
            if item.old.is_none() || item.new.is_none() {
                continue;
            }
            for key in item.keys() {
                let part = item.get(key);
                match key {
                    _ if part.is_same() || VERBS.contains(&key) || key == "parameters" => {}
                    "summary" | "description" => self.prose(&part, key, &[Side::Structure]),
                    "servers" => self.servers(&part),
                    _ => self.unknown(&part, key),
                }
            }
        }
        let (mut old, mut new) = (Operation::all(self.old), Operation::all(self.new));
        let mut pairs = Vec::new();
        // Match by place, then by id, then by everything but the id.
        let rules: [fn(&Operation<'_>, &Operation<'_>) -> bool; 3] = [
            |one, other| one.path == other.path && one.verb == other.verb,
            |one, other| !one.id().is_empty() && one.id() == other.id(),
            |one, other| is_same_but_for_id(one.value, other.value),
        ];
        for is_same in rules {
            let mut rest = Vec::new();
            for one in old {
                if let Some(found) = new.iter().position(|other| is_same(&one, other)) {
                    pairs.push((one, new.remove(found)));
                } else {
                    rest.push(one);
                }
            }
            old = rest;
        }
        for (one, other) in &pairs {
            self.moved(one, other);
        }
        for (gone, what, effect) in old
            .iter()
            .map(|one| (one, "removed", Effect::major(&ALL)))
            .chain(new.iter().map(|one| (one, "added", Effect::addition())))
        {
            let is_old = what == "removed";
            let pair = Pair {
                old: is_old.then_some(gone.value),
                new: (!is_old).then_some(gone.value),
                was_at: gone.pointer(),
                at: gone.pointer(),
            };
            self.add(
                &pair,
                format!("operation {what}"),
                &[Side::Structure],
                effect,
            );
        }
    }

    fn moved(&mut self, one: &Operation<'a>, other: &Operation<'a>) {
        let pair = Pair {
            old: Some(one.value),
            new: Some(other.value),
            was_at: one.pointer(),
            at: other.pointer(),
        };
        if one.pointer() != other.pointer() {
            let what = format!("operation moved from {} to {}", one.name(), other.name());
            self.add(&pair, what, &[Side::Structure], Effect::major(&[Wire]));
        }
        self.parameters(one, other);
        for key in pair.keys() {
            let part = pair.get(key);
            match key {
                "responses" => self.responses(&part),
                "requestBody" => self.body(&part),
                "parameters" => {}
                _ if part.is_same() => {}
                "summary" | "description" | "externalDocs" => {
                    self.prose(&part, key, &[Side::Structure]);
                }
                "operationId" => self.add(
                    &part,
                    "operation id changed",
                    &[Side::Structure],
                    Effect::major(&[Clients, Rust]),
                ),
                "tags" => self.tags(&part),
                "deprecated" => self.deprecated(&part, Side::Structure),
                "security" => {
                    let old = part.old.or_else(|| self.old.get(key));
                    let new = part.new.or_else(|| self.new.get(key));
                    self.security(&part, old, new);
                }
                "servers" => self.servers(&part),
                "x-internal" => {
                    let effect = match part.new {
                        Some(_) => Effect::major(&[Clients]),
                        None => Effect::addition(),
                    };
                    let what = "`x-internal` (left out by some generators) changed";
                    self.add(&part, what, &[Side::Structure], effect);
                }
                _ if key.starts_with("x-aim-") => self.operation_rule(&part, key),
                _ => self.unknown(&part, key),
            }
        }
    }

    /// Generators name the class that holds an operation after its tag.
    fn tags(&mut self, tags: &Pair<'a>) {
        let (old, new) = (list(tags.old), list(tags.new));
        let effect = if old.iter().any(|tag| !new.contains(tag)) {
            Effect::major(&[Clients])
        } else if old.len() == new.len() {
            Effect::harmless()
        } else {
            Effect::addition()
        };
        self.add(tags, "`tags` changed", &[Side::Structure], effect);
    }

    fn operation_rule(&mut self, rule: &Pair<'a>, key: &str) {
        let effect = match key {
            "x-aim-request" => {
                let (old, new) = (text(rule.old), text(rule.new));
                if self.renamed.get(old) == Some(&new) {
                    return;
                }
                Effect::major(&[Rust])
            }
            "x-aim-repeat" | "x-aim-partial" => Effect::rule(),
            "x-aim-evidence" => {
                let sorted = |value| {
                    let mut list = list(value);
                    list.sort_unstable();
                    list
                };
                if sorted(rule.old) == sorted(rule.new) {
                    Effect::harmless()
                } else {
                    Effect::rule()
                }
            }
            "x-aim-lookup" if rule.old.is_none() => Effect::addition(),
            "x-aim-lookup" => Effect::rule(),
            _ => Effect::addition(),
        };
        self.add(rule, format!("`{key}` changed"), &[Side::Rule], effect);
    }

    fn components(&mut self, components: &Pair<'a>) {
        self.schemas(&components.get("schemas"));
        self.schemes(&components.get("securitySchemes"));
        for section in components.keys() {
            if ["schemas", "securitySchemes"].contains(&section) {
                continue;
            }
            let all = components.get(section);
            for name in all.keys() {
                let part = all.get(name);
                // A component that an operation uses was compared there.
                let is_said = self.changes.iter().any(|change| {
                    [Some(&change.pointer), change.was_at.as_ref()]
                        .into_iter()
                        .flatten()
                        .any(|at| at.starts_with(&part.at))
                });
                if part.is_same() || is_said {
                    continue;
                }
                let what = match section {
                    "examples" => "example changed",
                    _ => "component changed that no operation uses in both versions",
                };
                self.add(&part, what, &[Side::Structure], Effect::harmless());
            }
        }
    }

    /// Compares the security schemes.
    fn schemes(&mut self, schemes: &Pair<'a>) {
        let side = &[Side::Request];
        let (gone, new) = differing(schemes);
        let renames = certain(&gone, &new);
        for name in schemes.keys() {
            if let Some((was, is)) = renames.iter().find(|(was, is)| [*was, *is].contains(&name)) {
                let what = format!("security scheme renamed from `{was}` to `{is}`");
                self.add(
                    &schemes.renamed(was, is),
                    what,
                    side,
                    Effect::major(&[Clients]),
                );
                continue;
            }
            let scheme = schemes.get(name);
            match (scheme.old, scheme.new) {
                (None, _) => {
                    self.add(&scheme, "security scheme added", side, Effect::addition());
                    continue;
                }
                (_, None) => {
                    let effect = Effect::major(&[Clients, Rust]);
                    self.add(&scheme, "security scheme removed", side, effect);
                    continue;
                }
                _ => {}
            }
            for key in scheme.keys() {
                let part = scheme.get(key);
                match key {
                    _ if part.is_same() => {}
                    "description" => self.prose(&part, key, side),
                    _ if key.starts_with("x-aim-") => self.add(
                        &part,
                        format!("`{key}` changed"),
                        &[Side::Rule],
                        Effect::addition(),
                    ),
                    _ => self.add(
                        &part,
                        format!("`{key}` of a security scheme changed"),
                        side,
                        Effect::major(&ALL),
                    ),
                }
            }
        }
    }

    /// Which sides use a schema; `Structure` if none does.
    pub(super) fn sides_of(&self, name: &str) -> Vec<Side> {
        let found = self.sides.get(name).cloned();
        found.unwrap_or_else(|| vec![Side::Structure])
    }
}

/// The sets of credentials, each of which is enough.
fn ways_in(version: &Value, security: Option<&Value>) -> Vec<Vec<String>> {
    let schemes = version
        .get("components")
        .and_then(|components| components.get("securitySchemes"));
    let credential = |name: &&str| {
        let scheme = schemes.and_then(|schemes| schemes.get(name));
        let Some(scheme) = scheme else {
            return (*name).to_owned();
        };
        let part = |key| text(scheme.get(key));
        // The name of the scheme does not matter, only the header.
        match part("type") {
            "apiKey" => format!("{} {}", part("in"), part("name")),
            other => format!("{other} {} {name}", part("scheme")),
        }
    };
    let ways: Vec<Vec<String>> = items(security)
        .iter()
        .map(|way| {
            let mut way: Vec<_> = keys(Some(way)).iter().map(credential).collect();
            way.sort();
            way
        })
        .collect();
    if ways.is_empty() {
        return vec![Vec::new()];
    }
    ways
}

fn is_same_but_for_id(one: &Value, other: &Value) -> bool {
    let without_id = |value: &Value| {
        let mut value = value.clone();
        if let Value::Mapping(members) = &mut value {
            members.remove("operationId");
        }
        value
    };
    without_id(one) == without_id(other)
}

/// The members of a map that only the old version has, and those that only the
/// new one has.
pub(super) fn differing<'a>(pair: &Pair<'a>) -> (Vec<Named<'a>>, Vec<Named<'a>>) {
    let only = |these: Option<&'a Value>, others: Option<&'a Value>| {
        let known = keys(others);
        let these = keys(these)
            .into_iter()
            .enumerate()
            .filter_map(move |(position, name)| {
                let definition = these?.get(name)?;
                (!known.contains(&name)).then_some(Named {
                    name,
                    position,
                    definition,
                })
            });
        these.collect::<Vec<_>>()
    };
    (only(pair.old, pair.new), only(pair.new, pair.old))
}
