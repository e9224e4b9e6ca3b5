import { afterEach, beforeEach, expect, test } from "vitest";

import { type InferredTemplate, type ModelUse, type Plan, ERRORS } from "../../src/protocol";
import { CallFailed } from "../../src/rpc";
import { Applying } from "../../src/ui/templates/Applying";
import { firstEmpty } from "../../src/ui/templates/making";
import { NewNote } from "../../src/ui/templates/NewNote";
import { TemplatePanel } from "../../src/ui/templates/TemplatePanel";
import { FREE, FakeHost } from "../fake_host";
import { settled } from "./acting";
import { type Page, show } from "./panel_page";

const USE: ModelUse = {
	provider: "openai",
	model: "gpt-5-mini",
	calls: 1,
	cached: 0,
	inputTokens: 9,
	outputTokens: 9,
	costUsd: "0.02",
	estimated: false,
	tookMs: 5,
};

function inferred(change: Partial<InferredTemplate> = {}): InferredTemplate {
	return {
		text: "# {{title}}\n",
		name: "Meetings",
		syntax: "core",
		notes: ["Meetings/a.md", "Meetings/b.md", "Meetings/c.md"],
		properties: [{ name: "status", type: "text", share: 0.75, default: [], values: ["open", "done"] }],
		headings: [{ level: 2, text: "Agenda", share: 1 }],
		confidence: 0.875,
		others: [{ name: "daily", notes: ["Daily/x.md", "Daily/y.md", "Daily/z.md"] }],
		leftOut: [{ path: "Meetings/Drawing.md", reason: "it is a drawing" }],
		found: 7,
		read: 7,
		method: "structure",
		usage: null,
		notice: null,
		tookMs: 4,
		...change,
	};
}

function planOf(kind: "create" | "rewrite", path: string, content = ""): Plan {
	const edit = kind === "create" ? { kind, path, content } : { kind, path, digest: "d", replacements: [] };
	return { planId: `plan ${path}`, edits: [edit], preview: [{ kind, path, to: null, hunks: [], more: 0 }], confirmation: null };
}

let host: FakeHost;
let page: Page;
let done: number;
let kept: string[];
let provider: string;

beforeEach(() => {
	[done, kept, provider] = [0, [], "openai"];
	host = new FakeHost()
		.on("settings.read", () => ({
			settings: [{ name: "provider", kind: "text", value: provider, default: "", scope: "everyVault", description: "", holds: true }],
			notices: [],
		}))
		.on("templates.infer", () => inferred())
		.on("edits.apply", ({ planId }) => ({ changeId: "c1", applied: [planId.replace("plan ", "")], conflicts: [] }));
	host.state.set({ kind: "ready", status: {} as never });
});
afterEach(() => page.close());

async function open(): Promise<void> {
	page = await show(
		<TemplatePanel host={host} subject={{ folder: "Meetings" }} folder="Templates" onKept={(path) => kept.push(path)} onDone={() => (done += 1)} />,
	);
	await waited();
}

/** Until what was chosen is asked for. */
async function waited(): Promise<void> {
	await new Promise((resolve) => window.setTimeout(resolve, 250));
	await page.settle();
}

async function fill(name: string, value: string): Promise<void> {
	const field = page.control(name) as HTMLInputElement;
	await settled(() => {
		field.value = value;
		field.dispatchEvent(new Event("input", { bubbles: true }));
	});
}

async function submit(): Promise<void> {
	await settled(() => page.element.querySelector("form")?.requestSubmit());
	await page.settle();
}

async function write(text: string): Promise<void> {
	const area = page.element.querySelector("textarea");
	if (!area) throw new Error("there is no text of a template");
	await settled(() => {
		area.value = text;
		area.dispatchEvent(new Event("input", { bubbles: true }));
	});
}

function shownText(): string | undefined {
	return page.element.querySelector("textarea")?.value;
}

function notices(): string[] {
	return host.did("notice").map((each) => (each as { text: string }).text);
}

test("it is told what was found, how often, what varies, and what was left out", async () => {
	await open();
	expect(shownText()).toBe("# {{title}}\n");
	for (const told of ["Told from 3 of 7 notes. They have 88 % of it", "status75 %text, one of open, done", "## Agenda100 %", "Drawing: it is a drawing"]) {
		expect(page.text()).toContain(told);
	}
});

test("moving the slider asks once, when it rests", async () => {
	await open();
	for (const share of [0.6, 0.7, 0.8]) await page.slide(share);
	await waited();
	expect(host.did("templates.infer").map((each) => (each as { least: number }).least)).toEqual([0.5, 0.8]);
});

test("what a person wrote stays when something else is inferred, until they let it go", async () => {
	await open();
	await write("mine");
	await page.slide(0.9);
	await waited();
	expect(shownText()).toBe("mine");
	await page.press("Take what was inferred");
	expect(shownText()).toBe("# {{title}}\n");
});

test("notes of another kind are taken, and all of them again", async () => {
	await open();
	await page.press("Take the 3 notes like “x”");
	await waited();
	expect(host.did("templates.infer").at(-1)).toMatchObject({ notes: ["Daily/x.md", "Daily/y.md", "Daily/z.md"] });
	await page.press("Back to all of them");
	await waited();
	expect(host.did("templates.infer").at(-1)).toMatchObject({ folder: "Meetings" });
});

test("too few notes are told in words, without a button that would change nothing", async () => {
	host.on("templates.infer", () => {
		throw new CallFailed(ERRORS.TooFewNotes, "A template is told from 3 notes at least, and here are 2.");
	});
	await open();
	expect(page.text()).toContain("and here are 2.");
	expect(page.has("Try again")).toBe(false);
});

test("notes that have nothing in common make no template", async () => {
	host.on("templates.infer", () => inferred({ text: "", properties: [], headings: [] }));
	await open();
	expect(page.text()).toContain("These notes have nothing in common");
	expect((page.control("Keep it as…") as HTMLButtonElement).disabled).toBe(true);
});

test("a model is asked after its price was agreed to, and not for each step of the slider", async () => {
	host.on("templates.estimate", () => ({ ...FREE, provider: "openai", model: "gpt-5-mini", local: false, costUsd: "0.004", atMostUsd: "0.03" }));
	host.on("templates.infer", ({ useModel }) => (useModel ? inferred({ method: "model", name: "Meeting", usage: USE }) : inferred()));
	await open();
	host.isConfirming = false;
	await page.press("Have openai find a name and hints");
	expect(host.did("confirm")[0]).toMatchObject({ title: "Ask gpt-5-mini?" });
	expect((host.did("confirm")[0] as { body: string }).body).toContain("no text of a note. openai gpt-5-mini · about 0.4 ¢.");
	await waited();
	expect(host.did("templates.infer")).toHaveLength(1);
	host.isConfirming = true;
	await page.press("Have openai find a name and hints");
	await waited();
	expect(page.text()).toContain("“Meeting”, name and hints by a model · openai gpt-5-mini · 2.0 ¢");
	await page.slide(0.7);
	await waited();
	expect(host.did("templates.infer").map((each) => (each as { useModel: boolean }).useModel)).toEqual([false, true, false]);
});

test("where a model fails the structure is there, and why there are no hints", async () => {
	host.on("templates.estimate", () => ({ ...FREE, provider: "openai", model: "m" }));
	host.on("templates.infer", ({ useModel }) => inferred(useModel ? { notice: "openai takes no more requests now." } : {}));
	await open();
	for (const asked of [2, 3]) {
		await page.press("Have openai find a name and hints");
		await waited();
		expect(page.text()).toContain("No name and hints: openai takes no more requests now.");
		expect(host.did("templates.infer")).toHaveLength(asked);
	}
	expect(shownText()).toBe("# {{title}}\n");
});

test("without a model it says that none is needed, and leads to where one is chosen", async () => {
	provider = "none";
	await open();
	await page.press("Choose a model");
	expect(host.did("openSettings")).toHaveLength(1);
	expect(host.did("templates.estimate")).toEqual([]);
});

test("it is kept under a name after a preview, and a name that is taken can be mended", async () => {
	host.on("templates.save", ({ path }) => {
		if (path === "Templates/Meetings.md") throw new CallFailed(ERRORS.NoteExists, "There is a note already.");
		return planOf("create", path);
	});
	await open();
	await write("# Mine\n");
	await page.press("Keep it as…");
	await submit();
	expect(page.text()).toContain("There is a note already.");
	await fill("Name", "Meeting.md");
	await fill("Folder", "/Templates/ Work /");
	await submit();
	expect(host.did("templates.save").at(-1)).toEqual({ path: "Templates/Work/Meeting.md", text: "# Mine\n" });
	expect(host.did("edits.apply")).toEqual([]);
	await page.press("Keep it");
	expect([kept, done, shownText()]).toEqual([["Templates/Work/Meeting.md"], 0, "# Mine\n"]);
	expect(notices()).toEqual(["The template is kept as “Templates/Work/Meeting”."]);
});

test("it is applied to the notes that it was told from, which can be taken back", async () => {
	host.on("templates.apply", () => planOf("rewrite", "Meetings/b.md"));
	host.on("edits.undo", () => ({ changeId: "c2", applied: ["Meetings/b.md"], conflicts: [] }));
	await open();
	await page.press("Apply it to 3 notes…");
	expect(host.did("templates.apply")).toEqual([{ text: "# {{title}}\n", syntax: "core", notes: inferred().notes }]);
	expect(page.text()).toContain("2 notes with all of it.");
	await page.press("Change 1 note");
	expect(done).toBe(1);
	(host.did("notice")[0] as { action: { run: () => void } }).action.run();
	await page.settle();
	expect(notices()).toEqual(["The template was applied to 1 note.", "Taken back: 1 note."]);
});

test("one note that cannot have a template keeps it from no other", async () => {
	host.on("templates.apply", ({ notes }) => {
		if (notes.includes("b.md")) throw new CallFailed(ERRORS.EditRefused, "'b.md' cannot be changed so.", { path: "b.md" });
		return planOf("rewrite", "a.md");
	});
	page = await show(<Applying host={host} template={{ template: "T.md" }} notes={["a.md", "b.md"]} onDone={() => (done += 1)} onBack={() => undefined} />);
	await page.press("Go on without it");
	expect(page.text()).toContain("1 note left out.");
	await page.press("Change 1 note");
	expect(done).toBe(1);
});

test("notes that changed meanwhile are left as they are, and that is told", async () => {
	host.on("templates.apply", () => planOf("rewrite", "a.md"));
	const conflict = { path: "a.md", reason: "changed" as const, read: "1", ours: "2", found: "3" };
	host.on("edits.apply", () => ({ changeId: null, applied: [], conflicts: [conflict] }));
	page = await show(<Applying host={host} template={{ template: "T.md" }} notes={["a.md"]} onDone={() => (done += 1)} onBack={() => undefined} />);
	await page.press("Change 1 note");
	expect(page.text()).toContain("“a” was changed since, and is left as it is.");
	expect([done, notices(), page.has("Change 1 note")]).toEqual([0, [], false]);
});

test("a new note is opened where it is written in first, and none takes the place of another", async () => {
	host.on("templates.apply", ({ notes: [path = ""] }) =>
		path === "In/There.md" ? planOf("rewrite", path) : planOf("create", path, "---\ntags: []\n---\n# New\n\n## Who\n\n## Why\n"),
	);
	page = await show(<NewNote host={host} template={{ template: "T.md" }} folder="In" onDone={() => (done += 1)} onBack={() => undefined} />);
	await fill("Name", "There");
	await submit();
	expect(page.text()).toContain("“In/There” is there already, and is left as it is.");
	expect([host.did("edits.apply"), done]).toEqual([[], 0]);
	await fill("Name", "New");
	await submit();
	expect(host.did("openToWrite")).toEqual([{ path: "In/New.md", at: { line: 6, ch: 0 } }]);
	expect(done).toBe(1);
});

test.each([
	["the first item that says nothing", "# T\n\n## A\n\n- [ ] \n\n## B\n", { line: 4, ch: 6 }],
	["a label", "# T\nAuthor:: \n", { line: 1, ch: 9 }],
	["below the first section without a text", "## A\n\nText\n\n## B\n\n## C\n", { line: 5, ch: 0 }],
	["no section that has sections, and no line of the properties", "---\na: \n- \n---\n# T\n\n## A\n\n### B\n", { line: 9, ch: 0 }],
	["the end where all is said", "# T\n\nText", { line: 2, ch: 4 }],
	["a file with the line ends of Windows, too", "# T\r\n\r\n## A\r\n\r\n## B\r\n", { line: 3, ch: 0 }],
	["what begins with a line and has no properties", "---\n\n- ", { line: 2, ch: 2 }],
])("the cursor goes to %s", async (_, text, place) => {
	page = await show(<p />);
	expect(firstEmpty(text)).toEqual(place);
});
