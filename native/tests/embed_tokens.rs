//! Our tokenizers against Hugging Face's, which is right by definition: the same tokens for every text in every script.

use std::collections::BTreeSet;
use std::fs;

use arbtest::arbitrary::{Result, Unstructured};
use librarian_native::embed::StaticModel;
use rayon::prelude::*;
use safetensors::tensor::{Dtype, TensorView, serialize_to_file};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokenizers::Tokenizer;
use unicode_normalization::UnicodeNormalization;

/// First and last characters of what texts are made of: plain letters most often, then scripts and troublemakers.
const RANGES: [(char, char); 30] = [
    ('a', 'e'),
    ('a', 'e'),
    ('a', 'e'),
    ('A', 'E'),
    ('0', '9'),
    ('!', '/'),
    ('[', '`'),
    ('\0', '\u{1f}'),
    ('\u{7f}', '\u{bf}'),
    ('À', 'ÿ'),
    ('Ā', 'ɏ'),
    ('\u{300}', '\u{36f}'),
    ('Α', 'ω'),
    ('А', 'я'),
    ('\u{591}', '\u{5f4}'),
    ('\u{600}', '\u{6ff}'),
    ('\u{900}', '\u{97f}'),
    ('\u{e01}', '\u{e5b}'),
    ('\u{1100}', '\u{11ff}'),
    ('Ḁ', 'ỿ'),
    ('\u{2000}', '\u{206f}'),
    ('\u{3000}', '\u{303f}'),
    ('ぁ', 'ヿ'),
    ('一', '龥'),
    ('가', '힣'),
    ('\u{f900}', '\u{faff}'),
    ('\u{fe00}', '\u{ffff}'),
    ('\u{1d100}', '\u{1d1ff}'),
    ('😀', '🙏'),
    ('\u{10000}', '\u{10ffff}'),
];
/// Tokens that stand for themselves, whole and broken.
const PLAIN: [&str; 5] = ["<s>", "</s>", "<s", "s>", "▁"];

struct Both {
    model: StaticModel,
    theirs: Tokenizer,
    unknown: Option<u32>,
    _folder: TempDir,
}

impl Both {
    /// The model and Hugging Face's tokenizer of the same definition.
    fn of(definition: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (weights, tokenizer) = (folder.path().join("model.safetensors"), folder.path().join("tokenizer.json"));
        fs::write(&tokenizer, definition.to_string()).unwrap();
        let rows = definition["model"]["vocab"].as_object().unwrap().len();
        let bytes: Vec<u8> = (0..rows).flat_map(|_| 1_f32.to_le_bytes()).collect();
        let view = TensorView::new(Dtype::F32, vec![rows, 1], &bytes).unwrap();
        serialize_to_file([("embeddings", view)], None, &weights).unwrap();
        let theirs = Tokenizer::from_file(&tokenizer).unwrap();
        let unknown = definition["model"]["unk_token"].as_str().and_then(|token| theirs.token_to_id(token));
        Self { model: StaticModel::open(&weights, &tokenizer, None).unwrap(), theirs, unknown, _folder: folder }
    }

    /// Every word of the text has the same tokens here and there, and so has the whole, its white space made single spaces.
    fn agree(&self, text: &str) {
        let words: Vec<&str> = text.split_whitespace().collect();
        words.iter().for_each(|word| self.agree_on(word));
        // Llama's normalizer puts a sign of its own before and behind what stands beside a special token.
        if !text.contains("s>") {
            self.agree_on(&words.join(" "));
        }
    }

    fn agree_on(&self, text: &str) {
        let wanted = self.theirs.encode_fast(text, false).unwrap();
        let wanted: Vec<u32> = wanted.get_ids().iter().copied().filter(|id| Some(*id) != self.unknown).collect();
        assert_eq!(self.model.tokens(text), wanted, "{text:?}");
    }
}

fn text(u: &mut Unstructured<'_>) -> Result<String> {
    let mut text = String::new();
    for _ in 0..u.int_in_range(0..=40)? {
        match u.int_in_range(0..=9)? {
            0 => text.push(' '),
            1 => text.push_str(u.choose(&PLAIN)?),
            _ => {
                let (first, last) = *u.choose(&RANGES)?;
                let code = u.int_in_range(first as u32..=last as u32)?;
                text.extend(char::from_u32(code));
            }
        }
    }
    Ok(text)
}

fn numbered(tokens: impl IntoIterator<Item = String>) -> Value {
    let mut vocabulary = serde_json::Map::new();
    for token in tokens {
        let next = vocabulary.len();
        vocabulary.entry(token).or_insert(next.into());
    }
    vocabulary.into()
}

fn added(vocabulary: &Value, tokens: &[&str]) -> Value {
    (tokens.iter())
        .map(|token| {
            json!({"id": vocabulary[*token], "content": token, "special": true,
            "single_word": false, "lstrip": false, "rstrip": false, "normalized": false})
        })
        .collect()
}

/// Byte pairs as Llama has them, with merges of whatever the letters and their merges make.
fn pairs(u: &mut Unstructured<'_>) -> Result<Value> {
    let letters = ["▁", "a", "b", "c", "d", "e", "é", "潮", "가", "😀", ".", "0", "\u{301}"];
    let mut parts: Vec<String> = letters.map(str::to_owned).to_vec();
    let mut merges = Vec::new();
    for _ in 0..u.int_in_range(0..=60)? {
        let (one, other) = (u.choose(&parts)?.clone(), u.choose(&parts)?.clone());
        let spans_words = other.contains('▁');
        if !spans_words && one.len() + other.len() < 24 {
            parts.push(format!("{one}{other}"));
            merges.push(if u.arbitrary()? { json!([one, other]) } else { json!(format!("{one} {other}")) });
        }
    }
    // A file has merges all of one form.
    let is_old = merges.first().is_some_and(Value::is_string);
    merges.retain(|merge| merge.is_string() == is_old);
    let specials = ["<unk>", "<s>", "</s>"].map(str::to_owned);
    let vocabulary = numbered(specials.into_iter().chain((0..256).map(|byte| format!("<0x{byte:02X}>"))).chain(parts));
    Ok(json!({
        "version": "1.0", "truncation": null, "padding": null, "post_processor": null, "decoder": null,
        "added_tokens": added(&vocabulary, &["<unk>", "<s>", "</s>"]),
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
        "pre_tokenizer": null,
        "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": null,
            "end_of_word_suffix": null, "fuse_unk": true, "byte_fallback": true, "ignore_merges": false,
            "vocab": vocabulary, "merges": merges},
    }))
}

/// A WordPiece vocabulary that tells apart whatever characters become when they are folded.
fn pieces(strip_accents: Value, lowercase: bool, clean: bool, han: bool) -> Value {
    let every = '\0'..=char::MAX;
    let folded: BTreeSet<char> = every
        .flat_map(|c| {
            let parts: Vec<char> = std::iter::once(c).nfd().flat_map(|d| d.to_lowercase().chain([d])).collect();
            parts.into_iter().filter(move |part| *part != c || c < '\u{3100}')
        })
        .collect();
    let words = ["[UNK]", "<s>", "</s>", "ab", "abc", "##abc", "##de", "##bad", "dea", "##e\u{301}", "가나"];
    let single = folded.iter().flat_map(|c| [c.to_string(), format!("##{c}")]);
    let vocabulary = numbered(words.map(str::to_owned).into_iter().chain(single));
    json!({
        "version": "1.0", "truncation": null, "padding": null, "post_processor": null, "decoder": null,
        "added_tokens": added(&vocabulary, &["[UNK]", "<s>", "</s>"]),
        "normalizer": {"type": "BertNormalizer", "clean_text": clean, "handle_chinese_chars": han,
            "strip_accents": strip_accents, "lowercase": lowercase},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 20, "vocab": vocabulary},
    })
}

fn settings() -> Vec<Both> {
    [
        pieces(Value::Null, true, true, true),
        pieces(json!(false), true, true, true),
        pieces(json!(true), false, false, false),
        pieces(Value::Null, false, true, false),
    ]
    .iter()
    .map(Both::of)
    .collect()
}

#[test]
fn byte_pairs_are_joined_as_hugging_face_joins_them() {
    arbtest::arbtest(|u| {
        let both = Both::of(&pairs(u)?);
        for _ in 0..8 {
            both.agree(&text(u)?);
        }
        Ok(())
    });
}

#[test]
fn word_pieces_are_cut_as_hugging_face_cuts_them() {
    let all = settings();
    arbtest::arbtest(|u| {
        let text = text(u)?;
        all.iter().for_each(|both| both.agree(&text));
        Ok(())
    });
}

#[test]
fn every_character_is_folded_as_hugging_face_folds_it() {
    for both in settings() {
        // Nothing is assigned in the planes between, and what is for private use is alike.
        let assigned = (0..0x0003_0000_u32).into_par_iter().chain((0x000e_0000..0x000e_0200).into_par_iter());
        assigned.filter_map(char::from_u32).for_each(|c| both.agree(&format!("a{c}b{c}{c}")));
    }
}

#[test]
fn long_words_have_the_tokens_of_short_ones() {
    let mut word = String::new();
    let mut state = 7_u32;
    while word.len() < 1190 {
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12345);
        word.push(['a', 'b', 'c', 'd', 'e', 'é', '潮'][(state >> 16) as usize % 7]);
    }
    arbtest::arbtest(|u| {
        Both::of(&pairs(u)?).agree(&word);
        Ok(())
    })
    .budget_ms(100);
    settings().iter().for_each(|both| both.agree(&word));
}

#[test]
fn what_we_do_not_do_ourselves_hugging_face_does() {
    let pieces = pieces(Value::Null, true, true, true);
    let mut nfkc = pieces.clone();
    nfkc["normalizer"] = json!({"type": "NFKC"});
    let mut spaces = pieces.clone();
    spaces["pre_tokenizer"] = json!({"type": "Whitespace"});
    let mut strips = pieces;
    strips["added_tokens"][1]["lstrip"] = json!(true);
    let all = [nfkc, spaces, strips].map(|definition| Both::of(&definition));
    arbtest::arbtest(|u| {
        let text = text(u)?;
        text.split_whitespace().for_each(|word| all.iter().for_each(|both| both.agree_on(word)));
        Ok(())
    });
}
