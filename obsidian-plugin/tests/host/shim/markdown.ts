/** Markdown as elements, with the classes that Obsidian gives them: as much of it as answers of models have, images included. */

const FENCE = /^```/;
const HEADING = /^(#{1,6})\s+(.*)$/;
const ITEM = /^(\s*)(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/;
const QUOTE = /^>\s?(.*)$/;
const INLINE =
	/(?<code>`+)(?<coded>.+?)\k<code>|(?<embed>!?)\[\[(?<target>[^[\]|]*)(?:\|(?<alias>[^[\]]*))?\]\]|(?<image>!?)\[(?<text>[^[\]]*)\]\((?:<(?<angled>[^<>]*)>|(?<plain>[^()\s]*))\)|(?<strong>\*\*|__)(?=\S)(?<bold>.+?)(?<=\S)\k<strong>|(?<em>[*_])(?=\S)(?<italic>.+?)(?<=\S)\k<em>/;

/** Fill an element with what a text says. */
export function renderInto(element: HTMLElement, markdown: string): void {
	blocks(element, markdown.split("\n"));
}

function blocks(parent: HTMLElement, lines: readonly string[]): void {
	let rest = lines;
	while (rest.length > 0) {
		const [line = ""] = rest;
		if (line.trim() === "") rest = rest.slice(1);
		else rest = rest.slice(block(parent, line, rest));
	}
}

/** One block, and how many lines it takes. */
function block(parent: HTMLElement, line: string, rest: readonly string[]): number {
	const heading = HEADING.exec(line);
	if (heading) {
		inline(add(parent, `h${heading[1]?.length ?? 1}`), heading[2] ?? "");
		return 1;
	}
	if (FENCE.test(line)) {
		const end = rest.findIndex((each, place) => place > 0 && FENCE.test(each));
		const coded = rest.slice(1, end < 0 ? undefined : end);
		add(add(parent, "pre"), "code").textContent = coded.join("\n");
		return coded.length + (end < 0 ? 1 : 2);
	}
	if (QUOTE.test(line)) {
		const quoted = whileTrue(rest, (each) => QUOTE.test(each));
		blocks(add(parent, "blockquote"), quoted.map((each) => QUOTE.exec(each)?.[1] ?? ""));
		return quoted.length;
	}
	if (ITEM.test(line)) {
		const listed = whileTrue(rest, (each) => ITEM.test(each));
		list(parent, listed);
		return listed.length;
	}
	const said = whileTrue(rest, (each) => each.trim() !== "" && !ITEM.test(each) && !HEADING.test(each) && !FENCE.test(each));
	const paragraph = add(parent, "p");
	paragraph.setAttribute("dir", "auto");
	inline(paragraph, said.join("\n"));
	return said.length;
}

/** Items, with those that are further in below the one before them. */
function list(parent: HTMLElement, items: readonly string[]): void {
	const depth = (item: string) => ITEM.exec(item)?.[1]?.length ?? 0;
	const [first = ""] = items;
	const made = add(parent, ITEM.exec(first)?.[2] === undefined ? "ul" : "ol");
	let rest = items;
	while (rest.length > 0) {
		const [item = "", ...after] = rest;
		const below = whileTrue(after, (each) => depth(each) > depth(first));
		const entry = add(made, "li");
		inline(entry, ITEM.exec(item)?.[3] ?? "");
		if (below.length > 0) list(entry, below);
		rest = after.slice(below.length);
	}
}

function inline(parent: HTMLElement, text: string): void {
	let rest = text;
	for (let found = INLINE.exec(rest); found?.groups; found = INLINE.exec(rest)) {
		parent.append(rest.slice(0, found.index));
		span(parent, found.groups);
		rest = rest.slice(found.index + found[0].length);
	}
	parent.append(rest);
}

function span(parent: HTMLElement, found: Readonly<Record<string, string | undefined>>): void {
	if (found["code"] !== undefined) add(parent, "code").textContent = found["coded"] ?? "";
	else if (found["bold"] !== undefined) inline(add(parent, "strong"), found["bold"]);
	else if (found["italic"] !== undefined) inline(add(parent, "em"), found["italic"]);
	else if (found["embed"] || found["image"]) {
		add(parent, "img").setAttribute("src", found["target"] ?? found["angled"] ?? found["plain"] ?? "");
	} else {
		const isWiki = found["target"] !== undefined;
		const target = found["target"] ?? decodeURI(found["angled"] ?? found["plain"] ?? "");
		const link = add(parent, "a");
		link.className = isWiki || !/^[a-z][a-z0-9+.-]*:/i.test(target) ? "internal-link" : "external-link";
		link.setAttribute("href", target);
		link.setAttribute("data-href", target);
		link.textContent = found["alias"] ?? found["text"] ?? target;
	}
}

function whileTrue(lines: readonly string[], holds: (line: string) => boolean): readonly string[] {
	const end = lines.findIndex((each) => !holds(each));
	return end < 0 ? lines : lines.slice(0, end);
}

function add(parent: HTMLElement, tag: string): HTMLElement {
	return parent.appendChild(parent.ownerDocument.createElement(tag));
}
