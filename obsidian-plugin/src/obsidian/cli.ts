/** `obsidian vault-librarian query=…`: the search, for Obsidian's own command line. */

import type { CliData, CliFlags } from "obsidian";

import type { Host } from "../ui/host";
import { worded } from "../ui/parts";

export const SEARCH_FLAGS: CliFlags = {
	query: { value: "<words>", description: "What to look for, in the search language", required: true },
	limit: { value: "<number>", description: "Notes at most; 20 when it is not given" },
};

/** A line for each note that was found: where the passage begins, and its first words. */
export async function searched(host: Host, { query, limit }: CliData): Promise<string> {
	if (!query) return "Say what to look for: query=<words>";
	const most = limit === undefined ? 20 : Number(limit);
	if (!Number.isInteger(most) || most < 1) return `“${limit}” is no number of notes.`;
	try {
		const { hits, total } = await host.call("search.query", { text: query, limit: most });
		const lines = hits.map(({ path, passage }) => `${plain(path)}:${passage.line + 1}\t${firstWords(passage.text)}`);
		return [...lines, `${hits.length} of ${total} notes`].join("\n");
	} catch (error) {
		return worded(error);
	}
}

/** Without what a terminal would take for an order: whoever wrote a note, or its name, gives none here. */
function plain(text: string): string {
	return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, " ");
}

const WORDS_SHOWN = 100;

function firstWords(text: string): string {
	const line = plain(text).trim().replace(/\s+/g, " ");
	return line.length > WORDS_SHOWN ? `${line.slice(0, WORDS_SHOWN)}…` : line;
}
