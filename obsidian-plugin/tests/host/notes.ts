/** A large vault out of made-up words, the same for the same seed. */

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const SYLLABLES = "ba be bo da de di fa fe ga ge ha he jo ka ke ki la le lo ma me mi na ne no pa pe ra re ri sa se so ta te ti".split(" ");
const NOTES_A_FOLDER = 100;

/** Numbers from 0 to 1 (mulberry32). */
export function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** As many different words, the most frequent first. */
export function vocabulary(random: () => number, size: number): string[] {
	const words = new Set<string>();
	const syllable = () => SYLLABLES[Math.floor(random() * SYLLABLES.length)] ?? "";
	while (words.size < size) words.add(Array.from({ length: 2 + Math.floor(random() * 3) }, syllable).join(""));
	return [...words];
}

/** Write a vault of so many notes; answers with its words. */
export function writeVault(folder: string, notes: number, seed = 1): string[] {
	const random = seeded(seed);
	const words = vocabulary(random, 4000);
	// Few words are frequent and most are rare, as in any language.
	const word = () => words[Math.floor(words.length * random() ** 3)] ?? "";
	const sentence = () => {
		const [first = "", ...rest] = Array.from({ length: 6 + Math.floor(random() * 12) }, word);
		return `${first.charAt(0).toUpperCase()}${first.slice(1)} ${rest.join(" ")}.`;
	};
	const paragraph = () => Array.from({ length: 2 + Math.floor(random() * 5) }, sentence).join(" ");
	const nameOf = (index: number) => `${words[index % words.length]} ${index}`;
	mkdirSync(path.join(folder, ".obsidian"), { recursive: true });
	for (let index = 0; index < notes; index++) {
		const within = path.join(folder, `Folder ${Math.floor(index / NOTES_A_FOLDER)}`);
		if (index % NOTES_A_FOLDER === 0) mkdirSync(within);
		const links = [1, 2].map(() => `[[${nameOf(Math.floor(random() * notes))}]]`).join(" and ");
		const text = [`# ${sentence()}`, paragraph(), `## ${sentence()}`, paragraph(), `See ${links}.`, paragraph()].join("\n\n");
		writeFileSync(path.join(within, `${nameOf(index)}.md`), `${text}\n`);
	}
	return words;
}
