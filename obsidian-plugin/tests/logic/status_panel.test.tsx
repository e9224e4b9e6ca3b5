import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";

import type { Setting, Status, UsageRow } from "../../src/protocol";
import type { State } from "../../src/state";
import { StatusPanel } from "../../src/ui/status/StatusPanel";
import { FakeHost } from "../fake_host";

const place = document.createElement("div");
afterEach(() => render(null, place));

function told(change: Partial<Status> = {}): Status {
	return {
		vaultId: "v",
		path: "/vault",
		ready: { keyword: true, catalog: true, semantic: false },
		parts: [
			{ name: "keyword", state: "ready" },
			{ name: "semantic", state: "building", done: 1200, total: 4000 },
		],
		counts: { notes: 4000, canvases: 1, bases: 0, attachments: 12 },
		skipped: [],
		timings: { scanMs: 400, keywordMs: 900 },
		...change,
	};
}

async function shown(host: FakeHost): Promise<HTMLElement> {
	await act(async () => {
		render(<StatusPanel host={host} />, place);
		for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
	});
	return place;
}

function press(label: string): Promise<void> {
	const button = [...place.querySelectorAll("button")].find((each) => each.textContent === label);
	if (!button) throw new Error(`no button ${label}`);
	return act(() => button.click());
}

test("each part is told with how far it is, and a slow one can be paused", async () => {
	const host = new FakeHost().on("vault.status", () => told());
	host.state.set({ kind: "ready", status: told() });
	const panel = await shown(host);
	expect(panel.textContent).toContain("4,000 notes · 1 canvas · 0 bases · 12 other files");
	expect(panel.querySelector('[data-state="building"]')?.textContent).toContain("1,200 of 4,000");
	await press("Pause reading");
	expect(host.did("pause")).toHaveLength(1);
});

test("a paused model is told to go on", async () => {
	const status = told({ parts: [{ name: "semantic", state: "paused", detail: "Paused by you." }] });
	const host = new FakeHost().on("vault.status", () => status);
	host.state.set({ kind: "ready", status });
	expect((await shown(host)).textContent).toContain("Paused by you.");
	await press("Go on reading");
	expect(host.did("resume")).toHaveLength(1);
});

test("what was left out is listed with why, and opens", async () => {
	const status = told({ skipped: [{ path: "Big.md", reason: "larger than 20 MB" }] });
	const host = new FakeHost().on("vault.status", () => status);
	host.state.set({ kind: "ready", status });
	expect((await shown(host)).querySelector("details")?.textContent).toContain("larger than 20 MB");
	await press("Big.md");
	expect(host.did("openNote")).toEqual([{ path: "Big.md", where: "here", line: undefined }]);
});

test("of thousands that were left out, some are listed at a time", async () => {
	const skipped = Array.from({ length: 10_000 }, (_, number) => ({ path: `${number}.md`, reason: "cannot be read" }));
	const status = told({ skipped });
	const host = new FakeHost().on("vault.status", () => status);
	host.state.set({ kind: "ready", status });
	const panel = await shown(host);
	const listed = () => panel.querySelectorAll(".vl-left-out li").length;
	expect(listed()).toBe(50);
	await press("Show more of 9,950 other files");
	expect(listed()).toBe(250);
});

test("it is asked once how things are, and follows what is told from then on", async () => {
	const host = new FakeHost().on("vault.status", () => told({ counts: { notes: 1, canvases: 0, bases: 0, attachments: 0 } }));
	host.state.set({ kind: "ready", status: told() });
	const panel = await shown(host);
	await vi.waitFor(() => expect(panel.textContent).toContain("1 note ·"));
	for (let notes = 2; notes < 5; notes += 1) {
		await act(() => {
			host.state.set({ kind: "ready", status: told({ counts: { notes, canvases: 0, bases: 0, attachments: 0 } }) });
			host.generation.set(host.generation.get() + 1);
		});
	}
	expect(panel.textContent).toContain("4 notes ·");
	expect(host.did("vault.status")).toHaveLength(1);
});

test("what cannot be copied or paused is told", async () => {
	const host = new FakeHost().on("vault.status", () => told());
	host.state.set({ kind: "ready", status: told() });
	host.copy = async () => Promise.reject(new Error("No clipboard."));
	host.acts.pause = async () => Promise.reject(new Error("It went away."));
	await shown(host);
	await press("Copy diagnostics");
	await press("Pause reading");
	await vi.waitFor(() => expect(host.did("notice")).toHaveLength(2));
	expect(host.did("notice")).toEqual([{ text: "No clipboard.", action: undefined }, { text: "It went away.", action: undefined }]);
});

test("a failure says what to do", async () => {
	const host = new FakeHost();
	host.state.set({ kind: "failed", problem: { title: "The vault is in use", detail: "By process 12.", remedy: "Close it there." } });
	const alert = (await shown(host)).querySelector('[role="alert"]');
	expect(alert?.textContent).toBe("The vault is in useBy process 12.Close it there.");
	await press("Restart");
	expect(host.did("retry")).toHaveLength(1);
});

test("the last errors are there, and open by themselves when nothing works", async () => {
	const host = new FakeHost().on("vault.status", () => told());
	host.acts.lastErrors = () => ["2026-01-02 The librarian stopped unexpectedly.", "ImportError: no module named librarian"];
	host.state.set({ kind: "ready", status: told() });
	const panel = await shown(host);
	const errors = () => panel.querySelector<HTMLDetailsElement>(".vl-errors");
	expect(errors()?.querySelector("summary")?.textContent).toBe("2 messages of the log");
	expect(errors()?.querySelector("pre")?.textContent).toBe("2026-01-02 The librarian stopped unexpectedly.\nImportError: no module named librarian");
	expect(errors()?.open).toBe(false);
	await act(() => {
		host.state.set({ kind: "failed", problem: { title: "It failed.", detail: "", remedy: "" } });
	});
	expect(errors()?.open).toBe(true);
});

test("there is something to stop only where something runs, or is about to", async () => {
	const problem = { title: "It failed.", detail: "", remedy: "" };
	const host = new FakeHost().on("vault.status", () => told());
	await shown(host);
	const stops: Record<string, boolean> = {};
	for (const state of [
		{ kind: "starting" }, { kind: "degraded", problem }, { kind: "failed", problem }, { kind: "missing", looked: [] }, { kind: "new" }, { kind: "stopped" },
	] as const) {
		await act(() => {
			host.state.set(state as State);
		});
		stops[state.kind] = [...place.querySelectorAll("button")].some((each) => each.textContent === "Stop");
	}
	expect(stops).toEqual({ starting: true, degraded: true, failed: false, missing: false, new: false, stopped: false });
});

test("diagnostics are copied", async () => {
	const host = new FakeHost();
	await shown(host);
	await press("Copy diagnostics");
	expect(host.did("copy")).toEqual(["diagnostics"]);
});

function chosen(name: string, value: string): Setting {
	return { name, kind: "text", value, default: "", scope: "everyVault", description: "", holds: true };
}

const USED: UsageRow = {
	key: "summary",
	calls: 2,
	inputTokens: 900,
	outputTokens: 90,
	cacheReadTokens: 0,
	cacheWriteTokens: 0,
	thinkingTokens: 0,
	costUsd: "0.34",
	cached: 0,
	estimated: 0,
	localMs: 0,
	unpriced: 0,
};

function withModels(provider: string, spentUsd = "0.40"): FakeHost {
	const host = new FakeHost()
		.on("vault.status", () => told())
		.on("settings.read", () => ({ settings: [chosen("provider", provider), chosen("chat_model", "gpt-5-mini")], notices: [] }))
		.on("usage.summary", () => ({ by: "feature", rows: [USED, { ...USED, key: "test", costUsd: "0.00" }], totalUsd: spentUsd }))
		.on("usage.budget", () => ({
			day: "2026-11-26",
			caps: [
				{ cap: "call", limitUsd: "0.50", spentUsd: "0.00", leftUsd: "0.50", setting: "budget_call_usd" },
				{ cap: "day", limitUsd: "5.00", spentUsd, leftUsd: "4.60", setting: "budget_day_usd" },
			],
		}));
	host.state.set({ kind: "ready", status: told() });
	return host;
}

test("what models cost today is told beside what they may, and who writes", async () => {
	const panel = await shown(withModels("openai"));
	expect(panel.textContent).toContain("Written by openai gpt-5-mini");
	expect(panel.textContent).toContain("Today: $0.40 of $5.00");
	expect(panel.querySelector<HTMLProgressElement>(".vl-spending progress")?.value).toBe(0.4);
	expect(panel.textContent).not.toContain("0.50");
	expect(panel.textContent).toContain("This month in this vault: summary $0.34");
	expect(panel.textContent).not.toContain("test");
});

test("without a model the status says what there is in its place", async () => {
	const host = withModels("none");
	const panel = await shown(host);
	expect(panel.textContent).toContain("No model is chosen. Summaries are made of the notes' own sentences");
	await press("Choose a model");
	expect(host.did("openSettings")).toHaveLength(1);
});
