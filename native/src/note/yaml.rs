//! YAML to property values: the library's events, with bounds on depth and size, so that no front matter can blow up.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use saphyr::{Scalar, ScalarStyle, Tag};
use saphyr_parser::{Event, Parser, StrInput};

use super::{Value, YamlPiece};

const DEEPEST: usize = 64;
/// Values that a front matter may hold, aliases expanded.
const MOST_VALUES: usize = 100_000;

/// A list or mapping under construction.
struct Open {
    anchor: usize,
    items: Items,
    /// Values in it so far, for the price of an alias to it.
    size: usize,
}

enum Items {
    List(Vec<Value>),
    Map { pairs: Vec<(String, Value)>, places: FxHashMap<String, usize>, key: Option<String> },
}

struct Builder {
    open: Vec<Open>,
    anchors: FxHashMap<usize, (Value, usize)>,
    values: usize,
    root: Value,
}

/// The value of a YAML document; on an error, the top-level pairs before it and the reason.
pub(super) fn parse(yaml: &str) -> (Value, Option<String>) {
    match super::simple::parse(yaml) {
        Some(value) => (value, None),
        None => parse_any(yaml),
    }
}

/// The same by the YAML library alone.
pub(super) fn parse_any(yaml: &str) -> (Value, Option<String>) {
    let mut builder = Builder { open: Vec::new(), anchors: FxHashMap::default(), values: 0, root: Value::Null };
    let error = builder.read(Parser::new_from_str(yaml)).err();
    while error.is_some() && builder.open.len() > 1 {
        builder.open.pop();
    }
    if error.is_some()
        && let Some(open) = builder.open.pop()
    {
        builder.root = open.items.into_value();
    }
    (builder.root, error)
}

impl Builder {
    fn read(&mut self, parser: Parser<'_, StrInput<'_>>) -> Result<(), String> {
        for event in parser {
            match event.map_err(|error| error.to_string())?.0 {
                Event::Scalar(text, style, anchor, tag) => {
                    let value = scalar(text, style, tag.as_ref());
                    self.add(value, anchor, 1)?;
                }
                Event::SequenceStart(anchor, _) => self.start(Items::List(Vec::new()), anchor)?,
                Event::MappingStart(anchor, _) => {
                    self.start(Items::Map { pairs: Vec::new(), places: FxHashMap::default(), key: None }, anchor)?;
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    if let Some(open) = self.open.pop() {
                        self.add(open.items.into_value(), open.anchor, open.size + 1)?;
                    }
                }
                Event::Alias(anchor) => {
                    let (value, size) = self.anchors.get(&anchor).ok_or("an alias to nothing")?;
                    if self.values + size > MOST_VALUES {
                        return Err("aliases that expand to too many values".to_owned());
                    }
                    let (value, size) = (value.clone(), *size);
                    self.values += size;
                    self.add(value, 0, size)?;
                }
                // A second document, or the end: the first one is all the front matter there is.
                Event::DocumentEnd => return Ok(()),
                _ => {}
            }
        }
        Ok(())
    }

    fn start(&mut self, items: Items, anchor: usize) -> Result<(), String> {
        if self.open.len() >= DEEPEST {
            return Err(format!("nested deeper than {DEEPEST}"));
        }
        self.open.push(Open { anchor, items, size: 0 });
        Ok(())
    }

    fn add(&mut self, value: Value, anchor: usize, size: usize) -> Result<(), String> {
        self.values += 1;
        if self.values > MOST_VALUES {
            return Err("too many values".to_owned());
        }
        if anchor > 0 {
            self.values += size;
            self.anchors.insert(anchor, (value.clone(), size));
        }
        match self.open.last_mut() {
            None => self.root = value,
            Some(open) => {
                open.size += size;
                open.items.add(value);
            }
        }
        Ok(())
    }
}

impl Items {
    fn add(&mut self, value: Value) {
        match self {
            Items::List(items) => items.push(value),
            Items::Map { pairs, places, key } => match key.take() {
                None => *key = Some(key_text(value)),
                // As in JSON, the last of equal keys counts, in the place of the first.
                Some(name) => match places.get(&name) {
                    Some(place) => pairs[*place].1 = value,
                    None => {
                        places.insert(name.clone(), pairs.len());
                        pairs.push((name, value));
                    }
                },
            },
        }
    }

    fn into_value(self) -> Value {
        match self {
            Items::List(items) => Value::List(items),
            Items::Map { pairs, .. } => Value::Map(pairs),
        }
    }
}

/// Every event of the first document as a piece of its text.
pub(super) fn pieces(yaml: &str) -> (Vec<YamlPiece>, Option<(String, usize)>) {
    let mut found: Vec<YamlPiece> = Vec::new();
    let mut depth = 0_usize;
    for event in Parser::new_from_str(yaml) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => return (found, Some((error.to_string(), error.marker().line().saturating_sub(1)))),
        };
        let range = span.start.index()..span.end.index();
        let flow = if range.is_empty() { "block" } else { "flow" };
        let piece = |kind, style, marked| YamlPiece { kind, style, value: None, marked, range: range.clone() };
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let marked = anchor > 0 || tag.is_some();
                let value = Some(scalar(text, style, tag.as_ref()));
                found.push(YamlPiece { value, ..piece("scalar", style_name(style), marked) });
            }
            Event::SequenceStart(anchor, tag) => found.push(piece("list", flow, anchor > 0 || tag.is_some())),
            Event::MappingStart(anchor, tag) => found.push(piece("map", flow, anchor > 0 || tag.is_some())),
            Event::SequenceEnd | Event::MappingEnd => found.push(piece("end", flow, false)),
            Event::Alias(_) => found.push(piece("alias", "", true)),
            Event::DocumentEnd => break,
            _ => continue,
        }
        match found.last().map(|piece| piece.kind) {
            Some("list" | "map") => depth += 1,
            Some("end") => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST || found.len() > MOST_VALUES {
            return (
                found,
                Some(("nested too deep, or too many values".to_owned(), span.start.line().saturating_sub(1))),
            );
        }
    }
    (found, None)
}

fn style_name(style: ScalarStyle) -> &'static str {
    match style {
        ScalarStyle::Plain => "plain",
        ScalarStyle::SingleQuoted => "single",
        ScalarStyle::DoubleQuoted => "double",
        ScalarStyle::Literal => "literal",
        ScalarStyle::Folded => "folded",
    }
}

fn key_text(value: Value) -> String {
    match value {
        Value::Text(text) => text,
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::List(_) | Value::Map(_) => "?".to_owned(),
    }
}

/// A scalar by YAML's core schema; foreign tags such as `!!python/object` are ignored.
pub(super) fn scalar(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Cow<'_, Tag>>) -> Value {
    let resolved = match Scalar::parse_from_cow_and_metadata(text.clone(), style, tag) {
        Some(resolved) => resolved,
        None => Scalar::String(text.clone()),
    };
    match resolved {
        Scalar::Null => Value::Null,
        Scalar::Boolean(truth) => Value::Bool(truth),
        Scalar::Integer(number) => Value::Number(number as f64),
        Scalar::FloatingPoint(number) => Value::Number(number.into_inner()),
        Scalar::String(text) => Value::Text(text.into_owned()),
    }
}
