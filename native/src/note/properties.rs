//! Front matter: where it is, what it says, and the readings Obsidian gives to a few of its keys.

use std::ops::Range;

use super::link::wikilinks;
use super::{Link, LinkKind, Property, Value, yaml};

/// Front matter above this size is reported, not read: no person writes a megabyte of properties.
const LARGEST: usize = 1 << 20;

/// Keys that say when a note was created, best first, lower case with spaces and hyphens as `_`.
const CREATED_KEYS: &[&str] =
    &["created", "created_at", "date_created", "created_date", "creation_date", "createdat", "datecreated", "date"];

/// Byte ranges of the front matter's parts.
pub(super) struct Frontmatter {
    /// With both fences.
    pub whole: Range<usize>,
    pub yaml: Range<usize>,
    /// Where the body starts.
    pub body: usize,
}

/// The front matter, when `text` starts with a closed one.
pub(super) fn frontmatter(text: &str) -> Option<Frontmatter> {
    let bytes = text.as_bytes();
    if !bytes.starts_with(b"---") {
        return None;
    }
    let first = memchr::memchr(b'\n', bytes)?;
    if !bytes[3..first].trim_ascii().is_empty() {
        return None;
    }
    let yaml = first + 1;
    for found in memchr::memmem::find_iter(&bytes[first..], b"\n---") {
        let fence = first + found + 1;
        let newline = memchr::memchr(b'\n', &bytes[fence..]).map_or(bytes.len(), |at| fence + at);
        if bytes[fence + 3..newline].trim_ascii().is_empty() {
            let body = (newline + 1).min(bytes.len());
            return Some(Frontmatter { whole: 0..fence + 3, yaml: yaml..fence.max(yaml), body });
        }
    }
    None
}

/// The properties of a front matter's YAML, and why some of it could not be read.
pub(super) fn parse(yaml: &str) -> (Vec<Property>, Option<String>) {
    if yaml.len() > LARGEST {
        return (Vec::new(), Some(format!("front matter of {} bytes is larger than {LARGEST}", yaml.len())));
    }
    let (root, error) = yaml::parse(yaml);
    match root {
        Value::Map(pairs) => (pairs.into_iter().map(|(key, value)| Property { key, value }).collect(), error),
        Value::Null => (Vec::new(), error),
        _ => (Vec::new(), error.or_else(|| Some("front matter is not a list of properties".to_owned()))),
    }
}

/// Add the wikilinks inside property values.
pub(super) fn links(properties: &[Property], frontmatter: &Range<usize>, found: &mut Vec<Link>) {
    let mut texts = Vec::new();
    for property in properties {
        all_texts(&property.value, &mut texts);
    }
    for text in texts {
        found.extend(wikilinks(text).map(|link| Link {
            kind: LinkKind::Property,
            range: frontmatter.clone(),
            written: frontmatter.start..frontmatter.start,
            ..link
        }));
    }
}

fn all_texts<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::Text(text) => texts.push(text),
        Value::List(items) => items.iter().for_each(|item| all_texts(item, texts)),
        Value::Map(pairs) => pairs.iter().for_each(|(_, value)| all_texts(value, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The non-empty texts of a scalar or a list.
pub(super) fn collect_texts<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::Text(text) if !text.trim().is_empty() => texts.push(text.trim()),
        Value::List(items) => items.iter().for_each(|item| collect_texts(item, texts)),
        _ => {}
    }
}

/// Add (key, text) for every scalar in `value`; null and empty values give one empty text.
pub(super) fn flatten<'a>(key: &'a str, value: &Value, pairs: &mut Vec<(&'a str, String)>) {
    match value {
        Value::Null => pairs.push((key, String::new())),
        Value::Bool(truth) => pairs.push((key, truth.to_string())),
        Value::Number(number) => pairs.push((key, number.to_string())),
        Value::Text(text) => pairs.push((key, text.clone())),
        Value::List(items) => items.iter().for_each(|item| flatten(key, item, pairs)),
        Value::Map(inner) => inner.iter().for_each(|(_, value)| flatten(key, value, pairs)),
    }
}

/// The creation time that the properties give, in nanoseconds since 1970.
pub(super) fn created(properties: &[Property]) -> Option<i64> {
    CREATED_KEYS.iter().find_map(|wanted| {
        let named = properties.iter().filter(|property| {
            property.key.len() == wanted.len() && property.key.to_ascii_lowercase().replace([' ', '-'], "_") == **wanted
        });
        named.filter_map(|property| if let Value::Text(text) = &property.value { timestamp(text) } else { None }).next()
    })
}

/// An ISO 8601 date with an optional time and zone, as nanoseconds since 1970; without a zone it counts as UTC.
fn timestamp(text: &str) -> Option<i64> {
    let text = text.trim();
    let text = text.strip_prefix("[[").and_then(|text| text.strip_suffix("]]")).unwrap_or(text);
    let (date, rest) = text.split_at_checked(10)?;
    let mut parts = date.split('-').map(number);
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some()
        || date.as_bytes()[4] != b'-'
        || !(1..=12).contains(&month)
        || !(1..=days_in(year, month)).contains(&day)
    {
        return None;
    }
    let seconds = days_since_1970(year, month, day) * 86_400 + if rest.is_empty() { 0 } else { time_seconds(rest)? };
    seconds.checked_mul(1_000_000_000)
}

/// Seconds of `T12:34`, ` 12:34:56`, `T12:34:56.789+02:00` …, less the zone's offset. Fractions are dropped.
fn time_seconds(text: &str) -> Option<i64> {
    let text = text.strip_prefix(['T', 't', ' '])?.trim();
    let zone_at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(zone_at);
    let clock = clock.trim_end().split('.').next()?;
    let mut parts = clock.split(':').map(number);
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().unwrap_or(Some(0))?;
    if parts.next().is_some() || hours > 24 || minutes > 59 || seconds > 60 {
        return None;
    }
    Some(hours * 3600 + minutes * 60 + seconds - zone_seconds(zone)?)
}

fn zone_seconds(zone: &str) -> Option<i64> {
    let sign = match zone.chars().next() {
        None | Some('Z' | 'z') => return (zone.len() <= 1).then_some(0),
        Some('-') => -1,
        _ => 1,
    };
    let digits: String = zone[1..].chars().filter(|character| *character != ':').collect();
    let (hours, minutes) = (number(digits.get(..2)?)?, if digits.len() > 2 { number(digits.get(2..)?)? } else { 0 });
    (hours <= 18 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

fn number(digits: &str) -> Option<i64> {
    let plain = !digits.is_empty() && digits.len() <= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}
