//! Static embeddings: means of token vectors, tokens as the tokenizer itself gives them, and files that are no model.

use std::fs;
use std::path::{Path, PathBuf};

use librarian_native::embed::StaticModel;
use safetensors::tensor::{Dtype, TensorView, serialize_to_file};

/// Tokens of a WordPiece vocabulary; row n of the table is n in its first number and 1 in its second.
const VOCABULARY: [&str; 9] = ["[UNK]", "tide", "pool", "##s", "crab", "é", ".", "潮", "##ing"];

/// A tensor to be written: name, type, shape, bytes.
type Tensor = (&'static str, Dtype, Vec<usize>, Vec<u8>);

fn tensor(name: &'static str, dtype: Dtype, shape: &[usize], numbers: &[f32]) -> Tensor {
    let bytes = match dtype {
        Dtype::F16 => numbers.iter().flat_map(|number| half::f16::from_f32(*number).to_le_bytes()).collect(),
        Dtype::I64 => numbers.iter().flat_map(|number| (*number as i64).to_le_bytes()).collect(),
        Dtype::F64 => numbers.iter().flat_map(|number| f64::from(*number).to_le_bytes()).collect(),
        _ => numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
    };
    (name, dtype, shape.to_vec(), bytes)
}

fn write(folder: &Path, tensors: &[Tensor]) -> PathBuf {
    let weights = folder.join("model.safetensors");
    let views = tensors
        .iter()
        .map(|(name, dtype, shape, bytes)| (*name, TensorView::new(*dtype, shape.clone(), bytes).unwrap()));
    serialize_to_file(views, None, &weights).unwrap();
    weights
}

fn model(folder: &Path, rows: usize, numbers: &[f32], dtype: Dtype) -> (PathBuf, PathBuf) {
    let weights = write(folder, &[tensor("embeddings", dtype, &[rows, numbers.len() / rows], numbers)]);
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
    StaticModel::open(&weights, &tokenizer, None).unwrap()
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
    let refused =
        |weights: &Path, tokenizer: &Path| StaticModel::open(weights, tokenizer, None).err().unwrap().to_string();
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

#[test]
fn only_the_first_numbers_of_each_vector_are_used_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let numbers: Vec<f32> = (0..VOCABULARY.len()).flat_map(|id| [id as f32, 1.0, 100.0, -7.0]).collect();
    for dtype in [Dtype::F32, Dtype::F16] {
        let (weights, tokenizer) = model(folder.path(), VOCABULARY.len(), &numbers, dtype);
        let whole = StaticModel::open(&weights, &tokenizer, None).unwrap();
        let cut = StaticModel::open(&weights, &tokenizer, Some(2)).unwrap();
        assert_eq!((whole.dimensions(), cut.dimensions()), (4, 2));
        assert_ne!(whole.digest(), cut.digest());
        assert_eq!(whole.digest(), StaticModel::open(&weights, &tokenizer, Some(4)).unwrap().digest());
        let vectors = cut.embed(&["Tide pools.", "crab"]);
        assert!(close(&vectors[0..2], [12.0, 4.0]), "of unit length after the cut: {vectors:?}");
        assert!(close(&vectors[2..4], [4.0, 1.0]));
        for wrong in [0, 5] {
            let refused = StaticModel::open(&weights, &tokenizer, Some(wrong)).err().unwrap().to_string();
            assert!(refused.contains(&format!("have 4 numbers, {wrong} are wanted")), "{refused}");
        }
    }
}

#[test]
fn tokens_may_share_vectors_and_count_differently() {
    let folder = tempfile::tempdir().unwrap();
    let (_, tokenizer) = model(folder.path(), VOCABULARY.len(), &table(), Dtype::F32);
    let mapping = [0.0, 1.0, 1.0, 2.0, 2.0, 0.0, 0.0, 0.0, 0.0];
    let counts = [1.0, 0.5, 2.0, 3.0, 4.0, 1.0, 0.0, 1.0, 1.0];
    let plain = [1.0, 1.0, 10.0, 2.0, 20.0, 3.0];
    for (numbers, weights) in [(Dtype::F32, Dtype::F64), (Dtype::F16, Dtype::F32), (Dtype::F32, Dtype::F16)] {
        let file = write(
            folder.path(),
            &[
                tensor("embeddings", numbers, &[3, 2], &plain),
                tensor("mapping", Dtype::I64, &[9], &mapping),
                tensor("weights", weights, &[9], &counts),
            ],
        );
        let model = StaticModel::open(&file, &tokenizer, None).unwrap();
        let vectors = model.embed(&["tide pools.", "crab"]);
        // 0.5 × row 1, 2 × row 1, 3 × row 2, nothing for the full stop.
        assert!(close(&vectors[0..2], [85.0, 14.0]), "{vectors:?}");
        assert!(close(&vectors[2..4], [20.0, 3.0]));
    }
}

#[test]
fn tables_that_do_not_fit_together_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (_, tokenizer) = model(folder.path(), VOCABULARY.len(), &table(), Dtype::F32);
    let embeddings = || tensor("embeddings", Dtype::F32, &[9, 2], &table());
    let refused = |tensors: &[Tensor]| {
        StaticModel::open(&write(folder.path(), tensors), &tokenizer, None).err().unwrap().to_string()
    };
    let beyond = tensor("mapping", Dtype::I64, &[9], &[9.0; 9]);
    assert!(refused(&[embeddings(), beyond]).contains("mapped to vector 9 of 9"));
    let negative = tensor("mapping", Dtype::I64, &[9], &[-1.0; 9]);
    assert!(refused(&[embeddings(), negative]).contains("no rows"));
    let short = tensor("weights", Dtype::F32, &[8], &[1.0; 8]);
    assert!(refused(&[embeddings(), short]).contains("8 weights for 9 tokens"));
    let broken = tensor("weights", Dtype::F32, &[9], &[f32::INFINITY; 9]);
    assert!(refused(&[embeddings(), broken]).contains("not finite"));
    let (one, two) = (tensor("a", Dtype::F32, &[9, 2], &table()), tensor("b", Dtype::F32, &[9, 2], &table()));
    assert!(refused(&[one, two]).contains("no table, or none that is called"));
}

#[test]
fn a_table_among_others_is_known_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let (_, tokenizer) = model(folder.path(), VOCABULARY.len(), &table(), Dtype::F32);
    let other = tensor("head", Dtype::F32, &[2, 2], &[1.0; 4]);
    let file = write(folder.path(), &[other, tensor("embedding.weight", Dtype::F32, &[9, 2], &table())]);
    let model = StaticModel::open(&file, &tokenizer, None).unwrap();
    assert!(close(&model.embed(&["crab"]), [4.0, 1.0]));
}
