//! Pages made from one mould about two things: much the same text, in which each speaks of its own.
//!
//! A copy that was edited goes on speaking of what its original speaks of, whatever it is called. Pages of one template differ in their names
//! and in these very words throughout. Where many pages share a template it is told by how many have its shingles; of two pages, only by
//! this.

use super::shingles::words;

/// What a note is called, and what it says.
#[derive(Debug)]
pub struct Spoken {
    /// Words of its first heading, or of its file's name where it has none: hashes, ascending.
    name: Vec<u64>,
    /// Those of the rest, each as often as it stands there.
    rest: Vec<u64>,
}

impl Spoken {
    pub fn of(path: &str, body: &str) -> Self {
        let heading = body.lines().find(|line| is_heading(line));
        let file = path.rsplit('/').next().unwrap_or(path);
        let name = heading.unwrap_or_else(|| file.strip_suffix(".md").unwrap_or(file));
        let start = heading.map_or(0, |heading| heading.as_ptr() as usize - body.as_ptr() as usize);
        let end = start + heading.map_or(0, str::len);
        let mut rest = hashes(&body[..start]);
        rest.extend(hashes(&body[end..]));
        rest.sort_unstable();
        Self { name: ascending(hashes(name)), rest }
    }

    /// Whether one of the words by which these are called differently stands more often in the one's text than in the other's, and the
    /// other way round.
    pub fn is_of_one_mould_with(&self, other: &Self) -> bool {
        self.speaks_of_its_own(other) && other.speaks_of_its_own(self)
    }

    fn speaks_of_its_own(&self, other: &Self) -> bool {
        let own = self.name.iter().filter(|&word| other.name.binary_search(word).is_err());
        own.into_iter().any(|&word| self.count(word) > other.count(word))
    }

    fn count(&self, word: u64) -> usize {
        let rest = &self.rest[self.rest.partition_point(|&here| here < word)..];
        rest.partition_point(|&here| here == word)
    }
}

fn is_heading(line: &str) -> bool {
    let text = line.trim_start_matches('#');
    (1..=6).contains(&(line.len() - text.len())) && text.starts_with(' ') && !text.trim().is_empty()
}

fn hashes(text: &str) -> Vec<u64> {
    let mut hashes = Vec::new();
    words(text, |word| hashes.push(word.hash));
    hashes
}

fn ascending(mut hashes: Vec<u64>) -> Vec<u64> {
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_one_mould(left: (&str, &str), right: (&str, &str)) -> bool {
        let (left, right) = (Spoken::of(left.0, left.1), Spoken::of(right.0, right.1));
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
        assert_eq!(Spoken::of("a.md", "#tag\n####### seven\n# \n").name, ascending(hashes("a")));
        assert_eq!(Spoken::of("a.md", "text\r\n## Two words\r\n").name, ascending(hashes("two words")));
    }
}
