//! Notes that others are made from.

/// What stands in a template, by Obsidian's core plugin and by Templater.
const PLACEHOLDERS: [&str; 5] = ["{{title", "{{date", "{{time", "<% tp.", "<%* "];

/// Whether a note's body has a placeholder that is to be filled in, and is no text about placeholders, which shows them as code.
pub fn is_template(body: &str) -> bool {
    let begins =
        |at: usize| PLACEHOLDERS.iter().any(|placeholder| body.as_bytes()[at..].starts_with(placeholder.as_bytes()));
    if !memchr::memchr2_iter(b'{', b'<', body.as_bytes()).any(begins) {
        return false;
    }
    let mut fence: Option<&str> = None;
    body.lines().any(|line| {
        let text = line.trim_start().trim_start_matches(['>', ' ']);
        let mark = ["```", "~~~"].into_iter().find(|mark| text.starts_with(mark));
        match (fence, mark) {
            (Some(open), Some(mark)) if open == mark => fence = None,
            (None, Some(mark)) => fence = Some(mark),
            _ => {}
        }
        fence.is_none() && mark.is_none() && PLACEHOLDERS.iter().any(|placeholder| stands_in(line, placeholder))
    })
}

/// Whether it stands in a line outside of code.
fn stands_in(line: &str, placeholder: &str) -> bool {
    line.match_indices(placeholder).any(|(at, _)| line[..at].matches('`').count().is_multiple_of(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_filled_in_makes_a_template_and_what_is_shown_does_not() {
        assert!(is_template("# {{title}}\n\nAttending:"));
        assert!(is_template("Day\n<% tp.date.now() %>"));
        assert!(!is_template("Write `{{title}}` for the title."));
        assert!(!is_template("> ```md\n> # {{title}}\n> ```\nThat is all."));
        assert!(is_template("Write `code` here: {{date:YYYY}}"));
        assert!(!is_template("Sets are written {{a, b}}."));
    }
}
