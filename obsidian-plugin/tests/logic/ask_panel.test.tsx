import { afterEach, beforeEach, expect, test } from "vitest";

import type { Answer, Citation, Setting } from "../../src/protocol";
import { CallFailed, type CallOptions } from "../../src/rpc";
import { AskPanel } from "../../src/ui/ask/AskPanel";
import { pieces } from "../../src/ui/ask/cited";
import { FakeHost } from "../fake_host";
import { type Page, later, show } from "./panel_page";

const CITATIONS: Citation[] = [
	{ id: 2, path: "Sea/Tide.md", heading: "Spring", line: 7, quote: "It comes twice a day.", supported: true },
	{ id: 5, path: "Moon.md", heading: null, line: 0, quote: "The moon is full.", supported: false },
];

function answered(change: Partial<Answer> = {}): Answer {
	return {
		text: "The tide comes twice. [[Tide#Spring|2]] By the moon. [[Moon|5?]] See [[Other]].",
		citations: CITATIONS,
		abstained: false,
		passages: [{ id: 1, path: "Near.md", title: "Near", heading: "Close", line: 3, text: "Something near.", score: 0.4 }],
		method: "model",
		notice: null,
		understood: { query: "tide", method: "rules" },
		unsupported: [],
		unknownCitations: 0,
		usage: {
			provider: "openai",
			model: "gpt-5-mini",
			calls: 1,
			cached: 0,
			inputTokens: 10,
			outputTokens: 5,
			costUsd: "0.004",
			estimated: false,
			tookMs: 900,
		},
		coverage: { notes: 3, searched: 3, skipped: 0 },
		retrievalMs: 12,
		...change,
	};
}

let host: FakeHost;
let page: Page;
let provider: string;

function chosen(name: string, value: string): Setting {
	return { name, kind: "text", value, default: "", scope: "everyVault", description: "", holds: true };
}

beforeEach(() => {
	provider = "openai";
	host = new FakeHost().on("settings.read", () => ({
		settings: [chosen("provider", provider), chosen("chat_model", "gpt-5-mini")],
		notices: [],
	}));
	host.state.value = { kind: "ready", status: {} as never };
});
afterEach(() => page.close());

async function open(): Promise<void> {
	page = await show(<AskPanel host={host} />);
}

async function ask(question: string): Promise<void> {
	const box = page.element.querySelector("textarea");
	if (!box) throw new Error("there is no box for a question");
	box.value = question;
	box.dispatchEvent(new Event("input", { bubbles: true }));
	await page.settle();
	box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
	await page.settle();
}

test("an answer is shown as it comes, then with numbers that open the passages it rests on", async () => {
	const answer = later<Answer>();
	let options: CallOptions = {};
	host.on("answer.ask", (_, told) => ((options = told), answer.promise));
	await open();
	await ask("When does the tide come?");
	expect(page.text()).toContain("Reading the passages that matter…");
	options.onText?.("The tide ");
	options.onText?.("comes");
	await page.settle();
	expect(page.element.querySelector(".librarian-ask-text")?.textContent).toBe("The tide comes");
	answer.answer(answered());
	await page.settle();
	expect(page.element.querySelector(".librarian-ask-text")?.textContent).toBe("The tide comes twice. 2 By the moon. 5? See [[Other]].");
	expect(page.text()).toContain("openai gpt-5-mini · 0.4 ¢");
	await page.press("Passage 2: Tide");
	await page.press("2 · Tide › Spring");
	expect(host.did("openNote")).toEqual(Array(2).fill({ path: "Sea/Tide.md", where: "here", line: 7 }));
});

test("what a passage does not say is marked, to the eye and to the ear", async () => {
	host.on("answer.ask", () => answered());
	await open();
	await ask("And the moon?");
	expect(page.control("Passage 5: Moon, does not seem to say so").classList.contains("is-unsupported")).toBe(true);
	const [, doubted] = page.all(".librarian-ask-source");
	expect(doubted?.textContent).toContain("does not seem to say so");
});

test("where the vault does not say, that is told with the passages that come closest", async () => {
	host.on("answer.ask", () => answered({ abstained: true, citations: [], text: "The vault does not say.", usage: null }));
	await open();
	await ask("Who won the cup?");
	expect(page.text()).toContain("The vault does not say. These passages come closest:");
	await page.press("Near › Close");
	expect(host.did("openNote")).toEqual([{ path: "Near.md", where: "here", line: 3 }]);
});

test("without a model there are passages, and the way to choose one", async () => {
	provider = "none";
	host.on("answer.ask", () => answered({ method: "passages", usage: null, notice: "No model is chosen. Run: librarian providers" }));
	await open();
	expect(page.text()).toContain("No model is chosen.");
	await ask("When?");
	expect(page.all(".librarian-ask-source")).toHaveLength(2);
	expect(page.text()).not.toContain("librarian providers");
	await page.press("Choose a model");
	expect(host.did("openSettings")).toHaveLength(1);
});

test("where the model could not answer, passages come with why", async () => {
	host.on("answer.ask", () => answered({ method: "passages", usage: null, notice: "OpenAI does not answer." }));
	await open();
	expect(page.text()).toContain("openai gpt-5-mini");
	await ask("When?");
	expect(page.text()).toContain("OpenAI does not answer.");
	expect(page.has("Choose a model")).toBe(false);
});

test("a question that follows is asked with those before it", async () => {
	host.on("answer.ask", () => answered());
	await open();
	await ask("When does the tide come?");
	await ask("And why?");
	expect(host.did("answer.ask")).toEqual([
		{ question: "When does the tide come?", history: [] },
		{ question: "And why?", history: [{ question: "When does the tide come?", answer: answered().text }] },
	]);
	await page.press("Begin anew");
	expect(page.text()).toContain("Ask your notes");
});

test("a question can be stopped, and what comes late is not shown", async () => {
	const answer = later<Answer>();
	let options: CallOptions = {};
	host.on("answer.ask", (_, told) => ((options = told), answer.promise));
	await open();
	await ask("When?");
	await page.press("Stop");
	expect(options.signal?.aborted).toBe(true);
	answer.answer(answered());
	await page.settle();
	expect(page.text()).toContain("Stopped.");
	expect(page.text()).not.toContain("comes twice");
});

test("what goes wrong is told, and can be tried again", async () => {
	let tries = 0;
	host.on("answer.ask", () => {
		tries += 1;
		throw new CallFailed(-32082, "Ollama does not answer. Start it.");
	});
	await open();
	await ask("When?");
	expect(page.text()).toContain("Ollama does not answer. Start it.");
	await page.press("Try again");
	expect(tries).toBe(2);
});

test("while the librarian is not ready, nothing can be asked, and why is told", async () => {
	host.state.value = { kind: "stopped" };
	await open();
	expect(page.element.querySelector("textarea")).toBe(null);
	expect(page.text()).toContain("The librarian is stopped");
});

test("only links to passages that are cited are numbers", () => {
	expect(pieces("a [[x|1]][[y#z|2?]] [[w]] [[v|3]]", new Set([1, 2]))).toEqual([
		{ text: "a " },
		{ id: 1, isDoubted: false },
		{ id: 2, isDoubted: true },
		{ text: " [[w]] [[v|3]]" },
	]);
});
