import { writeFileSync } from "node:fs";
import path from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import { atDesk } from "./desk";
import { type Journey, exampleWith, findChromium } from "./journey";
import type { Provider } from "./provider";

const NOTE = "Drafts/Marsh.md";
const LINES = Array.from({ length: 40 }, (_, line) => `Line ${line} of a note on marshes and their birds, written before.`);
const TEXT = `# Marsh\n\n${LINES.join("\n")}\n\nThe end of it`;
const WORDS = ["It ", "nests ", "in ", "tussocks,\n", "and ", "its ", "chicks ", "fall ", "to ", "floods."];
const SAID = WORDS.join("");

describe.skipIf(!findChromium())("a draft in the editor", () => {
	let journey: Journey;
	let provider: Provider;

	atDesk((window, writer) => ([journey, provider] = [window, writer]), { vault: exampleWith({ [NOTE]: TEXT }) });
	afterEach(() => void (provider.silentAfter = Infinity));

	function write(name: string, text: string): void {
		writeFileSync(path.join(journey.vault, name), text);
	}

	const onDisk = (name = NOTE) => journey.bytesOf(name).toString();
	const draft = () => journey.page.locator(".vl-draft-here");

	/** A note as it was written, in a leaf of its own, with the cursor somewhere. */
	async function fresh(at: number, name = NOTE, text = TEXT): Promise<void> {
		write(name, text);
		await journey.page.waitForFunction((file) => window.app.vault.getFileByPath(file), name);
		await journey.page.evaluate(() => {
			document.querySelectorAll(".notice").forEach((notice) => notice.remove());
			window.app.workspace.detachLeavesOfType("markdown");
		});
		await journey.openNote(name);
		await journey.select(at);
	}

	/** The provider falls silent after three pieces, all of which are to be seen. */
	async function begun(): Promise<void> {
		provider.silentAfter = 3;
		provider.says(WORDS);
		await journey.command("continue");
		await draft().getByText("It nests in").waitFor();
	}

	it("stands at the cursor, and goes in the change that puts it in, which is one step of its own", async () => {
		const at = TEXT.indexOf("\n\nThe end");
		await fresh(at);
		await journey.page.keyboard.type(" Before.");
		const before = await journey.text();
		await begun();
		expect(await journey.text()).toBe(before);
		await journey.show("draft-at-cursor", ".mod-root .cm-content");
		provider.silentAfter = Infinity;
		await journey.notice("Text inserted").last().waitFor();
		expect(await draft().count()).toBe(0);
		const after = `${before.slice(0, at + 8)} ${SAID}${before.slice(at + 8)}`;
		expect([await journey.text(), onDisk()]).toEqual([after, after]);
		await journey.page.keyboard.type(" Behind.");
		expect(await journey.text()).toContain(`${SAID} Behind.\n\nThe end`);
		for (const step of [after, before, TEXT]) {
			await journey.page.keyboard.press("Control+z");
			expect(await journey.text()).toBe(step);
		}
		await journey.page.keyboard.press("Control+y");
		await journey.page.keyboard.press("Control+y");
		expect([await journey.text(), await draft().count()]).toEqual([after, 0]);
	});

	it("looks, in parts of which each is laid out once, as one text does in its line", async () => {
		await fresh(TEXT.indexOf("\nLine 20"));
		const long = "- tussocks of grass, where foxes seldom look for it, and its chicks fall to floods, to crows and to whoever else comes by at low tide,";
		const said = ["It nests ", "in\n", "\n", `${long} `, "before they fly.\n- two\nlines\n", "\n", "and the ", "end of it"];
		provider.says([...said, "."]);
		provider.silentAfter = said.length;
		await journey.command("continue");
		await draft().getByText("and the").waitFor();
		const [parts, inParts, asOne] = await draft().evaluate((shown) => {
			const [line, text] = [shown.closest<HTMLElement>(".cm-line"), shown.querySelector<HTMLElement>(".vl-draft-text")];
			if (!line || !text) throw new Error("there is no draft in a line");
			// As Obsidian indents the lines of lists.
			Object.assign(line.style, { textIndent: "-2em", paddingInlineStart: "2em" });
			const places = (node: Node): string[] => {
				if (!(node instanceof Text)) return [...node.childNodes].flatMap(places);
				return Array.from(node.data, (letter, at) => {
					const range = new Range();
					range.setStart(node, at);
					range.setEnd(node, at + 1);
					const { x, y } = range.getBoundingClientRect();
					return letter === "\n" ? letter : `${letter} ${Math.round(x)} ${Math.round(y)}`;
				});
			};
			const look = () => [line.offsetHeight, ...places(line)];
			const before = look();
			const count = text.childElementCount;
			text.replaceChildren(text.textContent);
			return [count, before, look()] as const;
		});
		expect(parts).toBeGreaterThan(3);
		expect(inParts).toEqual(asOne);
		await journey.page.keyboard.press("Escape");
		await draft().waitFor({ state: "detached" });
	});

	it("is ended by Escape also while the provider is silent, with the request itself; nothing is left, and nothing to undo", async () => {
		await fresh(TEXT.length);
		const [cut, journalled] = [provider.aborted_at.length, await newest()];
		await begun();
		await journey.command("continue");
		await journey.notice("Something is being written here already.").waitFor();
		await journey.page.keyboard.press("Escape");
		await expect.poll(() => provider.aborted_at.length).toBe(cut + 1);
		expect(await draft().count()).toBe(0);
		await journey.page.keyboard.press("Control+z");
		expect([await journey.text(), onDisk(), await newest()]).toEqual([TEXT, TEXT, journalled]);
		expect(await journey.notice("Text inserted").count()).toBe(0);
	});

	it("stays in its place while somebody writes above and below, and on and on", async () => {
		const at = TEXT.indexOf("Line 20");
		await fresh(at);
		await begun();
		await journey.select(0);
		await journey.page.keyboard.type("Above. ");
		await journey.select(TEXT.length + "Above. ".length);
		provider.silentAfter = Infinity;
		let typed = "";
		while ((await draft().count()) > 0) {
			const letter = "abcdefghij".charAt(typed.length % 10);
			await journey.page.keyboard.press(letter);
			typed += letter;
			// Nobody types for ever: then it may go in.
			if (typed.length > 60) await journey.page.waitForTimeout(1000);
		}
		const after = `Above. ${TEXT.slice(0, at)}${SAID}${TEXT.slice(at)}${typed}`;
		expect(await journey.text()).toBe(after);
		await expect.poll(() => onDisk(), { timeout: 5000 }).toBe(after);
		expect(await journey.page.evaluate(() => window.app.workspace.activeEditor?.editor?.getCursor().line)).toBe(44);
	});

	it.each([
		["another note is opened in its place", () => journey.openNote("Ecology/Redshank.md")],
		["its note is closed", () => journey.page.evaluate(() => window.app.workspace.detachLeavesOfType("markdown"))],
	])("ends when %s, and what there was of it can be had", async (_, leave) => {
		await fresh(TEXT.length);
		const cut = provider.aborted_at.length;
		await begun();
		await leave();
		await expect.poll(() => provider.aborted_at.length).toBe(cut + 1);
		await journey.notice("The note was left").getByRole("button", { name: "Copy what there is" }).last().click();
		expect(await journey.page.evaluate(() => navigator.clipboard.readText())).toBe(" It nests in ");
		expect([onDisk(), await draft().count()]).toEqual([TEXT, 0]);
		if ((await journey.activeNote()) !== null) expect(await journey.text()).not.toContain("It nests");
	});

	it("is one of several in several notes, of which Escape ends the last", async () => {
		write("Drafts/Other.md", "Other note.");
		await fresh(TEXT.length);
		await begun();
		await journey.page.evaluate(() => {
			const file = window.app.vault.getFileByPath("Drafts/Other.md");
			return file && window.app.workspace.getLeaf("split").openFile(file);
		});
		await journey.select("Other note.".length);
		provider.says(WORDS);
		await journey.command("continue");
		await draft().getByText("It nests").nth(1).waitFor();
		await journey.page.keyboard.press("Escape");
		await expect.poll(() => draft().count()).toBe(1);
		provider.silentAfter = Infinity;
		await expect.poll(() => onDisk()).toBe(`${TEXT} ${SAID}`);
		await journey.notice("Text inserted").waitFor();
		expect(onDisk("Drafts/Other.md")).toBe("Other note.");
	});

	it.each([
		["with two letters for each line end", "Drafts/Windows.md", "# Marsh\r\n\r\nOne.\r\n\r\nEnd.\r\n"],
		["with a byte order mark", "Drafts/Mark.md", "\uFEFF# Marsh\n\nOne.\n\nEnd.\n"],
	])("goes into a note %s to the byte", async (_, name, text) => {
		await fresh("# Marsh\n\nOne.".length, name, text);
		await begun();
		expect(onDisk(name)).toBe(text);
		const seen = await watched(SAID);
		provider.silentAfter = Infinity;
		await expect.poll(() => draft().count()).toBe(0);
		const eol = text.includes("\r") ? "\r\n" : "\n";
		expect(onDisk(name)).toBe(text.replace("One.", `One. ${SAID.replaceAll("\n", eol)}`));
		expect(await journey.text()).toBe(`# Marsh\n\nOne. ${SAID}\n\nEnd.\n`);
		expect(await seen()).toEqual([]);
		await journey.notice("Text inserted").last().getByRole("button", { name: "Undo" }).click();
		await expect.poll(() => onDisk(name)).toBe(text);
	});

	it("is shown over a note that is only read, and goes where the cursor of its editor stands", async () => {
		await fresh(TEXT.length);
		await journey.page.evaluate(() => Object.assign(window.app.workspace.activeEditor ?? {}, { getMode: () => "preview" }));
		provider.silentAfter = 3;
		provider.says(WORDS);
		await journey.command("continue");
		await journey.page.locator(".vl-draft").getByText("It nests").waitFor();
		expect(await draft().count()).toBe(0);
		provider.silentAfter = Infinity;
		await expect.poll(() => onDisk()).toBe(`${TEXT} ${SAID}`);
		await journey.notice("Text inserted").waitFor();
	});

	it("goes by the frames of the window that its note is in", async () => {
		await fresh(TEXT.length);
		await intoWindowOfItsOwn();
		provider.silentAfter = 3;
		provider.says(WORDS);
		await journey.command("continue");
		await journey.page.frameLocator("iframe").locator(".vl-draft-here").getByText("It nests").waitFor();
		expect(await journey.page.evaluate(() => (window as unknown as { framesAsked: number }).framesAsked)).toBeGreaterThan(0);
		provider.silentAfter = Infinity;
		await expect.poll(() => onDisk()).toBe(`${TEXT} ${SAID}`);
		await journey.notice("Text inserted").waitFor();
		await journey.page.evaluate(() => window.app.workspace.detachLeavesOfType("markdown"));
		await journey.page.locator("iframe").evaluate((frame) => frame.remove());
	});

	/** Another document, with a window that has frames of its own, as a window that a note was moved into has. */
	async function intoWindowOfItsOwn(): Promise<void> {
		await journey.page.evaluate(() => {
			const frame = document.body.createEl("iframe", { attr: { style: "position: fixed; inset: 0; width: 50%; height: 50%; background: white" } });
			const { contentWindow: other, contentDocument: itsDocument } = frame;
			const { cm } = window.app.workspace.activeEditor?.editor as unknown as { cm: { dom: HTMLElement; setRoot(root: Document): void } };
			if (!other || !itsDocument) throw new Error("there is no other window");
			const ask = other.requestAnimationFrame.bind(other);
			// The editor itself asks for frames, too, but not before it was moved.
			itsDocument.body.append(cm.dom);
			Object.assign(window, { framesAsked: 0 });
			other.requestAnimationFrame = (run) => {
				if (new Error().stack?.includes("wrapped.js")) (window as unknown as { framesAsked: number }).framesAsked += 1;
				return ask(run);
			};
			cm.setRoot(itsDocument);
		});
	}

	/** The last change of the journal. */
	async function newest(): Promise<unknown> {
		const { changes } = JSON.parse(await journey.librarian("changes", "--json")) as { changes: { changeId: string }[] };
		return changes[0]?.changeId;
	}

	/** Looks at every frame until it is asked: answers with those that had neither draft nor text, or both. */
	async function watched(text: string): Promise<() => Promise<string[]>> {
		await journey.page.evaluate((said) => {
			const [wrong, state] = [[] as string[], { isOver: false }];
			const look = () => {
				const isDraft = document.querySelector(".vl-draft-here") !== null;
				const isText = window.app.workspace.activeEditor?.editor?.getValue().includes(said) ?? false;
				if (isDraft === isText) wrong.push(isDraft ? "both" : "neither");
				if (!state.isOver) requestAnimationFrame(look);
			};
			requestAnimationFrame(look);
			Object.assign(window, { endWatching: () => ((state.isOver = true), wrong) });
		}, text);
		return () => journey.page.evaluate(() => (window as unknown as { endWatching(): string[] }).endWatching());
	}
});
