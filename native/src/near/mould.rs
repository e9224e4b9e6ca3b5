//! Pages made from one mould about two things: much the same text, in which each speaks of its own.
//!
//! A copy that was edited goes on speaking of what its original speaks of, whatever it is called. Pages of one template differ in their names
//! and in these very words throughout. Where many pages share a template it is told by how many have its shingles; of two pages, only by
//! this.

use super::shingles::{Word, words};

/// What a note is called, and what it says.
#[derive(Debug)]
pub struct Spoken {
    /// Words of its first heading, or of its file's name where it has none, with how often they stand in the rest; ascending.
    name: Vec<(u64, usize)>,
    /// Words of the rest, each as often as it stands there. They are few to look through, and not worth sorting.
    rest: Vec<u64>,
}

impl Spoken {
    /// `said`: the words of the body.
    pub fn of(path: &str, body: &str, said: &[Word]) -> Self {
        let heading = body.lines().find(|line| is_heading(line));
        let file = path.rsplit('/').next().unwrap_or(path);
        let name = words(heading.unwrap_or_else(|| file.strip_suffix(".md").unwrap_or(file)));
        let start = heading.map_or(0, |heading| heading.as_ptr() as usize - body.as_ptr() as usize);
        let heading = start..start + heading.map_or(0, str::len);
        let rest = said.iter().filter(|word| !heading.contains(&(word.start as usize))).map(|word| word.hash);
        let mut spoken = Self { name: name.iter().map(|word| (word.hash, 0)).collect(), rest: rest.collect() };
        spoken.name.sort_unstable();
        spoken.name.dedup();
        for (word, times) in &mut spoken.name {
            *times = count(*word, &spoken.rest);
        }
        spoken
    }

    /// Whether one of the words by which these are called differently stands more often in the one's text than in the other's, and the
    /// other way round.
    pub fn is_of_one_mould_with(&self, other: &Self) -> bool {
        self.speaks_of_its_own(other) && other.speaks_of_its_own(self)
    }

    fn speaks_of_its_own(&self, other: &Self) -> bool {
        let is_own = |word: u64| other.name.binary_search_by_key(&word, |&(theirs, _)| theirs).is_err();
        (self.name.iter()).any(|&(word, times)| times > 0 && is_own(word) && times > count(word, &other.rest))
    }
}

fn count(word: u64, words: &[u64]) -> usize {
    words.iter().filter(|&&each| each == word).count()
}

fn is_heading(line: &str) -> bool {
    let text = line.trim_start_matches('#');
    (1..=6).contains(&(line.len() - text.len())) && text.starts_with(' ') && !text.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ascending(words: impl Iterator<Item = u64>) -> Vec<u64> {
        let mut words: Vec<u64> = words.collect();
        words.sort_unstable();
        words
    }

    fn of_one_mould(left: (&str, &str), right: (&str, &str)) -> bool {
        let [left, right] = [left, right].map(|(path, body)| Spoken::of(path, body, &words(body)));
        assert_eq!(left.is_of_one_mould_with(&right), right.is_of_one_mould_with(&left));
        left.is_of_one_mould_with(&right)
    }

    #[test]
    fn pages_that_speak_of_their_own_are() {
        let page = |name: &str| format!("# {name} event\n\nOccurs when a {name} is clicked.\n\n## Remarks\n\nNone.");
        assert!(of_one_mould(("a.md", &page("Button")), ("b.md", &page("Label"))));
        assert!(of_one_mould(("Monday.md", "On monday it rained."), ("x/Tuesday.md", "On tuesday it rained.")));
    }

    #[test]
    fn copies_are_not_whatever_they_are_called() {
        let text = "Low water is at noon. The marsh was quiet.";
        assert!(!of_one_mould(("Marsh.md", text), ("Marsh (old).md", text)));
        assert!(!of_one_mould(("Marsh.md", text), ("Low tide.md", &text.replace("noon", "one"))));
        assert!(!of_one_mould(("a.md", &format!("# Draft\n{text}")), ("b.md", &format!("# Final\n{text}"))));
        assert!(!of_one_mould(("a.md", ""), ("a.md", "")));
    }

    #[test]
    fn what_looks_like_a_heading_and_is_none_names_nothing() {
        let named = |body: &str, name: &str| {
            let wanted = words(name).into_iter().map(|word| word.hash);
            Spoken::of("a.md", body, &words(body)).name.iter().map(|&(word, _)| word).eq(ascending(wanted))
        };
        assert!(named("#tag\n####### seven\n# \n", "a"));
        assert!(named("text\r\n## Two words\r\n", "two words"));
    }
}
