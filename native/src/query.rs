//! The query language: what a person typed to a tree, totally. Whatever is not an operator is a word.
//!
//! | typed | means |
//! |---|---|
//! | `tide pool` | notes with either word; those with both, in good places, come first |
//! | `"tide pool"` | the words next to each other, required; as words where no note has what is required |
//! | `-tide`, `-"tide pool"`, `-tag:x` | excluded |
//! | `path:tides/` | the path contains the text, in any case |
//! | `tag:project` | the tag or one below it (`#project/alpha`); `#` may be typed |
//! | `[status]`, `[status:done]` | the property exists; its value contains the text |
//! | `after:2026-01` | changed at or after the start of that day, month or year (UTC) |
//! | `before:2026` | changed before its start |
//! | `a OR b` | either side; binds looser than a space, so `a b OR c d` has two alternatives |
//! | `( … )` | groups |
//!
//! Values may be quoted (`path:"old notes"`). Operator names are accepted in any case, `OR` in capitals only. An unknown
//! `name:`, a lone `-` or bracket, a date that is none and a quote without its partner are words. Operators and words of
//! one group must all hold, except that of several plain words one is enough. Only the first [`MAX_QUERY_BYTES`] of a
//! query are read; parentheses nest [`MAX_DEPTH`] deep.

/// Longer queries are cut here: past what a person types, long before what would be slow.
pub const MAX_QUERY_BYTES: usize = 16 * 1024;
/// Parentheses below this depth are words.
pub const MAX_DEPTH: usize = 16;
/// A property clause longer than this is text in brackets.
const MAX_PROPERTY_BYTES: usize = 512;

/// A parsed query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub root: Node,
    /// The text ends inside a plain word, which may therefore be half typed.
    pub typing: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// Plain words as typed, neighbours together.
    Words(String),
    Phrase(String),
    /// Part of a path.
    Path(String),
    /// Without `#`.
    Tag(String),
    Property {
        key: String,
        value: Option<String>,
    },
    /// Nanoseconds since 1970, exclusive.
    Before(i64),
    /// Nanoseconds since 1970, inclusive.
    After(i64),
    Not(Box<Node>),
    All(Vec<Node>),
    Any(Vec<Node>),
}

impl Query {
    /// The words that say what is looked for, quotes opened; without operators, filters and what is excluded.
    pub fn meaning(&self) -> String {
        let mut words = Vec::new();
        collect(&self.root, &mut words);
        words.join(" ")
    }
}

fn collect<'a>(node: &'a Node, words: &mut Vec<&'a str>) {
    match node {
        Node::Words(text) | Node::Phrase(text) => words.push(text.trim()),
        Node::All(nodes) | Node::Any(nodes) => nodes.iter().for_each(|node| collect(node, words)),
        _ => {}
    }
}

/// Parse a query. Total, and linear in the length of the text.
pub fn parse(text: &str) -> Query {
    let text = &text[..floor_char_boundary(text, MAX_QUERY_BYTES)];
    let mut parser = Parser { text, at: 0, typing: false, no_quote_after: usize::MAX };
    let root = parser.alternatives(0);
    let typing = parser.typing && !text.ends_with(char::is_whitespace);
    Query { root, typing }
}

fn floor_char_boundary(text: &str, limit: usize) -> usize {
    if text.len() <= limit {
        return text.len();
    }
    (0..=limit).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    /// The clause read last was a plain word.
    typing: bool,
    /// From here on there is no closing quote, so nobody looks again.
    no_quote_after: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Groups between `OR`s, up to the end or the `)` that closes this depth (which is consumed).
    fn alternatives(&mut self, depth: usize) -> Node {
        let mut groups: Vec<Vec<Node>> = vec![Vec::new()];
        loop {
            self.skip_space();
            if self.rest().is_empty() {
                break;
            }
            if depth > 0 && self.rest().starts_with(')') {
                self.at += 1;
                self.typing = false;
                break;
            }
            let group_empty = groups.last().is_some_and(Vec::is_empty);
            if !group_empty && self.or_between() {
                groups.push(Vec::new());
                continue;
            }
            let node = self.clause(depth);
            if let Some(group) = groups.last_mut() {
                join(group, node);
            }
        }
        let mut alternatives: Vec<Node> = groups.into_iter().map(all).collect();
        match alternatives.len() {
            1 => alternatives.remove(0),
            _ => Node::Any(alternatives),
        }
    }

    /// Consume an `OR` that has something on its right.
    fn or_between(&mut self) -> bool {
        let Some(after) = self.rest().strip_prefix("OR") else { return false };
        let right = after.trim_start();
        if right.len() == after.len() || right.is_empty() || right.starts_with(')') {
            return false;
        }
        self.at = self.text.len() - right.len();
        true
    }

    fn clause(&mut self, depth: usize) -> Node {
        self.typing = false;
        if let Some(after) = self.rest().strip_prefix('-')
            && after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '"' | '[' | '(' | '#' | '_'))
        {
            self.at += 1;
            let node = self.positive(depth);
            self.typing = false;
            return Node::Not(Box::new(node));
        }
        self.positive(depth)
    }

    fn positive(&mut self, depth: usize) -> Node {
        match self.rest().as_bytes().first() {
            Some(b'"') => {
                if let Some(inner) = self.quoted() {
                    return Node::Phrase(inner.to_owned());
                }
            }
            Some(b'[') => {
                if let Some(node) = self.property() {
                    return node;
                }
            }
            Some(b'(') if depth < MAX_DEPTH => {
                self.at += 1;
                let node = self.alternatives(depth + 1);
                self.typing = false;
                return node;
            }
            _ => {
                if let Some(node) = self.operator(depth) {
                    return node;
                }
            }
        }
        self.typing = true;
        Node::Words(self.token(depth).to_owned())
    }

    /// `"…"` at the cursor, consumed; `None` when it never closes.
    fn quoted(&mut self) -> Option<&'a str> {
        if self.at >= self.no_quote_after {
            return None;
        }
        let start = self.at + 1;
        let Some(length) = self.text[start..].find('"') else {
            self.no_quote_after = self.at;
            return None;
        };
        self.at = start + length + 1;
        Some(&self.text[start..start + length])
    }

    /// `[key]` or `[key:value]` at the cursor.
    fn property(&mut self) -> Option<Node> {
        let rest = &self.rest()[1..];
        let window = &rest[..floor_char_boundary(rest, MAX_PROPERTY_BYTES)];
        let inner = &window[..window.find(']')?];
        let (key, value) = match inner.split_once(':') {
            Some((key, value)) => (key.trim(), Some(value.trim().trim_matches('"')).filter(|value| !value.is_empty())),
            None => (inner.trim(), None),
        };
        if key.is_empty() || key.contains(['[', '\n', '"']) {
            return None;
        }
        self.at += inner.len() + 2;
        Some(Node::Property { key: key.trim_matches('"').to_owned(), value: value.map(str::to_owned) })
    }

    /// `name:value` with a known name and a usable value.
    fn operator(&mut self, depth: usize) -> Option<Node> {
        let before = self.at;
        let rest = self.rest().as_bytes();
        let length = rest.iter().take(8).position(|&byte| byte == b':')?;
        let name = self.text[self.at..self.at + length].to_ascii_lowercase();
        if !matches!(name.as_str(), "path" | "tag" | "before" | "after") {
            return None;
        }
        self.at += length + 1;
        let value = match self.rest().starts_with('"').then(|| self.quoted()).flatten() {
            Some(value) => value,
            None => self.token(depth),
        };
        let node = filter(&name, value.trim());
        if node.is_none() {
            self.at = before;
        }
        node
    }

    /// Everything up to white space, or to a `)` that closes the group rather than the token's own `(`.
    fn token(&mut self, depth: usize) -> &'a str {
        let rest = self.rest();
        let mut open = 0usize;
        let mut end = rest.len();
        for (at, c) in rest.char_indices() {
            match c {
                '(' => open += 1,
                ')' if open > 0 => open -= 1,
                ')' if depth > 0 => {
                    end = at;
                    break;
                }
                c if c.is_whitespace() => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        self.at += end;
        &rest[..end]
    }
}

fn filter(name: &str, value: &str) -> Option<Node> {
    if value.is_empty() {
        return None;
    }
    match name {
        "path" => Some(Node::Path(value.to_owned())),
        "tag" => {
            let tag = value.trim_start_matches('#').trim_matches('/');
            (!tag.is_empty()).then(|| Node::Tag(tag.to_owned()))
        }
        "before" => day_start(value).map(Node::Before),
        _ => day_start(value).map(Node::After),
    }
}

/// Add a node to a group; neighbouring words become one text, so that they are segmented together.
fn join(group: &mut Vec<Node>, node: Node) {
    if let (Some(Node::Words(text)), Node::Words(word)) = (group.last_mut(), &node) {
        text.push(' ');
        text.push_str(word);
        return;
    }
    group.push(node);
}

fn all(mut group: Vec<Node>) -> Node {
    match group.len() {
        1 => group.remove(0),
        _ => Node::All(group),
    }
}

/// Nanoseconds since 1970 at which a `YYYY`, `YYYY-MM` or `YYYY-MM-DD` begins (UTC).
fn day_start(value: &str) -> Option<i64> {
    let mut parts = value.split('-');
    let year = number(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |part| number(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| number(part, 2))?;
    let valid = parts.next().is_none() && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    if !valid {
        return None;
    }
    days_since_1970(year, month, day).checked_mul(86_400_000_000_000)
}

fn number(digits: &str, length: usize) -> Option<i64> {
    let fits = digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| digits.parse().ok()).flatten()
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Proleptic Gregorian calendar, after Howard Hinnant's `days_from_civil`.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}
