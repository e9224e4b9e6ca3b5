import { afterEach, expect, test } from "vitest";

import type { Plan, PlannedEdit } from "../../src/protocol";
import { CallFailed } from "../../src/rpc";
import { carryOut, takeBack } from "../../src/ui/changes/carrying";
import { rowsOf } from "../../src/ui/changes/lines";
import { PlanPreview } from "../../src/ui/changes/PlanPreview";
import { roleOf, summary } from "../../src/ui/duplicates/Decision";
import { FakeHost } from "../fake_host";
import { KEPT, OTHER, PLANS } from "./duplicates_recorded";
import { type Page, show } from "./panel_page";

let page: Page | null = null;
afterEach(async () => {
	await page?.close();
	page = null;
});

function edit(path: string, about: Partial<PlannedEdit> = {}): PlannedEdit {
	return { kind: "rewrite", path, to: null, hunks: [], more: 0, ...about };
}

function plan(preview: PlannedEdit[], edits: Plan["edits"] = []): Pick<Plan, "edits" | "preview"> {
	return { preview, edits };
}

const CHOSEN = { keeper: KEPT, others: [OTHER] };
const APPLIED = { changeId: "c1", applied: [], conflicts: [], offer: null };

test("lines that are the same on both sides are no difference", () => {
	const rows = rowsOf({ line: 6, removed: "a\n---", added: "a\ntime: 3\naliases:\n---" });
	expect(rows.map((row) => [row.sign, row.line, row.differs])).toEqual([
		["added", null, "time: 3"],
		["added", null, "aliases:"],
	]);
});

test("of a line that was changed only what differs is marked, in whole words", () => {
	const [removed, added] = rowsOf({ line: 8, removed: "see [[Rye]] and 1800", added: "see [[Rye (new)|Rye]] and 1080" });
	expect(removed).toMatchObject({ line: 9, before: "see [[Rye", differs: "]] and 1800", after: "" });
	expect(added).toMatchObject({ line: null, before: "see [[Rye", differs: " (new)|Rye]] and 1080", after: "" });
});

test("a link far inside a paragraph is shown with what is around it", () => {
	const long = "word ".repeat(100);
	const [removed] = rowsOf({ line: 0, removed: `${long}[[A]] ${long}`, added: `${long}[[B]] ${long}` });
	expect(removed?.differs).toBe("A");
	expect(removed?.before).toMatch(/^….{60}$/);
	expect(removed?.after).toMatch(/^.{60}…$/);
});

test("what is removed is numbered by the note as it is, whatever ends its lines", () => {
	const rows = rowsOf({ line: 6, removed: "one\r\n\r\ntwo\r\n", added: "" });
	expect(rows.map((row) => [row.line, row.differs])).toEqual([
		[7, "one"],
		[9, "two"],
	]);
});

test("characters that take two units are not cut in two", () => {
	const [removed, added] = rowsOf({ line: 0, removed: "🙂", added: "🙃" });
	expect([removed?.differs, added?.differs]).toEqual(["🙂", "🙃"]);
});

test("every file of a plan is told, with what would become of it", async () => {
	const told = (each: PlannedEdit) => roleOf(each, "merge", CHOSEN);
	page = await show(<PlanPreview plan={PLANS.merge} told={told} />);
	expect(page.all(".vl-plan-path").map((each) => each.textContent)).toEqual([
		"Takes in what it has not Recipes/Rye Sourdough (revised)",
		"Links in it are led on Library/Brauer 2016 Sourdough microbes at low temperature",
		"Links in it are led on Maps/Map of the Kitchen",
		"Links in it are led on People/Greta Moll",
		"Links in it are led on Recipes/Fish Soup Nordersiel",
		"Goes to the trash Recipes/Rye Sourdough",
	]);
	expect(page.text()).toContain("Added: The everyday loaf, as [[Greta Moll]] still bakes it.");
	expect(page.text()).toContain("Removed: topics: [");
});

test("what only adds to a note shows nothing as removed, also where it is too long to be sent", async () => {
	const added = `${"new words\n".repeat(250)}`.slice(0, 1999) + "…";
	const hunk = { line: 3, removed: "a line that stays", added };
	const exact = (end: number) => [{ kind: "rewrite" as const, path: "A.md", digest: "", replacements: [{ start: 9, end, text: "" }] }];
	page = await show(<PlanPreview plan={plan([edit("A.md", { hunks: [hunk] })], exact(9))} />);
	expect(page.all("del")).toHaveLength(0);
	await page.close();
	page = await show(<PlanPreview plan={plan([edit("A.md", { hunks: [hunk] })], exact(12))} />);
	expect(page.all("del")).toHaveLength(1);
});

test("files that are made or moved are told, too", async () => {
	page = await show(<PlanPreview plan={plan([edit("New.md", { kind: "create" }), edit("A.md", { kind: "rename", to: "B/A.md" })])} />);
	expect(page.all(".vl-plan-path").map((each) => each.textContent)).toEqual(["Is made New", "Moves A → B/A"]);
});

test("places that a plan does not show are counted, and long ones are shown on demand", async () => {
	const added = Array.from({ length: 30 }, (_, place) => `line ${place}`).join("\n");
	page = await show(<PlanPreview plan={plan([edit("A.md", { hunks: [{ line: 0, removed: "", added }], more: 3 })])} />);
	expect(page.all(".vl-line")).toHaveLength(12);
	expect(page.text()).toContain("and 3 more places in it");
	await page.press("Show 18 more lines");
	expect(page.all(".vl-line")).toHaveLength(30);
});

test("of very many files some are drawn, and the rest on demand", async () => {
	page = await show(<PlanPreview plan={plan(Array.from({ length: 90 }, (_, place) => edit(`${place}.md`)))} />);
	expect(page.all(".vl-plan-file")).toHaveLength(20);
	await page.press("Show 70 more files");
	expect(page.all(".vl-plan-file")).toHaveLength(90);
});

test("a plan is summed up by what it does", () => {
	const sum = (action: "merge" | "stub" | "trash") => summary(PLANS[action].preview, action, CHOSEN);
	expect(sum("merge")).toBe(
		"Nothing is changed yet. What would happen: “Rye Sourdough (revised)” takes in what it has not; " +
			"1 note goes to the trash; links in 4 notes lead to “Rye Sourdough (revised)” then.",
	);
	expect(sum("stub")).toContain("1 note becomes a stub");
	expect(sum("trash")).toContain("“Rye Sourdough (revised)” stays as it is");
	expect(roleOf(edit(OTHER), "stub", CHOSEN)).toBe("Becomes a stub");
});

test("a plan that needs no confirmation is carried out without a question", async () => {
	const host = new FakeHost().on("edits.apply", () => APPLIED);
	expect(await carryOut(host, PLANS.merge)).toEqual(APPLIED);
	expect(host.did("confirm")).toEqual([]);
});

test("taking back many notes is asked for with their names, and what confirms it is sent", async () => {
	const host = new FakeHost().on("edits.undo", ({ confirmation }) => {
		if (confirmation === "t") return APPLIED;
		throw new CallFailed(-32072, "This takes back changes to 25 notes.", { notes: 25, confirmation: "t" });
	});
	expect(await takeBack(host, "c1", ["A/One.md", "Two.md"])).toEqual(APPLIED);
	expect(host.did("confirm")).toMatchObject([{ title: "Take back changes to 25 notes?", confirm: "Take back changes to 25 notes" }]);
	expect(JSON.stringify(host.did("confirm"))).toContain("“A/One”, “Two”");
	host.isConfirming = false;
	expect(await takeBack(host, "c1", [])).toBeNull();
});

test("when other notes are to be taken back by the time somebody confirmed, they are asked again", async () => {
	const tokens = ["first", "second"];
	const host = new FakeHost().on("edits.undo", ({ confirmation }) => {
		if (confirmation === "second") return APPLIED;
		throw new CallFailed(-32072, "many", { notes: 20 + tokens.length, confirmation: tokens.shift() });
	});
	expect(await takeBack(host, "c1", [])).toEqual(APPLIED);
	expect(host.did("confirm")).toHaveLength(2);
});

test("other errors of taking back are not asked about", async () => {
	const host = new FakeHost().on("edits.undo", () => {
		throw new CallFailed(-32073, "The journal has no change 'c1'.");
	});
	await expect(takeBack(host, "c1", [])).rejects.toThrow("no change");
	expect(host.did("confirm")).toEqual([]);
});
