//! The copy of the vectors: what it finds, and what a kill or a bad sector leaves of it.

use std::fs;
use std::path::Path;

use arbtest::arbitrary::{Result, Unstructured};
use librarian_native::lexical::{Entry, FileStat, Kind};
use librarian_native::vectors::{PassageVectors, Row, VectorsError};

const WIDTH: usize = 24;

fn open(folder: &Path) -> PassageVectors {
    PassageVectors::open(folder, "model", WIDTH).unwrap()
}

/// A unit vector from a seed.
fn unit(seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(1);
    let mut vector: Vec<f32> = (0..WIDTH)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) as f32 / (1_u64 << 31) as f32) - 0.5
        })
        .collect();
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|number| *number /= length);
    vector
}

fn put(vectors: &PassageVectors, path: &str, seeds: &[u64]) {
    let units: Vec<Vec<f32>> = seeds.iter().map(|seed| unit(*seed)).collect();
    let rows: Vec<Row<'_>> = units
        .iter()
        .zip(seeds)
        .enumerate()
        .map(|(ordinal, (vector, seed))| Row { ordinal: ordinal as u32, digest: [*seed as u8; 8], vector })
        .collect();
    vectors.put(path, &[seeds.len() as u8; 32], &rows).unwrap();
}

fn state(vectors: &PassageVectors) -> Vec<(String, [u8; 32], u32)> {
    let mut known = vectors.manifest();
    known.sort();
    known
}

#[test]
fn the_nearest_passage_stands_for_its_note() {
    let folder = tempfile::tempdir().unwrap();
    let vectors = open(folder.path());
    put(&vectors, "a.md", &[1, 2, 3]);
    put(&vectors, "b.md", &[4, 5]);
    let found = vectors.search(&unit(5), 10, None);
    assert_eq!((found[0].path.as_str(), found[0].ordinal, found[0].digest), ("b.md", 1, [5; 8]));
    assert!((found[0].cosine - 1.0).abs() < 0.02, "{found:?}");
    assert_eq!(found.len(), 2);
}

#[test]
fn equals_are_chosen_whatever_the_order_they_came_in() {
    let chosen = |notes: &mut dyn Iterator<Item = u32>| {
        let folder = tempfile::tempdir().unwrap();
        let vectors = open(folder.path());
        notes.for_each(|note| put(&vectors, &format!("{note}.md"), &[7]));
        vectors.search(&unit(7), 5, None)
    };
    assert_eq!(chosen(&mut (0..40)), chosen(&mut (0..40).rev()));
}

#[test]
fn what_is_put_again_takes_the_place_of_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    {
        let vectors = open(folder.path());
        put(&vectors, "a.md", &[1, 2, 3]);
        put(&vectors, "b.md", &[4]);
        put(&vectors, "a.md", &[6]);
        vectors.remove(["b.md", "unknown.md"].into_iter()).unwrap();
        assert_eq!(vectors.counts(), (1, 1));
    }
    let again = open(folder.path());
    assert_eq!(state(&again), [("a.md".to_owned(), [1; 32], 1)]);
    assert!(again.search(&unit(4), 10, None).iter().all(|near| near.path != "b.md"));
}

#[test]
fn what_is_no_unit_vector_is_refused_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let vectors = open(folder.path());
    put(&vectors, "a.md", &[1]);
    let mut nan = unit(2);
    nan[3] = f32::NAN;
    let mut infinite = unit(2);
    infinite[0] = f32::INFINITY;
    for vector in [nan, infinite, vec![0.5; WIDTH], unit(2)[1..].to_vec(), vec![]] {
        let row = Row { ordinal: 0, digest: [0; 8], vector: &vector };
        assert!(matches!(vectors.put("a.md", &[9; 32], &[row]), Err(VectorsError::Refused(_))));
    }
    assert_eq!(state(&vectors), [("a.md".to_owned(), [1; 32], 1)]);
}

#[test]
fn a_text_without_known_words_is_near_to_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let vectors = open(folder.path());
    let zeros = vec![0.0; WIDTH];
    vectors.put("a.md", &[1; 32], &[Row { ordinal: 0, digest: [0; 8], vector: &zeros }]).unwrap();
    assert!(vectors.search(&unit(1), 5, None).is_empty());
    assert!(vectors.related("a.md", 5).is_empty());
}

#[test]
fn another_model_or_a_newer_format_is_told() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    assert!(matches!(PassageVectors::open(folder.path(), "other", WIDTH), Err(VectorsError::Corrupt(_))));
    assert!(matches!(PassageVectors::open(folder.path(), "model", WIDTH * 2), Err(VectorsError::Corrupt(_))));
    let file = folder.path().join("passages.vectors");
    let mut bytes = fs::read(&file).unwrap();
    bytes[7] = 200;
    fs::write(&file, bytes).unwrap();
    let found = PassageVectors::open(folder.path(), "model", WIDTH);
    assert!(matches!(found, Err(VectorsError::TooNew { found: 200, .. })));
}

#[test]
fn cut_anywhere_it_is_as_it_was_at_some_moment() {
    let folder = tempfile::tempdir().unwrap();
    let mut states = vec![vec![]];
    {
        let vectors = open(folder.path());
        for (path, seeds) in [("a.md", vec![1, 2]), ("b.md", vec![3]), ("a.md", vec![4]), ("é/c.md", vec![5, 6])] {
            put(&vectors, path, &seeds);
            states.push(state(&vectors));
        }
        vectors.remove(["b.md"].into_iter()).unwrap();
        states.push(state(&vectors));
    }
    let whole = fs::read(folder.path().join("passages.vectors")).unwrap();
    for length in 0..=whole.len() {
        let cut = tempfile::tempdir().unwrap();
        fs::write(cut.path().join("passages.vectors"), &whole[..length]).unwrap();
        let found = state(&open(cut.path()));
        assert!(states.contains(&found), "{length} bytes: {found:?}");
        // And it can be written to again.
        let vectors = open(cut.path());
        put(&vectors, "z.md", &[7]);
        drop(vectors);
        assert!(state(&open(cut.path())).iter().any(|note| note.0 == "z.md"), "{length} bytes");
    }
}

#[test]
fn a_flipped_bit_never_shows_a_wrong_vector() {
    let folder = tempfile::tempdir().unwrap();
    {
        let vectors = open(folder.path());
        (0..6).for_each(|n| put(&vectors, &format!("{n}.md"), &[n, n + 10]));
    }
    let whole = fs::read(folder.path().join("passages.vectors")).unwrap();
    let sound = state(&open(folder.path()));
    arbtest::arbtest(|u| {
        let mut bytes = whole.clone();
        let at = u.choose_index(bytes.len())?;
        bytes[at] ^= 1 << u.int_in_range(0..=7)?;
        let flipped = tempfile::tempdir().unwrap();
        fs::write(flipped.path().join("passages.vectors"), bytes).unwrap();
        if let Ok(vectors) = PassageVectors::open(flipped.path(), "model", WIDTH) {
            assert!(state(&vectors).iter().all(|note| sound.contains(note)));
        }
        Ok(())
    });
}

fn any_vectors(u: &mut Unstructured) -> Result<Vec<(String, Vec<u64>)>> {
    (0..u.int_in_range(1..=30)?)
        .map(|note| {
            let rows = u.int_in_range(0..=5)?;
            Ok((format!("{note}.md"), (0..rows).map(|_| u.int_in_range(0..=200)).collect::<Result<_>>()?))
        })
        .collect()
}

#[test]
fn the_scan_agrees_with_exact_cosines() {
    arbtest::arbtest(|u| {
        let notes = any_vectors(u)?;
        let folder = tempfile::tempdir().unwrap();
        let vectors = open(folder.path());
        notes.iter().for_each(|(path, seeds)| put(&vectors, path, seeds));
        let query = unit(u.int_in_range(0..=200)?);
        let cosine = |seed: &u64| unit(*seed).iter().zip(&query).map(|(a, b)| a * b).sum::<f32>();
        let best = |path: &str| {
            let seeds = &notes.iter().find(|note| note.0 == path).unwrap().1;
            seeds.iter().map(cosine).fold(f32::MIN, f32::max)
        };
        let found = vectors.search(&query, 100, None);
        assert_eq!(found.len(), notes.iter().filter(|note| !note.1.is_empty()).count());
        for near in &found {
            assert!((near.cosine - best(&near.path)).abs() < 0.02, "{near:?} is {}", best(&near.path));
        }
        assert!(found.is_sorted_by(|a, b| a.cosine >= b.cosine));
        Ok(())
    });
}

#[test]
fn rewriting_keeps_all_that_is_there_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let vectors = open(folder.path());
    for round in 0..400_u64 {
        (0..40).for_each(|note| put(&vectors, &format!("{note}.md"), &[round % 200, note]));
    }
    let (before, size) = (state(&vectors), fs::metadata(folder.path().join("passages.vectors")).unwrap().len());
    vectors.save().unwrap();
    assert!(fs::metadata(folder.path().join("passages.vectors")).unwrap().len() < size / 10);
    assert_eq!(state(&vectors), before);
    put(&vectors, "new.md", &[3]);
    drop(vectors);
    assert_eq!(open(folder.path()).counts().0, 41);
}

#[test]
fn related_notes_are_others_and_shared_passages_count_little() {
    let folder = tempfile::tempdir().unwrap();
    let vectors = open(folder.path());
    // Passage 99 is the template of all; 7 and 8 are what two notes have to say.
    put(&vectors, "this.md", &[99, 7, 8]);
    put(&vectors, "akin.md", &[7, 8]);
    (10..40).for_each(|n| put(&vectors, &format!("{n}.md"), &[99, n]));
    let related = vectors.related("this.md", 5);
    assert_eq!(related[0].path, "akin.md");
    assert!(related[0].score > 0.9 && related[1].score < 0.6, "{related:?}");
    assert!(related.iter().all(|note| note.path != "this.md"));
    assert!(vectors.related("unknown.md", 5).is_empty());
}

#[test]
fn it_knows_what_it_lacks() {
    let entry = |path: &str, digest: u8, mtime_ns: i64, kind: Kind, skipped: bool| Entry {
        stat: FileStat { path: path.to_owned(), kind, size: 1, mtime_ns, created_ns: 0, inode: 0 },
        digest: [digest; 32],
        skipped: skipped.then(|| "too large".to_owned()),
    };
    let folder = tempfile::tempdir().unwrap();
    let vectors = open(folder.path());
    for path in ["same.md", "changed.md", "gone.md", "skipped.md"] {
        put(&vectors, path, &[1]);
    }
    let entries = [
        entry("same.md", 1, 1, Kind::Note, false),
        entry("changed.md", 9, 2, Kind::Note, false),
        entry("new.md", 1, 3, Kind::Note, false),
        entry("skipped.md", 1, 4, Kind::Note, true),
        entry("board.canvas", 1, 5, Kind::Canvas, false),
    ];
    let (wanted, mut gone) = vectors.stale(&entries);
    gone.sort();
    assert_eq!(wanted, ["new.md", "changed.md"]);
    assert_eq!(gone, ["gone.md", "skipped.md"]);
}

#[test]
fn what_is_read_out_and_put_again_is_the_same_to_the_last_bit() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (vectors, again) = (open(folder.path()), open(other.path()));
    put(&vectors, "a.md", &[1, 2, 3]);
    let rows = vectors.rows_of(["a.md"].into_iter());
    // As half-precision numbers, as the store of record keeps them.
    let halves: Vec<Vec<f32>> = rows
        .iter()
        .map(|row| row.vector.iter().map(|number| half::f16::from_f32(*number).to_f32()).collect())
        .collect();
    let put_again: Vec<Row<'_>> = rows
        .iter()
        .zip(&halves)
        .map(|(row, vector)| Row { ordinal: row.ordinal, digest: row.digest, vector })
        .collect();
    again.put("a.md", &rows[0].note, &put_again).unwrap();
    assert_eq!(again.rows_of(["a.md"].into_iter()), rows);
    assert_eq!(again.fingerprint(), vectors.fingerprint());
    assert_eq!(again.differs(std::iter::once(("a.md", &rows[0].note[..]))), (vec![], vec![]));
    assert_eq!(
        again.differs([("a.md", &[9_u8; 32][..]), ("gone.md", &[1_u8; 32][..])].into_iter()),
        (vec!["a.md".to_owned()], vec!["gone.md".to_owned()])
    );
}

/// Unit vectors around so many directions, a note each with its name and one passage.
fn clustered(u: &mut arbtest::arbitrary::Unstructured, notes: usize) -> arbtest::arbitrary::Result<Vec<Vec<f32>>> {
    let mut vectors = Vec::new();
    for _ in 0..notes {
        let topic = u.int_in_range(0..=3_usize)?;
        let spread: f32 = if u.ratio(1, 3)? { 0.02 } else { 0.6 };
        let mut vector = [0.0_f32; 8];
        vector[topic] = 1.0;
        for number in &mut vector {
            *number += spread * (f32::from(u.arbitrary::<i8>()?) / 128.0);
        }
        let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
        vectors.push(vector.iter().map(|number| number / length).collect());
    }
    Ok(vectors)
}

#[test]
fn notes_that_mean_the_same_stand_out_from_their_surroundings() {
    arbtest::arbtest(|u| {
        let notes = u.int_in_range(2..=30)?;
        let vectors = clustered(u, notes)?;
        let folder = tempfile::tempdir().unwrap();
        let copy = PassageVectors::open(folder.path(), "m", 8).unwrap();
        let name = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        for (note, vector) in vectors.iter().enumerate() {
            let rows = [
                Row { ordinal: 0, digest: [0; 8], vector: &name },
                Row { ordinal: 1, digest: (note as u64).to_le_bytes(), vector },
            ];
            copy.put(&format!("{note:02}.md"), &[note as u8 + 1; 32], &rows).unwrap();
        }
        let cosine = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        let surroundings = |note: usize| {
            let mut near: Vec<f32> = (0..notes)
                .filter(|&other| other != note)
                .map(|other| cosine(&vectors[note], &vectors[other]))
                .collect();
            near.sort_by(|a, b| b.total_cmp(a));
            near.get(4.min((notes - 1).div_ceil(2))).map_or(0.0, |near| near.max(0.0))
        };
        let all = copy.alike(0.5, &|_, _, _| true);
        let mut of_notes: Vec<_> = (0..notes).flat_map(|note| copy.alike_to(&format!("{note:02}.md"), 0.5)).collect();
        for pair in &all {
            assert!(of_notes.contains(pair), "{pair:?}");
        }
        of_notes.retain(|pair| !all.contains(pair));
        assert_eq!(of_notes, []);
        for left in 0..notes {
            for right in left + 1..notes {
                let around = surroundings(left).max(surroundings(right)).min(0.999);
                let gap = (cosine(&vectors[left], &vectors[right]) - around) / (1.0 - around);
                let told = all
                    .iter()
                    .any(|pair| pair.left == format!("{left:02}.md") && pair.right == format!("{right:02}.md"));
                // Bytes round; where surroundings are all but the same, a rounded cosine is far from its gap.
                if around < 0.9 && (gap - 0.5).abs() > 0.1 {
                    assert_eq!(told, gap > 0.5, "{left} {right} {gap}");
                }
            }
        }
        Ok(())
    })
    .budget_ms(3_000);
}

#[test]
fn a_comparison_of_all_that_is_ended_early_tells_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let copy = PassageVectors::open(folder.path(), "m", 2).unwrap();
    for note in 0..4_u8 {
        let rows = [Row { ordinal: 1, digest: [note; 8], vector: &[1.0, 0.0] }];
        copy.put(&format!("{note}.md"), &[note; 32], &rows).unwrap();
    }
    assert_eq!(copy.alike(0.0, &|_, _, _| false), []);
    assert_eq!(copy.alike_to("none.md", 0.0), []);
}
