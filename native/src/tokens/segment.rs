//! Cuts text into segments: compounds of spaced scripts (`node.js`, `well-known`), runs of dense scripts, pictographs.
//!
//! Where this differs from the word boundaries of Unicode Annex 29, and why, is told in [`super`].

use super::letters::{Class, Letter, kept_composition, letter};

/// Pieces in one compound; a longer chain is cut into several compounds.
const MAX_PIECES: usize = 8;

/// A stretch of the text (`start..end`, bytes) and of the folded buffer (`from..to`, bytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub start: usize,
    pub end: usize,
    pub from: usize,
    pub to: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `pieces` are words joined by signs, usually just one.
    Compound,
    /// `pieces` are the single characters (with their marks) of a run of a dense script.
    Run,
    /// One pictograph, in `pieces[0]`.
    Sign,
}

/// Finds one segment after the other, into buffers that are reused.
#[derive(Debug, Default)]
pub(super) struct Segmenter {
    /// The folded pieces of the current segment, one after the other.
    pub folded: String,
    pub pieces: Vec<Piece>,
    /// The words inside camelCase pieces; `from..to` are in `folded_humps`.
    pub humps: Vec<Piece>,
    pub folded_humps: String,
    /// `++` or `#` right behind a name of a language: `c++`, `f#`.
    pub suffix: &'static str,
}

impl Segmenter {
    /// The first segment at or behind byte `at`, and where to go on; nothing when the text is done.
    pub fn next(&mut self, text: &str, mut at: usize) -> Option<(Shape, usize)> {
        self.folded.clear();
        self.pieces.clear();
        self.humps.clear();
        self.folded_humps.clear();
        self.suffix = "";
        let bytes = text.as_bytes();
        loop {
            while bytes.get(at).is_some_and(|byte| byte.is_ascii() && BYTES[*byte as usize] & ALPHANUMERIC == 0) {
                at += 1;
            }
            let (class, width) = class_at(text, at)?;
            match class {
                Class::Gap | Class::Mark => at += width,
                Class::Word => return Some((Shape::Compound, self.compound(text, at))),
                Class::Dense => return Some((Shape::Run, self.run(text, at))),
                Class::Sign => return Some((Shape::Sign, self.sign(text, at))),
            }
        }
    }

    fn compound(&mut self, text: &str, start: usize) -> usize {
        if let Some(end) = self.simple_word(text, start) {
            return end;
        }
        let mut at = self.piece(text, start);
        while self.pieces.len() < MAX_PIECES {
            let Some(next) = behind_connector(text, at) else { break };
            at = self.piece(text, next);
        }
        self.suffix = suffix_at(text, at, self.folded.len());
        at + self.suffix.len()
    }

    /// The usual case, an ASCII word with nothing doubtful behind it, without looking at the rest of the rules.
    fn simple_word(&mut self, text: &str, start: usize) -> Option<usize> {
        let run = ascii_run(&text.as_bytes()[start..]);
        let end = start + run.length;
        if run.length == 0
            || run.camel
            || text.as_bytes().get(end).is_some_and(|byte| BYTES[*byte as usize] & DOUBTFUL != 0)
        {
            return None;
        }
        self.folded.push_str(&text[start..end]);
        self.folded.make_ascii_lowercase();
        self.pieces.push(Piece { start, end, from: 0, to: run.length });
        Some(end)
    }

    /// Read one piece that begins at `start`, return its end.
    fn piece(&mut self, text: &str, start: usize) -> usize {
        let from = self.folded.len();
        let mut at = start;
        let mut end = start;
        let mut camel = false;
        loop {
            let run = ascii_run(&text.as_bytes()[at..]);
            if run.length > 0 {
                let mark = self.folded.len();
                self.folded.push_str(&text[at..at + run.length]);
                self.folded[mark..].make_ascii_lowercase();
                camel |= run.camel;
                at += run.length;
                end = at;
            }
            let Some(c) = text[at..].chars().next() else { break };
            match apostrophe(text, start, at, c) {
                Apostrophe::None => {}
                Apostrophe::Inside => {
                    at += c.len_utf8();
                    continue;
                }
                Apostrophe::Possessive => {
                    let skipped = at + c.len_utf8() + 1;
                    self.finish_piece(Piece { start, end, from, to: self.folded.len() }, text, camel);
                    return skipped;
                }
            }
            if c.is_ascii() {
                break;
            }
            let letter = letter(c);
            match letter.class() {
                Class::Word => letter.fold_into(c, &mut self.folded),
                Class::Mark => self.mark(letter, c, from),
                _ => break,
            }
            camel |= letter.is_upper() && at > start;
            at += c.len_utf8();
            end = at;
        }
        self.finish_piece(Piece { start, end, from, to: self.folded.len() }, text, camel);
        at
    }

    fn finish_piece(&mut self, piece: Piece, text: &str, camel: bool) {
        if camel {
            self.find_humps(text, piece);
        }
        self.pieces.push(piece);
    }

    /// Compose a mark with the character before it where that makes a letter of its own, else fold it by itself.
    fn mark(&mut self, letter: Letter, c: char, from: usize) {
        if let Some(base) = self.folded[from..].chars().next_back() {
            // Half-width voicing marks become the combining ones.
            let combining = match c {
                '\u{FF9E}' => '\u{3099}',
                '\u{FF9F}' => '\u{309A}',
                _ => c,
            };
            if let Some(composed) = kept_composition(base, combining) {
                self.folded.pop();
                self.folded.push(composed);
                return;
            }
        }
        letter.fold_into(c, &mut self.folded);
    }

    /// Words of a camelCase piece: `getHTTPBody` has `get`, `http`, `body`. Single letters are not worth finding.
    fn find_humps(&mut self, text: &str, piece: Piece) {
        let mut start = piece.start;
        let mut before = (false, false);
        let mut previous = piece.start;
        let mut boundaries = 0;
        for (offset, c) in text[piece.start..piece.end].char_indices() {
            let at = piece.start + offset;
            let now = (c.is_uppercase(), c.is_lowercase());
            let cut = if before.1 && now.0 {
                Some(at)
            } else if before.0 && now.1 && previous > start {
                Some(previous)
            } else {
                None
            };
            if let Some(cut) = cut {
                self.hump(text, start, cut);
                start = cut;
                boundaries += 1;
            }
            before = now;
            previous = at;
        }
        if boundaries > 0 {
            self.hump(text, start, piece.end);
        }
    }

    fn hump(&mut self, text: &str, start: usize, end: usize) {
        let from = self.folded_humps.len();
        for c in text[start..end].chars() {
            letter(c).fold_into(c, &mut self.folded_humps);
        }
        let to = self.folded_humps.len();
        if to - from > 1 {
            self.humps.push(Piece { start, end, from, to });
        } else {
            self.folded_humps.truncate(from);
        }
    }

    fn run(&mut self, text: &str, start: usize) -> usize {
        let mut at = start;
        for c in text[start..].chars() {
            let letter = letter(c);
            let end = at + c.len_utf8();
            let from = self.folded.len();
            match letter.class() {
                Class::Dense if is_joining_jamo(c) && self.join_jamo(c, end) => {}
                Class::Dense => {
                    letter.fold_into(c, &mut self.folded);
                    let to = self.folded.len();
                    if to > from {
                        self.pieces.push(Piece { start: at, end, from, to });
                    }
                }
                Class::Mark => {
                    let from = self.pieces.last().map_or(0, |unit| unit.from);
                    self.mark(letter, c, from);
                    let to = self.folded.len();
                    if let Some(unit) = self.pieces.last_mut() {
                        (unit.end, unit.to) = (end, to);
                    }
                }
                _ => break,
            }
            at = end;
        }
        at
    }

    /// Vowels and finals of decomposed Hangul join the syllable before them.
    fn join_jamo(&mut self, c: char, end: usize) -> bool {
        let Some(unit) = self.pieces.last_mut() else { return false };
        let Some(base) = self.folded[unit.from..].chars().next_back() else { return false };
        let Some(syllable) = kept_composition(base, c) else { return false };
        self.folded.pop();
        self.folded.push(syllable);
        (unit.end, unit.to) = (end, self.folded.len());
        true
    }

    fn sign(&mut self, text: &str, start: usize) -> usize {
        let mut chars = text[start..].chars();
        let mut end = start;
        if let Some(c) = chars.next() {
            letter(c).fold_into(c, &mut self.folded);
            end += c.len_utf8();
        }
        self.pieces.push(Piece { start, end, from: 0, to: self.folded.len() });
        end
    }
}

fn is_joining_jamo(c: char) -> bool {
    matches!(c as u32, 0x1161..=0x11FF)
}

struct AsciiRun {
    length: usize,
    /// An upper-case letter behind a lower-case one, or the other way round behind two upper-case ones.
    camel: bool,
}

const ALPHANUMERIC: u8 = 1;
const UPPER: u8 = 2;
/// May carry a word on, or belong to it: the slow path decides.
const DOUBTFUL: u8 = 4;

/// What each byte may do to a word of ASCII letters and digits.
const BYTES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let ascii = byte as u8;
        table[byte] = if ascii.is_ascii_uppercase() {
            ALPHANUMERIC | UPPER
        } else if ascii.is_ascii_alphanumeric() {
            ALPHANUMERIC
        } else if byte >= 128 || matches!(ascii, b'\'' | b'"' | b'.' | b'-' | b'_' | b'@' | b'+' | b'#') {
            DOUBTFUL
        } else {
            0
        };
        byte += 1;
    }
    table
};

/// Letters and digits at the front of `bytes`.
fn ascii_run(bytes: &[u8]) -> AsciiRun {
    let mut upper = 0;
    let mut length = 0;
    for &byte in bytes {
        let kind = BYTES[byte as usize];
        if kind & ALPHANUMERIC == 0 {
            break;
        }
        upper += usize::from(kind & UPPER != 0);
        length += 1;
    }
    let first = bytes.first().is_some_and(|byte| BYTES[*byte as usize] & UPPER != 0);
    AsciiRun { length, camel: upper > usize::from(first) && upper < length }
}

fn class_at(text: &str, at: usize) -> Option<(Class, usize)> {
    let byte = *text.as_bytes().get(at)?;
    if byte.is_ascii() {
        let class = if byte.is_ascii_alphanumeric() { Class::Word } else { Class::Gap };
        return Some((class, 1));
    }
    let c = text[at..].chars().next()?;
    Some((letter(c).class(), c.len_utf8()))
}

fn is_word(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { letter(c).class() == Class::Word }
}

/// The start of the next piece when the character at `at` joins two words into one name.
fn behind_connector(text: &str, at: usize) -> Option<usize> {
    let mut chars = text[at..].chars();
    let connector = chars.next()?;
    if !matches!(connector, '.' | '-' | '_' | '@' | '·' | '\u{2010}' | '\u{2011}') {
        return None;
    }
    let next = chars.next()?;
    is_word(next).then(|| at + connector.len_utf8())
}

enum Apostrophe {
    None,
    /// Drop it: `don't` is `dont`, `צה"ל` is `צהל`.
    Inside,
    /// Drop it and the `s` behind it.
    Possessive,
}

fn apostrophe(text: &str, start: usize, at: usize, c: char) -> Apostrophe {
    let quote = matches!(c, '"' | '״' | '\u{5F3}');
    if !matches!(c, '\'' | '’' | 'ʼ' | '＇') && !quote {
        return Apostrophe::None;
    }
    let mut behind = text[at + c.len_utf8()..].chars();
    let Some(next) = behind.next() else { return Apostrophe::None };
    if quote {
        let hebrew =
            matches!(next, 'א'..='ת') && text[start..at].chars().next_back().is_some_and(|p| matches!(p, 'א'..='ת'));
        return if hebrew { Apostrophe::Inside } else { Apostrophe::None };
    }
    if !is_word(next) || is_elision(&text[start..at]) {
        return Apostrophe::None;
    }
    if matches!(next, 's' | 'S') && !behind.next().is_some_and(is_word) {
        return Apostrophe::Possessive;
    }
    Apostrophe::Inside
}

/// French, Catalan and Italian articles and pronouns that lose their vowel: `l'homme` is two words.
fn is_elision(word: &str) -> bool {
    const ELIDED: [&str; 18] = [
        "l", "d", "j", "c", "n", "m", "t", "s", "qu", "un", "all", "dall", "dell", "nell", "sull", "jusqu", "lorsqu",
        "puisqu",
    ];
    word.len() <= 6 && ELIDED.iter().any(|elided| word.eq_ignore_ascii_case(elided))
}

/// `++` behind a name, `#` behind a single letter.
fn suffix_at(text: &str, at: usize, folded_length: usize) -> &'static str {
    let rest = &text.as_bytes()[at..];
    let ends = |width: usize| !text[at + width..].chars().next().is_some_and(is_word);
    if rest.starts_with(b"++") && ends(2) {
        "++"
    } else if folded_length == 1 && rest.starts_with(b"#") && ends(1) {
        "#"
    } else {
        ""
    }
}
