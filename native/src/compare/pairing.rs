//! Which of the lines that went is beside which of those that came.

use std::time::Instant;

use super::words::tokens;

/// Two lines with less in common are no versions of one line.
const LIKE: f32 = 0.4;
/// Pairs of lines that are all looked at; of more, only those at the same height.
const PAIRS: usize = 1 << 14;

/// Pairs of places in both lists, ascending on either side, with as much in common as can be.
pub(super) fn paired(left: &[&str], right: &[&str], deadline: Instant) -> Vec<(usize, usize)> {
    if left.is_empty() || right.is_empty() || Instant::now() > deadline {
        return Vec::new();
    }
    let (left, right) = (contents(left), contents(right));
    if left.len().saturating_mul(right.len()) > PAIRS {
        let level = left.iter().zip(&right).enumerate();
        return level.filter(|(_, (a, b))| a.likeness(b) >= LIKE).map(|(at, _)| (at, at)).collect();
    }
    aligned(&left, &right)
}

/// The alignment with the greatest sum of likenesses.
fn aligned(left: &[Content], right: &[Content]) -> Vec<(usize, usize)> {
    let width = right.len() + 1;
    let mut best = vec![0_f32; (left.len() + 1) * width];
    let mut alike = vec![0_f32; left.len() * right.len()];
    for (i, a) in left.iter().enumerate().rev() {
        for (j, b) in right.iter().enumerate().rev() {
            let likeness = a.likeness(b);
            let likeness = if likeness >= LIKE { likeness } else { f32::NEG_INFINITY };
            alike[i * right.len() + j] = likeness;
            let skipped = best[(i + 1) * width + j].max(best[i * width + j + 1]);
            best[i * width + j] = skipped.max(best[(i + 1) * width + j + 1] + likeness);
        }
    }
    let (mut i, mut j, mut found) = (0, 0, Vec::new());
    while i < left.len() && j < right.len() {
        let here = best[i * width + j];
        if here == best[(i + 1) * width + j + 1] + alike[i * right.len() + j] {
            found.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if here == best[(i + 1) * width + j] {
            i += 1;
        } else {
            j += 1;
        }
    }
    found
}

/// What is in a line, in whatever order: words and signs, ascending, by how long they are.
struct Content<'a> {
    tokens: Vec<&'a str>,
    length: usize,
}

fn contents<'a>(lines: &[&'a str]) -> Vec<Content<'a>> {
    lines.iter().map(|line| Content::of(line)).collect()
}

impl<'a> Content<'a> {
    fn of(line: &'a str) -> Self {
        let mut found: Vec<&str> = tokens(line).into_iter().map(|range| &line[range]).collect();
        found.retain(|token| !token.trim().is_empty());
        found.sort_unstable();
        Self { length: found.iter().map(|token| token.len()).sum(), tokens: found }
    }

    /// Twice what both have as a share of what they are (Dice's coefficient), in bytes; 0 for lines of white space.
    fn likeness(&self, other: &Self) -> f32 {
        let (mut i, mut j, mut shared) = (0, 0, 0);
        while i < self.tokens.len() && j < other.tokens.len() {
            match self.tokens[i].cmp(other.tokens[j]) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    shared += self.tokens[i].len();
                    (i, j) = (i + 1, j + 1);
                }
            }
        }
        let all = self.length + other.length;
        if all == 0 { 0.0 } else { 2.0 * shared as f32 / all as f32 }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn pairs(left: &[&str], right: &[&str]) -> Vec<(usize, usize)> {
        paired(left, right, Instant::now() + Duration::from_secs(60))
    }

    #[test]
    fn a_line_is_beside_the_one_it_was_made_from() {
        let left = ["The tide is high.", "Nobody comes."];
        assert_eq!(pairs(&left, &["A new line.", "The tide is low.", "Nobody comes here."]), [(0, 1), (1, 2)]);
        assert_eq!(pairs(&left, &["Something else entirely"]), []);
        assert_eq!(pairs(&["", "---"], &["", "***"]), []);
    }

    #[test]
    fn of_very_many_lines_those_at_one_height_are_looked_at() {
        let left: Vec<String> = (0..500).map(|n| format!("line number {n} of many")).collect();
        let right: Vec<String> = (0..500).map(|n| format!("line number {n} of a few")).collect();
        let (left, right): (Vec<&str>, Vec<&str>) =
            (left.iter().map(String::as_str).collect(), right.iter().map(String::as_str).collect());
        assert_eq!(pairs(&left, &right).len(), 500);
    }

    #[test]
    fn without_time_none_is_beside_another() {
        assert_eq!(paired(&["a b"], &["a c"], Instant::now() - Duration::from_secs(1)), []);
    }
}
