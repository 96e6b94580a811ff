//! What a later OpenAPI document may not take away from an earlier one: the rules of CONTRACT.md, 9, as code.
//!
//! A request may be freer than before, and an answer more certain, never the other way round: whoever was written
//! for the earlier document has to be able to talk to whoever was written for the later one, in both roles. Knows
//! nothing of what the documents are about.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// What of `earlier` does not hold in `later` any more, one sentence each; nothing where both get on.
pub fn broken(earlier: &Value, later: &Value) -> Vec<String> {
    let mut comparison = Comparison { earlier, later, seen: BTreeSet::new(), broken: Vec::new() };
    comparison.documents();
    comparison.broken
}

/// Who writes what is described.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Direction {
    /// Clients do: what was taken has to be taken still.
    Request,
    /// Backends do: what was promised has to be promised still.
    Answer,
}

struct Comparison<'a> {
    earlier: &'a Value,
    later: &'a Value,
    /// The pairs of components that were compared, so that schemas may name each other.
    seen: BTreeSet<(Direction, String)>,
    broken: Vec<String>,
}

impl Comparison<'_> {
    fn breaks(&mut self, place: &str, what: &str) {
        self.broken.push(format!("{place}: {what}"));
    }

    fn documents(&mut self) {
        for feature in names(self.earlier.get("tags")).difference(&names(self.later.get("tags"))) {
            self.breaks(feature, "the feature is gone");
        }
        for (path, item) in fields(self.earlier.get("paths")) {
            for (method, earlier) in fields(Some(item)) {
                let place = format!("{} {path}", method.to_uppercase());
                let later = self.later.get("paths").and_then(|paths| paths.get(path)?.get(method));
                match later {
                    Some(later) => self.operations(&place, earlier, later),
                    None => self.breaks(&place, "the route is gone"),
                }
            }
        }
    }

    fn operations(&mut self, place: &str, earlier: &Value, later: &Value) {
        if earlier.get("operationId") != later.get("operationId") {
            self.breaks(place, "it has another name");
        }
        if is_public(earlier) && !is_public(later) {
            self.breaks(place, "it wants a token");
        }
        self.parameters(place, earlier, later);
        let body = |operation: &Value| operation.get("requestBody").cloned();
        match (body(earlier), body(later)) {
            (earlier, Some(later)) => {
                if is_required(&later) && !earlier.as_ref().is_some_and(is_required) {
                    self.breaks(place, "it wants a body");
                }
                if let Some(earlier) = earlier {
                    self.contents(place, Direction::Request, &earlier, &later);
                }
            }
            (Some(_), None) => self.breaks(place, "it takes no body any more"),
            (None, None) => {}
        }
        for (status, earlier) in fields(earlier.get("responses")) {
            let place = format!("{place} {status}");
            match later.get("responses").and_then(|responses| responses.get(status)) {
                Some(later) => self.answers(&place, earlier, later),
                None => self.breaks(&place, "the answer is gone"),
            }
        }
        // A status is an error that clients understand by its class; a new success is one that they do not.
        let known = keys(earlier.get("responses"));
        for status in keys(later.get("responses")).difference(&known) {
            if status.starts_with(['2', '3']) {
                self.breaks(&format!("{place} {status}"), "the answer is new, and no client knows it");
            }
        }
    }

    fn parameters(&mut self, place: &str, earlier: &Value, later: &Value) {
        let list = |operation: &Value| {
            operation.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default()
        };
        let same = |one: &Value, other: &Value| {
            one.get("name") == other.get("name") && one.get("in") == other.get("in")
        };
        let (earlier, later) = (list(earlier), list(later));
        for old in &earlier {
            let place = format!("{place} {}", text(old.get("name")));
            let Some(new) = later.iter().find(|new| same(old, new)) else {
                self.breaks(&place, "the parameter is gone");
                continue;
            };
            if is_required(new) && !is_required(old) {
                self.breaks(&place, "the parameter is required");
            }
            self.schemas(&place, Direction::Request, old.get("schema"), new.get("schema"));
        }
        for new in later.iter().filter(|new| is_required(new)) {
            if !earlier.iter().any(|old| same(old, new)) {
                self.breaks(
                    &format!("{place} {}", text(new.get("name"))),
                    "the parameter is new and required",
                );
            }
        }
    }

    fn answers(&mut self, place: &str, earlier: &Value, later: &Value) {
        self.contents(place, Direction::Answer, earlier, later);
        let list = |answer: &Value, name: &str| -> BTreeSet<String> {
            answer
                .get(name)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .map(|it| text(Some(it)))
                .collect()
        };
        for kind in list(earlier, "x-problem-types").difference(&list(later, "x-problem-types")) {
            self.breaks(place, &format!("the problem type {kind} is gone"));
        }
        for (name, old) in fields(earlier.get("headers")) {
            let place = format!("{place} {name}");
            let Some(new) = later.get("headers").and_then(|headers| headers.get(name)) else {
                self.breaks(&place, "the header is gone");
                continue;
            };
            let (old, new) = (resolved(self.earlier, old), resolved(self.later, new));
            if old.get("required") == Some(&Value::Bool(true)) && new.get("required") != old.get("required") {
                self.breaks(&place, "the header may be missing");
            }
            self.schemas(&place, Direction::Answer, old.get("schema"), new.get("schema"));
        }
    }

    fn contents(&mut self, place: &str, direction: Direction, earlier: &Value, later: &Value) {
        for (media_type, old) in fields(earlier.get("content")) {
            match later.get("content").and_then(|content| content.get(media_type)) {
                Some(new) => self.schemas(place, direction, old.get("schema"), new.get("schema")),
                None => self.breaks(place, &format!("{media_type} is gone")),
            }
        }
    }

    fn schemas(&mut self, place: &str, direction: Direction, earlier: Option<&Value>, later: Option<&Value>) {
        let described = |schema: Option<&'_ Value>| schema.is_some_and(Value::is_object);
        match (described(earlier), described(later), direction) {
            (true, false, Direction::Answer) => self.breaks(place, "what it is is not said any more"),
            (false, true, Direction::Request) => self.breaks(place, "what was free is not any more"),
            _ => {}
        }
        let (Some(earlier), Some(later)) = (earlier, later) else { return };
        let place = match earlier.get("$ref").and_then(Value::as_str).and_then(|name| name.rsplit('/').next())
        {
            // What a component says is said once, under its own name.
            Some(name) if earlier.get("$ref") == later.get("$ref") => {
                if !self.seen.insert((direction, format!("{name} {}", own(earlier, later)))) {
                    return;
                }
                name.to_owned()
            }
            _ => place.to_owned(),
        };
        let (old, new) = (resolved(self.earlier, earlier), resolved(self.later, later));
        self.forms(&place, direction, &old, &new);
        self.bounds(&place, direction, &old, &new);
        self.words(&place, direction, &old, &new);
        let (needed, wanted) = (list(&old, "required"), list(&new, "required"));
        match direction {
            Direction::Request => {
                for name in wanted.difference(&needed) {
                    self.breaks(&format!("{place}.{name}"), "the field is required");
                }
            }
            Direction::Answer => {
                for name in needed.difference(&wanted) {
                    self.breaks(&format!("{place}.{name}"), "the field may be missing");
                }
            }
        }
        for (name, old) in fields(old.get("properties")) {
            let place = format!("{place}.{name}");
            match new.get("properties").and_then(|properties| properties.get(name)) {
                Some(new) => self.schemas(&place, direction, Some(old), Some(new)),
                None => self.breaks(&place, "the field is gone"),
            }
        }
        for (pattern, old) in fields(old.get("patternProperties")) {
            let place = format!("{place}.{pattern}");
            match new.get("patternProperties").and_then(|patterns| patterns.get(pattern)) {
                Some(new) => self.schemas(&place, direction, Some(old), Some(new)),
                None => self.breaks(&place, "the fields are gone"),
            }
        }
        for part in ["items", "additionalProperties", "contentSchema"] {
            self.schemas(&format!("{place}[]"), direction, old.get(part), new.get(part));
        }
        if new.get("additionalProperties") == Some(&Value::Bool(false))
            && !old.contains_key("additionalProperties")
        {
            self.breaks(&place, "unknown fields are refused");
        }
    }

    /// Texts, numbers, lists, and null.
    fn forms(
        &mut self,
        place: &str,
        direction: Direction,
        old: &Map<String, Value>,
        new: &Map<String, Value>,
    ) {
        let (before, after) = (forms(old), forms(new));
        let lost = match direction {
            Direction::Request => before.difference(&after).next(),
            Direction::Answer => after.difference(&before).next(),
        };
        match (lost, direction) {
            (Some(form), Direction::Request) => self.breaks(place, &format!("{form} is not taken any more")),
            (Some(form), Direction::Answer) => self.breaks(place, &format!("{form} may come now")),
            (None, _) => {}
        }
        for name in ["const", "default", "format", "pattern"] {
            // A pattern or format may go from a request, and come to an answer; a meaning may not change at all.
            let (old, new) = (old.get(name), new.get(name));
            let freer = match (name, direction) {
                ("format" | "pattern", Direction::Request) => new.is_none(),
                ("format" | "pattern", Direction::Answer) => old.is_none(),
                _ => false,
            };
            if old != new && !freer {
                self.breaks(place, &format!("`{name}` is another"));
            }
        }
    }

    fn bounds(
        &mut self,
        place: &str,
        direction: Direction,
        old: &Map<String, Value>,
        new: &Map<String, Value>,
    ) {
        for (name, is_upper) in [
            ("maximum", true),
            ("maxLength", true),
            ("maxItems", true),
            ("minimum", false),
            ("minLength", false),
            ("minItems", false),
        ] {
            let open = if is_upper { f64::INFINITY } else { f64::NEG_INFINITY };
            let bound =
                |schema: &Map<String, Value>| schema.get(name).and_then(Value::as_f64).unwrap_or(open);
            let (before, after) = (bound(old), bound(new));
            let narrower = if is_upper { after < before } else { after > before };
            let wider = if is_upper { after > before } else { after < before };
            if (direction == Direction::Request && narrower) || (direction == Direction::Answer && wider) {
                self.breaks(place, &format!("`{name}` is another"));
            }
        }
    }

    /// Words that are listed: all of them stay; where any other word may come, more may be listed.
    fn words(
        &mut self,
        place: &str,
        direction: Direction,
        old: &Map<String, Value>,
        new: &Map<String, Value>,
    ) {
        for word in words(old).difference(&words(new)) {
            self.breaks(place, &format!("the word {word} is gone"));
        }
        let listed = |schema: &Map<String, Value>| schema.contains_key("enum");
        if direction == Direction::Answer
            && listed(old)
            && words(new).difference(&words(old)).next().is_some()
        {
            self.breaks(place, "a word may come that nobody knows");
        }
        let variants = |schema: &Map<String, Value>| -> Vec<Value> {
            let all = schema.get("anyOf").and_then(Value::as_array).cloned().unwrap_or_default();
            all.into_iter().filter(|variant| variant.get("$ref").is_some()).collect()
        };
        for variant in variants(old) {
            let same = |other: &Value| other.get("$ref") == variant.get("$ref");
            match variants(new).into_iter().find(same) {
                Some(other) => self.schemas(place, direction, Some(&variant), Some(&other)),
                None => self.breaks(place, &format!("{} is gone", text(variant.get("$ref")))),
            }
        }
        if direction == Direction::Answer {
            for variant in variants(new) {
                if !variants(old).iter().any(|other| other.get("$ref") == variant.get("$ref")) {
                    self.breaks(place, &format!("{} may come now", text(variant.get("$ref"))));
                }
            }
        }
    }
}

/// Whether a parameter or a body has to be there.
fn is_required(part: &Value) -> bool {
    part.get("required") == Some(&Value::Bool(true))
}

/// Whether it is answered without a token.
fn is_public(operation: &Value) -> bool {
    let ways = operation.get("security").and_then(Value::as_array).cloned().unwrap_or_default();
    ways.is_empty() || ways.contains(&Value::Object(Map::new()))
}

/// A schema or header with what it refers to; what stands beside the reference goes before it.
fn resolved(document: &Value, part: &Value) -> Map<String, Value> {
    let Value::Object(own) = part else { return Map::new() };
    let target = own.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix('#'));
    let mut all = match target.and_then(|pointer| document.pointer(pointer)) {
        Some(target) => resolved(document, target),
        None => Map::new(),
    };
    all.extend(own.iter().filter(|(name, _)| *name != "$ref").map(|(name, it)| (name.clone(), it.clone())));
    all
}

/// What stands beside two references, but for words that only people read.
fn own(earlier: &Value, later: &Value) -> String {
    let told = |part: &Value| {
        fields(Some(part))
            .filter(|(name, _)| *name != "description")
            .map(|(_, it)| it.to_string())
            .collect::<String>()
    };
    format!("{} {}", told(earlier), told(later))
}

fn fields(part: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    part.and_then(Value::as_object).into_iter().flatten()
}

fn keys(part: Option<&Value>) -> BTreeSet<String> {
    fields(part).map(|(name, _)| name.clone()).collect()
}

fn names(list: Option<&Value>) -> BTreeSet<String> {
    list.and_then(Value::as_array).into_iter().flatten().map(|it| text(it.get("name"))).collect()
}

fn list(schema: &Map<String, Value>, name: &str) -> BTreeSet<String> {
    schema.get(name).and_then(Value::as_array).into_iter().flatten().map(|it| text(Some(it))).collect()
}

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Which forms of JSON it takes; `any` where it does not say.
fn forms(schema: &Map<String, Value>) -> BTreeSet<String> {
    let mut forms: BTreeSet<String> = match schema.get("type") {
        Some(Value::String(form)) => [form.clone()].into(),
        Some(Value::Array(_)) => list(schema, "type"),
        _ => BTreeSet::new(),
    };
    for variant in schema.get("anyOf").and_then(Value::as_array).into_iter().flatten() {
        forms.extend(variant.get("type").map(|form| text(Some(form))));
    }
    if forms.is_empty() { ["any".to_owned()].into() } else { forms }
}

/// The words that it lists.
fn words(schema: &Map<String, Value>) -> BTreeSet<String> {
    let variants = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    let constants = variants.filter_map(|variant| variant.get("const")).map(|word| text(Some(word)));
    constants.chain(list(schema, "enum")).collect()
}
