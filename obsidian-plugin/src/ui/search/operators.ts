/** What the search box understands beside words. */

export interface Operator {
	/** As it is put into the box. */
	sample: string;
	/** The part of the sample that a person replaces. */
	blank: string;
	means: string;
}

const TABLE = [
	['"two words"', "two words", "next to each other"],
	["-word", "word", "not with this"],
	["tag:project", "project", "the tag, and those below it"],
	["path:Meetings", "Meetings", "the path contains this"],
	["[status:open]", "status:open", "a property, and what its value contains"],
	["after:2026-04", "2026-04", "changed from then on"],
	["before:2026", "2026", "changed before then"],
	["this OR that", "this OR that", "either of the two"],
	["(this that)", "this that", "a group"],
] as const;

export const OPERATORS: readonly Operator[] = TABLE.map(([sample, blank, means]) => ({ sample, blank, means }));

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
