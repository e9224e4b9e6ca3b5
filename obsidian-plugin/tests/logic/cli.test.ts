import { expect, test } from "vitest";

import { searched } from "../../src/obsidian/cli";
import { CallFailed } from "../../src/rpc";
import { FakeHost } from "../fake_host";

const coverage = { notes: 2, searched: 2, skipped: 0 };

test("a search on the command line names note, line and first words", async () => {
	const passage = { text: "Feed  the\nstarter.", heading: null, line: 4, ranges: [] as [number, number][] };
	const hit = { path: "Rye.md", title: "Rye", kind: "note", score: 1, passage, why: [] } as const;
	const host = new FakeHost().on("search.query", () => ({ hits: [{ ...hit, why: [] }], total: 3, coverage, mode: "hybrid", tookMs: 1 }));
	expect(await searched(host, { query: "starter", limit: "1" })).toBe("Rye.md:5\tFeed the starter.\n1 of 3 notes");
	expect(host.did("search.query")).toEqual([{ text: "starter", limit: 1 }]);
});

test("what a note says is no order to the terminal", async () => {
	const passage = { text: "\u001b]0;mine\u0007 red\u009b31m\u202e", heading: null, line: 0, ranges: [] as [number, number][] };
	const hit = { path: "a\n\u001b[2Jb.md", title: "b", kind: "note", score: 1, passage, why: [] } as const;
	const host = new FakeHost().on("search.query", () => ({ hits: [{ ...hit, why: [] }], total: 1, coverage, mode: "hybrid", tookMs: 1 }));
	expect(await searched(host, { query: "red" })).toBe("a  [2Jb.md:1\t]0;mine red 31m\n1 of 1 notes");
});

test("what is typed wrong, and what goes wrong, is said", async () => {
	const host = new FakeHost().on("search.query", () => {
		throw new CallFailed(-32014, "The vault is not there.");
	});
	expect(await searched(host, {})).toContain("query=");
	expect(await searched(host, { query: "a", limit: "many" })).toContain("many");
	expect(await searched(host, { query: "a" })).toBe("The vault is not there.");
});
