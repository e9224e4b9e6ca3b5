/** What the search box understands beside words. */

export interface Operator {
	/** As it is put into the box. */
	sample: string;
	/** The part of the sample that a person replaces. */
	blank: string;
	means: string;
}

export const OPERATORS: readonly Operator[] = [
	{ sample: '"two words"', blank: "two words", means: "next to each other" },
	{ sample: "-word", blank: "word", means: "not with this" },
	{ sample: "tag:project", blank: "project", means: "the tag, and those below it" },
	{ sample: "path:Meetings", blank: "Meetings", means: "the path contains this" },
	{ sample: "[status:open]", blank: "status:open", means: "a property, and what its value contains" },
	{ sample: "after:2026-04", blank: "2026-04", means: "changed from then on" },
	{ sample: "before:2026", blank: "2026", means: "changed before then" },
	{ sample: "this OR that", blank: "this OR that", means: "either of the two" },
	{ sample: "(this that)", blank: "this that", means: "a group" },
];

/** What stands in the box, and what of it is selected. */
export interface BoxText {
	text: string;
	start: number;
	end: number;
}

/** Put an operator where the cursor is. What was selected becomes its value, else the blank is selected, to be typed over. */
export function inserted({ text, start, end }: BoxText, { sample, blank }: Operator): BoxText {
	const value = text.slice(start, end).trim() || blank;
	const before = text.slice(0, start).replace(/\S$/, "$& ");
	const after = text.slice(end).replace(/^\S/, " $&");
	const at = before.length + sample.indexOf(blank);
	return { text: before + sample.replace(blank, () => value) + after, start: at, end: at + value.length };
}
