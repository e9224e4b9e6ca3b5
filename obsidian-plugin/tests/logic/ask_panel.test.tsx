import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { type Answer, type Citation, ERRORS, type Setting, type Understanding } from "../../src/protocol";
import { CallFailed, type CallOptions } from "../../src/rpc";
import { AskPanel } from "../../src/ui/ask/AskPanel";
import { FakeHost } from "../fake_host";
import { settled, type } from "./acting";
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

const READ: Understanding = { query: "tide", method: "rules", words: ["tide"] };

let host: FakeHost;
let page: Page;
let provider: string;

function chosen(name: string, value: string): Setting {
	return { name, kind: "text", value, default: "", scope: "everyVault", description: "", holds: true };
}

beforeEach(() => {
	provider = "openai";
	host = new FakeHost().on("query.understand", () => READ).on("settings.read", () => ({
		settings: [chosen("provider", provider), chosen("chat_model", "gpt-5-mini")],
		notices: [],
	}));
	host.state.set({ kind: "ready", status: {} as never });
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

/** Until the text of the answer is drawn so, which takes a frame when another one was drawn just before. */
async function untilShown(text: string): Promise<void> {
	await vi.waitFor(() => expect(page.element.querySelector(".vl-ask-text")?.textContent).toBe(text));
}

test("an answer is shown as it comes, then with numbers that open the passages it rests on", async () => {
	const answer = later<Answer>();
	let options: CallOptions = {};
	host.on("answer.ask", (_, told) => ((options = told), answer.promise));
	await open();
	await ask("When does the tide come?");
	expect(page.text()).toContain("Looked for: tide");
	expect(page.text()).toContain("Reading the passages that matter…");
	options.onText?.("The tide ");
	options.onText?.("comes twice. [[Tide#Spring|2]]");
	await untilShown("The tide comes twice. 2");
	expect(page.control("Passage 2")).toHaveProperty("disabled", true);
	answer.answer(answered());
	await page.settle();
	await untilShown("The tide comes twice. 2 By the moon. 5? See Other.");
	expect(page.text()).toContain("openai gpt-5-mini · 0.4 ¢");
	await page.press("Passage 2: Tide");
	await page.press("2 · Tide › Spring");
	expect(host.did("openNote")).toEqual(Array(2).fill({ path: "Sea/Tide.md", where: "here", line: 7 }));
});

test("what a passage does not say is marked, to the eye and to the ear", async () => {
	host.on("answer.ask", () => answered());
	await open();
	await ask("And the moon?");
	await untilShown("The tide comes twice. 2 By the moon. 5? See Other.");
	expect(page.control("Passage 5: Moon, does not seem to say so").classList.contains("is-unsupported")).toBe(true);
	const [, doubted] = page.all(".vl-ask-source");
	expect(doubted?.textContent).toContain("does not seem to say all it is named for");
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
	expect(page.all(".vl-ask-source")).toHaveLength(2);
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
		{ question: "When does the tide come?", history: [], understood: READ },
		{ question: "And why?", history: [{ question: "When does the tide come?", answer: answered().text }], understood: READ },
	]);
	expect(host.did("query.understand").at(-1)).toMatchObject({ text: "And why?", history: [{ question: "When does the tide come?" }] });
	expect(page.all(".vl-ask-looked button")).toHaveLength(1);
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
	expect(page.has("Open settings")).toBe(false);
	await page.press("Try again");
	expect(tries).toBe(2);
	expect(page.all("h5")).toHaveLength(1);
});

test("what is mended in the settings leads there, in words that hold where they are read", async () => {
	host.on("answer.ask", () => {
		throw new CallFailed(-32052, "OpenAI needs a key.", { provider: "openai", hint: "Give one: librarian keys set openai" });
	});
	await open();
	await ask("When?");
	expect(page.text()).toContain("OpenAI needs a key.");
	expect(page.text()).not.toContain("librarian keys");
	await page.press("Open settings");
	expect(host.did("openSettings")).toHaveLength(1);
});

test("an answer is Markdown, in which a sentence without a passage is marked, and nothing else leads anywhere", async () => {
	const text = "Two ways:\n\n- **Salt** helps [[Tide#Spring|2]]\n- Sand does not. [?] See [this](https://evil.invalid/) [[7|7]]";
	host.on("answer.ask", () => answered({ text, uncited: ["Sand does not."] }));
	await open();
	await ask("How?");
	await untilShown("Two ways:Salt helps 2Sand does not. ? See this 7");
	expect(page.all(".vl-ask-text li strong").map((each) => each.textContent)).toEqual(["Salt"]);
	expect(page.all(".vl-ask-text a")).toEqual([]);
	const [mark] = page.all(".vl-ask-uncited");
	expect([mark?.getAttribute("aria-label"), mark?.tabIndex]).toEqual(["No passage is named for this", 0]);
});

const UNDERSTOOD: Understanding = { query: "q", method: "rules", words: ["tide"], filters: ["tag:sea", "after:2026-11-16"] };

test("what was understood is told, and can be changed and asked again in the place of the answer", async () => {
	host.on("answer.ask", () => answered({ understood: UNDERSTOOD }));
	await open();
	await ask("When does the tide come?");
	expect(page.text()).toContain("Looked for: tide · tagged sea · changed since 2026-11-16 · change");
	await page.press("change");
	await page.press("Leave out changed since 2026-11-16");
	const box = page.control("Look for this, too") as HTMLInputElement;
	for (const more of ["path:Coast", "-moon", "ebb tide"]) {
		await type(box, more);
		await settled(() => box.form?.requestSubmit());
	}
	await type(box, "flood");
	await page.press("Ask again");
	const filters = ["tag:sea", "path:Coast", "-moon"];
	expect(host.did("answer.ask").at(-1)).toEqual({
		question: "When does the tide come?",
		history: [],
		understood: { ...UNDERSTOOD, query: "", filters, words: ["tide", "ebb tide", "flood"] },
	});
	expect(page.all("h5")).toHaveLength(1);
});

test("the model finds other words where one is chosen, and the filters stay as they were made", async () => {
	host.on("answer.ask", () => answered({ understood: UNDERSTOOD }));
	host.on("query.understand", () => ({ query: "tide", method: "model", words: ["tide"], expansions: ["ebb"], filters: [] }));
	await open();
	await ask("When does the tide come?");
	await page.press("change");
	await page.press("Find other words");
	expect(host.did("query.understand").at(-1)).toEqual({ text: "When does the tide come?", history: [], method: "model" });
	expect(page.has("Leave out ebb")).toBe(true);
	expect(page.has("Leave out tagged sea")).toBe(true);
});

/** A question that is answered, with what was looked for to be changed. */
async function changing(): Promise<void> {
	host.on("answer.ask", () => answered({ understood: UNDERSTOOD }));
	await open();
	await ask("When does the tide come?");
	await page.press("change");
}

test("that other words are looked for is shown, and the filters that are left out meanwhile stay so", async () => {
	const [words, signals] = [later<Understanding>(), [] as (AbortSignal | undefined)[]];
	await changing();
	host.on("query.understand", (_, { signal }) => (signals.push(signal), words.promise));
	await page.press("Find other words");
	expect(page.all(".vl-working [aria-label='Looking for other words']")).toHaveLength(1);
	expect(page.control("Find other words")).toHaveProperty("disabled", true);
	await page.press("Leave out tagged sea");
	words.answer({ query: "tide", method: "model", words: ["tide"], expansions: ["ebb"], filters: ["tag:sea"] });
	await page.settle();
	expect([page.has("Leave out ebb"), page.has("Leave out tagged sea"), page.all(".vl-working").length]).toEqual([true, false, 0]);
	expect(signals.map((signal) => signal?.aborted)).toEqual([false]);
});

test.each([
	["is stopped", "Stop"],
	["is left", "leave it"],
	["is not waited for", "Ask again"],
])("a look for other words that %s is taken back, and what comes of it late changes nothing", async (_, button) => {
	const words = later<Understanding>();
	let taken: AbortSignal | undefined;
	await changing();
	host.on("query.understand", (_, { signal }) => ((taken = signal), words.promise));
	await page.press("Find other words");
	await page.press(button);
	expect(taken?.aborted).toBe(true);
	words.answer({ query: "tide", method: "model", words: ["ebb"], expansions: ["ebb"], filters: [] });
	await page.settle();
	expect([page.text().includes("ebb"), page.all(".vl-working").length, host.did("notice")]).toEqual([false, 0, []]);
});

test("why no other words were found is told where they were looked for", async () => {
	await changing();
	const answers: [Understanding, string][] = [
		[{ ...UNDERSTOOD, words: ["of the rules"] }, "The model did not answer"],
		[{ ...UNDERSTOOD, method: "model", expansions: [] }, "The model knows no other words for it."],
	];
	for (const [answer, told] of answers) {
		host.on("query.understand", () => answer);
		await page.press("Find other words");
		expect(page.all(".vl-ask-looked [role=status]").map((each) => each.textContent).join()).toContain(told);
		expect([page.has("Leave out tide"), page.has("Leave out of the rules")]).toEqual([true, false]);
	}
	host.on("query.understand", () => {
		throw new CallFailed(ERRORS.BudgetExceeded, "The budget for today is used up.");
	});
	await page.press("Find other words");
	expect(page.all(".vl-ask-looked [role=alert]").map((each) => each.textContent).join()).toContain("The budget for today is used up.");
	host.on("query.understand", () => ({ ...UNDERSTOOD, method: "model", expansions: ["ebb"] }));
	await page.press("Try again");
	expect([page.has("Leave out ebb"), page.all(".vl-ask-looked [role=alert]").length]).toEqual([true, 0]);
});

test("without a model none is asked for other words", async () => {
	provider = "none";
	host.on("answer.ask", () => answered({ understood: { ...UNDERSTOOD, method: "plain" }, method: "passages", usage: null }));
	await open();
	await ask("When?");
	expect(page.text()).toContain("at any time, for nothing is of the time that was named");
	await page.press("change");
	expect(page.has("Find other words")).toBe(false);
});

test("an answer can be taken along: copied, or put into the note that is written in", async () => {
	host.on("answer.ask", () => answered());
	await open();
	await ask("When?");
	await page.press("Copy the answer");
	expect(host.did("copy")).toEqual([answered().text]);
	await page.press("Insert the answer into the note");
	expect(host.did("insertText")).toEqual([{ text: answered().text, reason: "insert an answer", told: "Answer inserted." }]);
	host.isWriting = false;
	await page.press("Insert the answer into the note");
	expect(host.did("notice").at(-1)).toEqual({ text: "Open the note that it should go into first.", action: undefined });
});

test("what was answered can be read while the librarian is away", async () => {
	host.on("answer.ask", () => answered());
	await open();
	await ask("When?");
	host.state.set({ kind: "stopped" });
	await page.settle();
	await untilShown("The tide comes twice. 2 By the moon. 5? See Other.");
	expect(page.text()).toContain("The librarian is stopped");
	expect(page.element.querySelector("textarea")).toBe(null);
});

test("while the librarian is not ready, nothing can be asked, and why is told", async () => {
	host.state.set({ kind: "stopped" });
	await open();
	expect(page.element.querySelector("textarea")).toBe(null);
	expect(page.text()).toContain("The librarian is stopped");
});
