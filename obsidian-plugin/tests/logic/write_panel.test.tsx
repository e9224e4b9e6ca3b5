import { afterEach, expect, test, vi } from "vitest";

import { ERRORS, type Draft, type Plan } from "../../src/protocol";
import { CallFailed, type CallOptions } from "../../src/rpc";
import { REWRITES, type Wanted, WritePanel } from "../../src/ui/rewrite/WritePanel";
import { FREE, FakeHost } from "../fake_host";
import { type Page, later, show } from "./panel_page";

const PLAN: Plan = {
	planId: "p1",
	edits: [{ kind: "rewrite", path: "a.md", digest: "d", replacements: [{ start: 0, end: 3, text: "new" }] }],
	preview: [{ kind: "rewrite", path: "a.md", to: null, hunks: [{ line: 0, removed: "old words", added: "new words" }], more: 0 }],
	confirmation: null,
};

const DRAFT: Draft = {
	text: "new words",
	hunks: [{ leftLine: 0, rightLine: 0, lines: [] }],
	more: 0,
	whole: true,
	plan: PLAN,
	usage: {
		provider: "ollama",
		model: "gemma3",
		calls: 1,
		cached: 0,
		inputTokens: 1,
		outputTokens: 1,
		costUsd: "0.00",
		estimated: false,
		tookMs: 5,
	},
};

let page: Page;
afterEach(() => page.close());

async function panel(host: FakeHost, ask: Wanted["ask"], onDone = () => undefined, price = async () => FREE): Promise<void> {
	const wanted = { act: "Rewrite", label: "How should it be?", often: REWRITES, ask, price };
	page = await show(<WritePanel host={host} wanted={wanted} onDone={onDone} />);
}

test("a text is shown as it comes, then what it would change, and is put in only when that is wanted", async () => {
	const answer = later<Draft>();
	let told: CallOptions = {};
	let isDone = false;
	const host = new FakeHost().on("edits.apply", () => ({ changeId: "c1", applied: ["a.md"], conflicts: [] }));
	const ask = (_: string, options: CallOptions) => ((told = options), answer.promise);
	await panel(host, ask, () => void (isDone = true));
	await page.press("Shorter");
	told.onText?.("new ");
	told.onText?.("words");
	await page.settle();
	expect(page.element.querySelector(".vl-write-text")?.textContent).toBe("new words");
	expect(page.has("Put it into the note")).toBe(false);
	answer.answer(DRAFT);
	await page.settle();
	expect(page.text()).toContain("ollama gemma3 · no cost");
	expect(page.text()).toContain("old");
	expect([host.did("edits.apply"), isDone]).toEqual([[], false]);
	await page.press("Put it into the note");
	expect([host.did("edits.apply"), isDone]).toEqual([[{ planId: "p1" }], true]);
});

test("writing that is stopped is taken back, and what comes late is not shown", async () => {
	const answer = later<Draft>();
	let told: CallOptions = {};
	await panel(new FakeHost(), (_, options) => ((told = options), answer.promise));
	await page.press("Clearer");
	await page.press("Stop");
	expect(told.signal?.aborted).toBe(true);
	told.onText?.("late");
	answer.answer(DRAFT);
	await page.settle();
	expect(page.has("Put it into the note")).toBe(false);
	expect(page.text()).not.toContain("late");
});

test("what there is of a text that broke off stays to be read, and is copied", async () => {
	const host = new FakeHost();
	await panel(host, (_, options) => {
		options.onText?.("half of ");
		return Promise.reject(new CallFailed(ERRORS.AnswerBroken, "The answer is broken."));
	});
	await page.press("Clearer");
	expect(page.text()).toContain("The answer is broken.");
	expect(page.element.querySelector(".vl-write-text")?.textContent).toBe("half of ");
	await page.press("Copy what there is");
	expect(host.did("copy")).toEqual(["half of "]);
});

test("writing ends with the window that it was asked in", async () => {
	let told: CallOptions = {};
	await panel(new FakeHost(), (_, options) => ((told = options), later<Draft>().promise));
	await page.press("Clearer");
	await page.close();
	expect(told.signal?.aborted).toBe(true);
});

test("what is asked twice is asked anew", async () => {
	const again: boolean[] = [];
	await panel(new FakeHost(), async (_, __, isAgain) => (again.push(isAgain), DRAFT));
	for (const label of ["Shorter", "Shorter", "Clearer"]) await page.press(label);
	expect(again).toEqual([false, true, false]);
});

test("without a model it says so, and leads to where one is chosen", async () => {
	const host = new FakeHost();
	await panel(host, () => Promise.reject(new CallFailed(-32051, "No provider of models is chosen.")));
	await page.press("As a list");
	expect(page.text()).toContain("No model is chosen.");
	await page.press("Choose a model");
	expect(host.did("openSettings")).toHaveLength(1);
});

test("a note that changed meanwhile is left as it is, and that is told", async () => {
	const conflict = { path: "a.md", reason: "changed" as const, read: "1", ours: "2", found: "3" };
	const host = new FakeHost().on("edits.apply", () => ({ changeId: null, applied: [], conflicts: [conflict] }));
	const onDone = vi.fn();
	await panel(host, async () => DRAFT, onDone);
	await page.press("Fix mistakes");
	await page.press("Put it into the note");
	expect(page.text()).toContain("“a” was changed since, and is left as it is.");
	expect(onDone).not.toHaveBeenCalled();
});

test("what is dear is asked about first, and nothing is written where it is not wanted", async () => {
	const host = new FakeHost();
	host.isConfirming = false;
	const ask = vi.fn(async () => DRAFT);
	await panel(host, ask, undefined, async () => ({ ...FREE, local: false, costUsd: "0.40", atMostUsd: "0.90", asks: true }));
	await page.press("Shorter");
	expect([host.did("confirm").length, ask.mock.calls.length]).toEqual([1, 0]);
	host.isConfirming = true;
	await page.press("Shorter");
	expect(ask).toHaveBeenCalledOnce();
});
