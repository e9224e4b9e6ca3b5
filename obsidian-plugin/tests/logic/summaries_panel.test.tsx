import { afterEach, expect, test } from "vitest";

import { ERRORS, type ModelUse, type Plan, type RunNote, type Step, type Summary, type SummaryEstimate, type SummaryRun } from "../../src/protocol";
import { CallFailed, type CallOptions, Disconnected } from "../../src/rpc";
import { SummariesPanel } from "../../src/ui/summaries/SummariesPanel";
import { subjectOf } from "../../src/ui/summaries/wording";
import { FREE, FakeHost } from "../fake_host";
import { type Page, later, show } from "./panel_page";

const RUN: SummaryRun = {
	runId: "r1",
	folder: "Tides",
	tag: null,
	query: null,
	style: "short",
	length: null,
	language: null,
	method: "model",
	provider: "openai",
	model: "m",
	begunAt: "2026-01-02T03:04:05+00:00",
	total: 3,
	done: 1,
	leftOut: 0,
	costUsd: "0.02",
};

const ESTIMATE: SummaryEstimate = {
	...FREE,
	local: false,
	notes: 3,
	calls: 3,
	inputTokens: 900,
	costUsd: "0.40",
	atMostUsd: "0.90",
	provider: "openai",
	model: "m",
	leftOut: [{ path: "Tides/x.md", reason: "it says nothing" }],
};

const PLAN: Plan = {
	planId: "p1",
	edits: [{ kind: "rewrite", path: "Tides/0.md", digest: "d", replacements: [{ start: 0, end: 0, text: "It floods." }] }],
	preview: [{ kind: "rewrite", path: "Tides/0.md", to: null, hunks: [{ line: 0, removed: "", added: "It floods." }], more: 0 }],
	confirmation: null,
};

/** A vault in which one run is kept, of which the notes are those that a test lays down. */
function world(runs: SummaryRun[] = [], notes: RunNote[] = []) {
	const host = new FakeHost();
	host.state.set({ kind: "ready", status: { parts: [] } } as unknown as FakeHost["state"]["value"]);
	const answer = later<SummaryRun>();
	const told: { options?: CallOptions } = {};
	host
		.on("summary.runs", () => ({ runs: [...runs] }))
		.on("summary.estimate", () => ESTIMATE)
		.on("summary.notes", ({ after }) => ({ notes: notes.filter((note) => note.number > (after ?? 0)) }))
		.on("summary.run", (_, options) => {
			told.options = options;
			options.signal?.addEventListener("abort", () => answer.fail(new DOMException("paused", "AbortError")));
			return answer.promise;
		});
	const step = (value: Partial<Step>) => told.options?.onStep?.({ kind: "step", phase: "summarising", done: 0, total: 3, runId: "r1", ...value });
	return { host, runs, notes, answer, told, step };
}

function note(number: number, text: string | null = `Said ${number}.`): RunNote {
	return { number, path: `Tides/${number}.md`, text, reason: text === null ? "it says nothing" : null };
}

let page: Page;
afterEach(() => page.close());

async function begin(setting: ReturnType<typeof world>): Promise<void> {
	setting.host.summarised.set("Tides");
	page = await show(<SummariesPanel host={setting.host} />);
	await new Promise((resolve) => window.setTimeout(resolve, 350));
	await page.settle();
	await page.press("Summarise");
}

test("the price is told before anything is asked, with what is left out", async () => {
	const setting = world();
	setting.host.summarised.set("Tides");
	page = await show(<SummariesPanel host={setting.host} />);
	expect((page.control("Summarise") as HTMLButtonElement).disabled).toBe(true);
	await new Promise((resolve) => window.setTimeout(resolve, 350));
	await page.settle();
	expect(page.text()).toContain("3 notes · openai m · about $0.40, at most $0.90");
	expect(page.text()).toContain("1 left out, such as “x”: it says nothing");
	expect(setting.host.did("summary.run")).toEqual([]);
	expect(setting.host.did("summary.estimate")).toEqual([{ folder: "Tides", style: "short", each: true }]);
});

test("without a model it is said, and what is done instead", async () => {
	const setting = world();
	setting.host.on("summary.estimate", () => ({ ...ESTIMATE, costUsd: null, atMostUsd: null, provider: null, model: null }));
	await begin(setting);
	expect(setting.host.did("summary.run")).toEqual([{ folder: "Tides", style: "short" }]);
	await page.close();
	page = await show(<SummariesPanel host={setting.host} />);
	await new Promise((resolve) => window.setTimeout(resolve, 350));
	await page.settle();
	expect(page.text()).toContain("No model is chosen.");
});

test("summaries are shown as they come, with how far it is and what it costs so far; a wait is told", async () => {
	const setting = world([], []);
	await begin(setting);
	setting.notes.push(note(1));
	setting.step({ done: 1, costUsd: "0.02" });
	await page.settle();
	expect(page.text()).toContain("Summarising: 1 of 3 notes · 2.0 ¢ so far");
	expect(page.text()).toContain("Said 1.");
	setting.step({ phase: "waiting 30 s, as openai asks", done: 1 });
	await page.settle();
	expect(page.text()).toContain("Waiting 30 s, as openai asks: 1 of 3 notes · 2.0 ¢ so far");
	setting.notes.push(note(2), note(3, null));
	setting.runs.push({ ...RUN, done: 2, leftOut: 1 });
	setting.answer.answer({ ...RUN, done: 2, leftOut: 1 });
	await page.settle();
	expect(page.text()).toContain("2 of 3 notes · 1 left out · 2.0 ¢");
	expect(page.text()).toContain("Left out: it says nothing");
	expect(page.has("Try 1 note again")).toBe(true);
});

test("a pause takes the call back, tells what the rest costs, and the same run is gone on with", async () => {
	const setting = world([], [note(1)]);
	await begin(setting);
	setting.step({ done: 1 });
	setting.runs.push(RUN);
	await page.press("Pause");
	await page.settle();
	expect(setting.told.options?.signal?.aborted).toBe(true);
	expect(page.text()).toContain("1 of 3 notes · 2.0 ¢");
	expect(page.text()).toContain("Left: 3 notes · openai m · about $0.40");
	await page.press("Go on");
	expect(setting.host.did("summary.run").at(-1)).toEqual({ runId: "r1" });
});

/** One summary of all that is typed, on its way. */
async function beginWhole(setting: ReturnType<typeof world>) {
	const told: { options?: CallOptions } = {};
	const answer = later<Summary>();
	setting.host.on("summary.create", (_, options) => {
		told.options = options;
		options.signal?.addEventListener("abort", () => answer.fail(new DOMException("stopped", "AbortError")));
		return answer.promise;
	});
	setting.host.summarised.set("Tides");
	page = await show(<SummariesPanel host={setting.host} />);
	await page.choose("Summaries", "all");
	await new Promise((resolve) => window.setTimeout(resolve, 350));
	await page.settle();
	await page.press("Summarise");
	return { told, answer };
}

test("one summary of all notes comes as it is written, says what it is of, and can be taken along", async () => {
	const setting = world();
	const { told, answer } = await beginWhole(setting);
	expect(setting.host.did("summary.estimate").at(-1)).toEqual({ folder: "Tides", style: "short", each: false });
	expect(setting.host.did("summary.create")).toEqual([{ folder: "Tides", style: "short" }]);
	told.options?.onStep?.({ kind: "step", phase: "summarising", done: 1, total: 3 });
	told.options?.onText?.("Tides ");
	told.options?.onText?.("come.");
	await page.settle();
	expect(page.text()).toContain("Summarising: 1 of 3 notes");
	expect(page.text()).toContain("Tides come.");
	setting.runs.push({ ...RUN, done: 3 });
	const sources = ["Tides/1.md", "Tides/2.md", "Tides/1.md"].map((path) => ({ path, line: 0, text: "" }));
	const usage = { provider: "openai", model: "m", calls: 4, cached: 0, inputTokens: 9, outputTokens: 9, costUsd: "0.40" } as ModelUse;
	answer.answer({ text: "Tides come and go.", method: "model", sources, notes: 2, usage, tookMs: 9 });
	await page.settle();
	expect(page.text()).toContain("Tides come and go.");
	expect(page.text()).toContain("Of 2 notes · openai m · $0.40");
	expect(page.all(".vl-summaries-sources li").map((each) => each.textContent)).toEqual(["1", "2"]);
	expect([page.has("Stop"), page.text().includes("From before")]).toEqual([false, true]);
	await page.press("Insert the summary into the note");
	expect(setting.host.did("insertText")).toEqual([{ text: "Tides come and go.", reason: "insert a summary", told: "Summary inserted." }]);
});

test("one summary of all notes is stopped with its request, and a fault of it is told", async () => {
	const setting = world();
	const first = await beginWhole(setting);
	first.told.options?.onText?.("Tides ");
	await page.press("Stop");
	expect(first.told.options?.signal?.aborted).toBe(true);
	expect(page.text()).toContain("Tides Stopped.");
	setting.host.on("summary.create", () => {
		throw new CallFailed(ERRORS.ProviderUnreachable, "openai does not answer.");
	});
	await page.press("Summarise");
	expect(page.text()).toContain("openai does not answer.");
	expect((page.control("Summarise") as HTMLButtonElement).disabled).toBe(false);
});

test("one summary that is on its way ends with the panel", async () => {
	const { told } = await beginWhole(world());
	await page.close();
	expect(told.options?.signal?.aborted).toBe(true);
});

test("what was not finished is offered again, with its summaries, and can be forgotten", async () => {
	const setting = world([RUN], [note(1)]);
	setting.host.on("summary.forget", () => (setting.runs.splice(0), null));
	page = await show(<SummariesPanel host={setting.host} />);
	expect(page.text()).toContain("Tides 1 of 3 notes · 2.0 ¢");
	await page.press("Go on…");
	expect(page.text()).toContain("Said 1.");
	expect(setting.host.did("summary.run")).toEqual([]);
	await page.press("Close");
	await page.press("Forget");
	expect(setting.host.did("summary.forget")).toEqual([{ runId: "r1" }]);
	expect(page.text()).not.toContain("From before");
});

test("a fault is told, and what is done stays", async () => {
	const setting = world([RUN], [note(1)]);
	await begin(setting);
	setting.step({ done: 1 });
	setting.answer.fail(new CallFailed(-32091, "This may cost up to $1.00; of $2.00 for this run, $0.50 are left."));
	await page.settle();
	expect(page.text()).toContain("of $2.00 for this run, $0.50 are left");
	expect(page.text()).toContain("Said 1.");
	expect(page.has("Go on")).toBe(true);
});

test("a sidecar that ends leaves a run that is offered once it is back", async () => {
	const setting = world([RUN], [note(1)]);
	await begin(setting);
	setting.step({ done: 1 });
	const ready = setting.host.state.get();
	setting.host.state.set({ kind: "starting" });
	setting.answer.fail(new Disconnected("The librarian stopped before it had answered."));
	await page.settle();
	setting.host.state.set(ready);
	await page.settle();
	expect(page.has("Go on")).toBe(true);
});

test("who closes the panel pauses, and is told so", async () => {
	const setting = world();
	await begin(setting);
	await page.close();
	expect(setting.told.options?.signal?.aborted).toBe(true);
	expect(JSON.stringify(setting.host.did("notice"))).toContain("paused");
});

test("summaries are put into the notes after a look, with a way back, and the run is done with", async () => {
	const finished = { ...RUN, done: 3 };
	const setting = world([finished], [note(1)]);
	setting.host
		.on("summary.placeAll", () => ({ plan: PLAN }))
		.on("summary.forget", () => (setting.runs.splice(0), null))
		.on("edits.apply", () => ({ changeId: "c1", applied: ["Tides/0.md"], conflicts: [] }))
		.on("edits.undo", () => ({ changeId: "c2", applied: ["Tides/0.md"], conflicts: [] }));
	page = await show(<SummariesPanel host={setting.host} />);
	await page.press("Show");
	await page.press("Put into the notes…");
	expect(setting.host.did("summary.placeAll")).toEqual([{ runId: "r1", where: "top" }]);
	expect([page.text().includes("It floods."), setting.host.did("edits.apply")]).toEqual([true, []]);
	await page.press("Change 1 note");
	expect(setting.host.did("summary.forget")).toEqual([{ runId: "r1" }]);
	const [{ text, action }] = setting.host.did("notice") as [{ text: string; action: { run: () => void } }];
	expect(text).toBe("Put into 1 note.");
	action.run();
	await page.settle();
	expect(setting.host.did("edits.undo")).toEqual([{ changeId: "c1" }]);
});

test("notes that changed are named, and a run of which something is left over is kept", async () => {
	const conflict = { path: "Tides/0.md", reason: "changed" as const, read: "1", ours: "2", found: "3" };
	const setting = world([{ ...RUN, done: 3 }], [note(1)]);
	let conflicts = [conflict];
	setting.host
		.on("summary.placeAll", () => ({ plan: PLAN, leftOut: [{ path: "Tides/1.md", reason: "it was changed since it was summarised" }] }))
		.on("edits.apply", () => ({ changeId: conflicts.length > 0 ? null : "c1", applied: [], conflicts }));
	page = await show(<SummariesPanel host={setting.host} />);
	await page.press("Show");
	await page.press("Put into the notes…");
	expect(page.text()).toContain("1 left out, such as “1”: it was changed since it was summarised");
	await page.press("Change 1 note");
	expect(page.text()).toContain("“Tides/0” was changed since, and is left as it is.");
	conflicts = [];
	await page.press("Back");
	await page.press("Put into the notes…");
	await page.press("Change 1 note");
	expect(setting.host.did("summary.forget")).toEqual([]);
});

test("a folder, a tag, a search and the whole vault are told apart", () => {
	expect(["Projects/", "/Projects", "#tides", "? spring tide", "/", " ", "#", "? "].map(subjectOf)).toEqual([
		{ folder: "Projects" },
		{ folder: "Projects" },
		{ tag: "tides" },
		{ query: "spring tide" },
		{ folder: "" },
		null,
		null,
		null,
	]);
});
