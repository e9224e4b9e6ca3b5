/** What a person may paste into a report: how the librarian is, and nothing of who they are or what they write. */

import { type Part, PROTOCOL } from "../protocol";
import type { Ready } from "./sidecar";
import type { State } from "../state";
import type { System } from "./system";
import { spellingsOf, withoutHome } from "./whereabouts";

export interface Facts {
	/** The plugin's. */
	version: string;
	sidecar: Ready | null;
	system: System;
	state: State;
	/** Where the command was found; empty when it was not. */
	command: string;
	errors: readonly string[];
	logged: readonly string[];
	vaultPath: string;
}

export function report(facts: Facts): string {
	const { version, sidecar, system, state, command } = facts;
	const shown = (text: string) => withoutHome(text, system.home);
	return [
		`Plugin: ${version}, protocol ${PROTOCOL}`,
		`Librarian: ${sidecar ? `${sidecar.version}, protocol ${sidecar.protocol}` : "not met"}`,
		`System: ${system.platform}`,
		`Command: ${command ? shown(command) : "not found"}`,
		`State: ${state.kind}`,
		...inDetail(state).map((line) => `  ${private_(line, facts)}`),
		"Errors:",
		...listed(facts.errors, facts),
		"Log:",
		...listed(facts.logged, facts),
	].join("\n");
}

function inDetail(state: State): string[] {
	switch (state.kind) {
		case "missing":
			return state.looked.map((path) => `looked at ${path}`);
		case "degraded":
		case "failed":
			return [state.problem.title, state.problem.detail];
		case "ready":
			return [...state.status.parts.map(partly), `skipped: ${state.status.skipped.length}`, countsOf(state)];
		default:
			return [];
	}
}

/** Without `detail`, which may name files. */
function partly({ name, state, done = 0, total = 0 }: Part): string {
	return `${name}: ${state}, ${done} of ${total}`;
}

function countsOf({ status }: State & { kind: "ready" }): string {
	const { keywordMs, catalogMs, semanticMs } = status.timings;
	return `notes: ${status.counts.notes}; ms: words ${keywordMs}, statistics ${catalogMs ?? "–"}, meaning ${semanticMs ?? "–"}`;
}

function listed(lines: readonly string[], facts: Facts): string[] {
	return lines.length > 0 ? lines.map((line) => `  ${private_(line, facts)}`) : ["  none"];
}

const NAMES_A_FILE = /\.(md|canvas|base)\b/i;

/** Without what may be a folder, an attachment, or the name of a note in a sentence. */
function withoutNames(line: string): string {
	const inside = line.replace(/the vault[\\/].*/, "the vault/…");
	// Where a program is at is quoted, too, and says nothing of anybody.
	return /^\s*File "/.test(inside) ? inside : inside.replace(/["“].*["”]/, "“…”");
}

/** A line without the vault's folder; what may name a note is left out from there on. */
function private_(line: string, { vaultPath, system, state }: Facts): string {
	// The sidecar names the folder that links lead to.
	const places = state.kind === "ready" ? [vaultPath, state.status.path] : [vaultPath];
	const outside = places.filter(Boolean).reduce((text, place) => text.replace(spellingsOf(place), "the vault"), line.normalize());
	const bare = withoutHome(outside, system.home);
	if (!NAMES_A_FILE.test(bare)) return withoutNames(bare);
	const source = /^[\d-]+ [\d:,]+ [A-Z]+ [\w.]+:/.exec(bare)?.[0] ?? "";
	return `${source} (names a note)`.trim();
}
