import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { expect, test } from "vitest";

import { type State, briefly } from "../../src/state";

test("two words tell how far the librarian is", () => {
	const progress = { vaultId: "v", part: "keyword", phase: "reading", done: 1, total: 3 } as const;
	expect(briefly({ kind: "opening", progress })).toBe("Reading 33 %");
	expect(briefly({ kind: "opening", progress: null })).toBe("Reading notes");
	expect(briefly({ kind: "missing", looked: [] })).toBe("Librarian missing");
});

test("what the status bar says is explained in the documentation", () => {
	const documentation = readFileSync(resolve(import.meta.dirname, "../../../docs/obsidian.md"), "utf8");
	const problem = { title: "", detail: "", remedy: "" };
	const status = { parts: [{ name: "semantic", state: "building" }] } as never;
	const states: State[] = [
		...(["stopped", "new", "starting"] as const).map((kind) => ({ kind })),
		...(["degraded", "failed"] as const).map((kind) => ({ kind, problem })),
		{ kind: "missing", looked: [] },
		{ kind: "opening", progress: { vaultId: "v", part: "keyword", phase: "reading", done: 2, total: 5 } },
		{ kind: "ready", status },
	];
	const table = documentation.split("\n").filter((line) => line.startsWith("| ")).map((line) => line.split("|")[1]);
	expect(states.map(briefly).filter((words) => !table.some((cell) => cell?.includes(words)))).toEqual([]);
});
