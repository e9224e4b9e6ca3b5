/** What a rewrite makes of a text, and the digests that versions are told apart by. Pure. */

import { blake3 } from "@noble/hashes/blake3.js";

import type { Replacement } from "../protocol";

const MARK = "\uFEFF";

/** BLAKE3 in hexadecimal digits. */
export function digestOf(bytes: Uint8Array): string {
	return Array.from(blake3(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bytes that Obsidian writes for a text. */
export function encoded(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}

/** The text of bytes, with its byte order mark where it has one, and U+FFFD for what is no UTF-8. */
export function decoded(bytes: Uint8Array): string {
	return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** A text with replacements put in. Their ranges count from behind a byte order mark, which stays. */
export function rewritten(text: string, replacements: readonly Replacement[]): string {
	const offset = text.startsWith(MARK) ? MARK.length : 0;
	const pieces: string[] = [];
	let at = 0;
	for (const { start, end, text: put } of united(replacements)) {
		if (start + offset < at || end < start || end + offset > text.length) throw new RangeError("a range is not of this text");
		pieces.push(text.slice(at, start + offset), put);
		at = end + offset;
	}
	return pieces.join("") + text.slice(at);
}

/** The same replacements in order, those that touch one another as one. */
export function united(replacements: readonly Replacement[]): Replacement[] {
	const ordered = [...replacements].sort((one, other) => one.start - other.start || one.end - other.end);
	const found: Replacement[] = [];
	for (const each of ordered) {
		const last = found.at(-1);
		if (last?.end === each.start) found[found.length - 1] = { start: last.start, end: each.end, text: last.text + each.text };
		else found.push(each);
	}
	return found;
}

/** What takes replacements back, once they are made in `text`. */
export function reverted(text: string, replacements: readonly Replacement[]): Replacement[] {
	let shift = 0;
	return united(replacements).map(({ start, end, text: put }) => {
		const back = { start: start + shift, end: start + shift + put.length, text: text.slice(start, end) };
		shift += put.length - (end - start);
		return back;
	});
}

/** Whether an editor shows what a file says: it knows neither byte order marks nor how lines end. */
export function isSameText(one: string, other: string): boolean {
	return one === other || plain(one) === plain(other);
}

/** Whether an editor's text is the file's to the unit, so that places in one are places in the other. */
export function isPlain(text: string): boolean {
	return !text.startsWith(MARK) && !text.includes("\r");
}

function plain(text: string): string {
	return text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
}
