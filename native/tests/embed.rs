//! Static embeddings: means of token vectors, tokens as the tokenizer itself gives them, and files that are no model.

use std::fs;
use std::path::{Path, PathBuf};

use librarian_native::embed::StaticModel;
use safetensors::tensor::{Dtype, TensorView, serialize_to_file};

/// Tokens of a WordPiece vocabulary; row n of the table is n in its first number and 1 in its second.
const VOCABULARY: [&str; 9] = ["[UNK]", "tide", "pool", "##s", "crab", "é", ".", "潮", "##ing"];

fn model(folder: &Path, rows: usize, numbers: &[f32], dtype: Dtype) -> (PathBuf, PathBuf) {
    let bytes: Vec<u8> = match dtype {
        Dtype::F16 => numbers.iter().flat_map(|number| half::f16::from_f32(*number).to_le_bytes()).collect(),
        _ => numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
    };
    let weights = folder.join("model.safetensors");
    let view = TensorView::new(dtype, vec![rows, numbers.len() / rows], &bytes).unwrap();
    serialize_to_file([("embeddings", view)], None, &weights).unwrap();
    let vocabulary: serde_json::Map<_, _> =
        VOCABULARY.iter().enumerate().map(|(id, token)| ((*token).to_owned(), id.into())).collect();
    let tokenizer = folder.join("tokenizer.json");
    let document = serde_json::json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "post_processor": null, "decoder": null,
        "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": false, "lowercase": true},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": vocabulary},
    });
    fs::write(&tokenizer, document.to_string()).unwrap();
    (weights, tokenizer)
}

fn table() -> Vec<f32> {
    (0..VOCABULARY.len()).flat_map(|id| [id as f32, 1.0]).collect()
}

fn open(folder: &Path, dtype: Dtype) -> StaticModel {
    let (weights, tokenizer) = model(folder, VOCABULARY.len(), &table(), dtype);
    StaticModel::open(&weights, &tokenizer).unwrap()
}

fn close(found: &[f32], wanted: [f32; 2]) -> bool {
    let length = (wanted[0] * wanted[0] + wanted[1] * wanted[1]).sqrt();
    (found[0] - wanted[0] / length).abs() < 1e-5 && (found[1] - wanted[1] / length).abs() < 1e-5
}

#[test]
fn a_text_is_the_mean_of_its_tokens_made_unit_length() {
    for dtype in [Dtype::F32, Dtype::F16] {
        let folder = tempfile::tempdir().unwrap();
        let model = open(folder.path(), dtype);
        let texts = ["Tide pools.", "tide pool s", "unknownword", "", "crab crab"];
        let vectors = model.embed(&texts);
        // tide 1, pool 2, ##s 3, "." 6
        assert!(close(&vectors[0..2], [12.0, 4.0]), "{vectors:?}");
        assert!(close(&vectors[2..4], [3.0, 2.0]), "an unknown token adds nothing: {vectors:?}");
        assert_eq!(&vectors[4..8], [0.0; 4]);
        assert!(close(&vectors[8..10], [8.0, 2.0]));
    }
}

#[test]
fn what_was_remembered_of_words_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let model = open(folder.path(), Dtype::F16);
    let texts: Vec<String> =
        (0..300).map(|n| ["tide pools", "crab. é", "潮 pooling", "zzz tide"][n % 4].to_owned()).collect();
    let first = model.embed(&texts);
    let second = model.embed(&texts);
    model.rest();
    assert_eq!(first, second);
    assert_eq!(first, model.embed(&texts));
}

#[test]
fn words_have_the_tokens_they_have_in_a_text() {
    let folder = tempfile::tempdir().unwrap();
    let model = open(folder.path(), Dtype::F32);
    let tokenizer = tokenizers::Tokenizer::from_file(folder.path().join("tokenizer.json")).unwrap();
    let pieces = ["tide", "Pools", "crab", "é", "e\u{301}", "É", ".", " ", "\n", "潮", "ing", "x", "\u{a0}", "🦀", "-"];
    arbtest::arbtest(|u| {
        let mut text = String::new();
        for _ in 0..u.arbitrary_len::<u8>()?.min(40) {
            text.push_str(u.choose(&pieces)?);
        }
        let whole = tokenizer.encode_fast(text.as_str(), false).unwrap();
        let whole: Vec<u32> = whole.get_ids().iter().copied().filter(|id| *id != 0).collect();
        assert_eq!(model.tokens(&text), whole, "{text:?}");
        Ok(())
    });
}

#[test]
fn one_set_of_files_is_one_model() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert_eq!(open(one.path(), Dtype::F32).digest(), open(other.path(), Dtype::F32).digest());
    assert_ne!(open(one.path(), Dtype::F32).digest(), open(other.path(), Dtype::F16).digest());
}

#[test]
fn files_that_are_no_model_are_told_apart_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let (weights, tokenizer) = model(folder.path(), VOCABULARY.len(), &table(), Dtype::F32);
    let refused = |weights: &Path, tokenizer: &Path| StaticModel::open(weights, tokenizer).err().unwrap().to_string();
    assert!(refused(&folder.path().join("none"), &tokenizer).contains("No such file"));
    assert!(refused(&tokenizer, &tokenizer).contains("not a table of vectors"));
    assert!(refused(&weights, &weights).contains("not a tokenizer"));
    let (few, _) = model(folder.path(), 3, &[0.5; 6], Dtype::F32);
    assert!(refused(&few, &tokenizer).contains("9 tokens, but there are 3 vectors"));
    let mut broken = table();
    broken[5] = f32::NAN;
    let (broken, _) = model(folder.path(), VOCABULARY.len(), &broken, Dtype::F32);
    assert!(refused(&broken, &tokenizer).contains("not finite"));
    let mut bytes = fs::read(&broken).unwrap();
    bytes.truncate(40);
    fs::write(&broken, bytes).unwrap();
    assert!(refused(&broken, &tokenizer).contains("not a table of vectors"));
}
