//! Lists and their items, with the ranges and parents that Obsidian gives them.

use super::ListItem;
use super::blocks::{Parent, Place, Scanner};
use super::lines;
use super::starts::{self, Bullet};

/// One item while its list is being collected; small, because a list may have a million.
#[derive(Debug, Clone, Copy)]
struct Item {
    /// Its first and last line.
    first: u32,
    last: u32,
    /// Lines with this much indentation belong to it.
    columns: u32,
    /// A blank line, then another item follow: Obsidian lets the item reach into that blank line.
    spread: bool,
}

impl Scanner<'_> {
    /// Scan the list whose first item is on line `at`; the first line after it.
    pub(super) fn list(&mut self, at: usize, to: usize, mark: u8, place: Place) -> usize {
        let items = self.collect(at, to, mark);
        let Some(end) = items.last().map(|item| item.last as usize) else {
            return at + 1;
        };
        let inside = self.section("list", self.start(at)..self.end(end), place);
        let line = (self.first_line + at) as i64;
        let parent = place.item.map_or(-line.max(1), |item| item.line);
        self.cut_parent(at, line, place);
        for item in items {
            self.item(item, parent, inside);
        }
        end + 1
    }

    /// Obsidian ends an item before the list inside it.
    fn cut_parent(&mut self, at: usize, line: i64, place: Place) {
        let Some(parent) = place.item.filter(|item| item.depth + 1 == place.depth && item.line < line) else {
            return;
        };
        let first = parent.line as usize - self.first_line;
        let last = (first..at).rev().find(|before| !self.is_blank(*before)).unwrap_or(first);
        let end = self.end(last);
        let range = &mut self.note.list_items[parent.index].range;
        range.end = range.end.min(end);
        if let Some(block) = self.note.blocks.last_mut().filter(|block| block.range.start == range.start) {
            block.range.end = range.end;
        }
    }

    fn collect(&mut self, at: usize, to: usize, mark: u8) -> Vec<Item> {
        let mut items: Vec<Item> = Vec::new();
        let mut after_blank = false;
        for next in at..to {
            if self.is_blank(next) {
                after_blank = true;
                continue;
            }
            let (indent, columns) = lines::indent(self.line(next));
            let belongs = items.last().is_some_and(|item| columns >= item.columns as usize);
            let rest = &self.line(next)[indent..];
            let bullet = if belongs { None } else { starts::bullet(rest, columns) };
            if let Some(bullet) = bullet {
                if bullet.mark != mark || starts::thematic_break(rest) {
                    break;
                }
                if let Some(item) = items.last_mut() {
                    item.spread = after_blank;
                }
                items.push(Item {
                    first: next as u32,
                    last: next as u32,
                    columns: (columns + bullet.columns) as u32,
                    spread: false,
                });
            } else {
                if !belongs && columns <= 4 && (after_blank || self.interrupts(next, to)) {
                    break;
                }
                if let Some(item) = items.last_mut() {
                    item.last = next as u32;
                }
            }
            after_blank = false;
        }
        items
    }

    fn item(&mut self, item: Item, parent: i64, place: Place) {
        let (first, last) = (item.first as usize, item.last as usize);
        let (indent, columns) = lines::indent(self.line(first));
        let Some(bullet) = starts::bullet(&self.line(first)[indent..], columns) else {
            return;
        };
        let end = if item.spread { self.start(last + 1) } else { self.end(last) };
        let content = (self.start(first) + indent + bullet.bytes).min(self.end(first));
        let task = starts::task(&self.text[content..self.end(first)]);
        self.note.list_items.push(ListItem { task, parent, id: None, range: self.start(first)..end });
        let index = self.note.list_items.len() - 1;
        self.lines[first].start = content as u32;
        self.peel(first + 1, last + 1, peeled_columns(indent, bullet));
        if task.is_some() {
            let status = self.text[content + 1..].chars().next().map_or(1, char::len_utf8);
            self.lines[first].start += (status + 3) as u32;
        }
        let line = (self.first_line + first) as i64;
        self.blocks(
            first,
            last + 1,
            Place { depth: place.depth + 1, item: Some(Parent { index, line, depth: place.depth }), ..place },
        );
    }
}

/// How much indentation an item's further lines lose. One-digit numbers may be indented by an extra space, so that
/// their content lines up at four.
fn peeled_columns(indent: usize, bullet: Bullet) -> usize {
    let columns = indent + bullet.columns;
    let one_digit = bullet.mark == b'.' && bullet.width == 2;
    columns + usize::from(one_digit && columns % 2 == 1)
}
