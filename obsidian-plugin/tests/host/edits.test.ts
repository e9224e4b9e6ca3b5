import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { findChromium, Journey } from "./journey";

const TEXT = `${"A lighthouse keeper wrote down every ship that went by, and what the weather was like at the time. ".repeat(3)}\n`;
const NOTES: Readonly<Record<string, string>> = {
	"Twins/Lighthouse.md": TEXT,
	"Twins/Lighthouse copy.md": TEXT,
	"Twins/Coast.md": "👩‍🚀 See [[Lighthouse copy]],\nand [[Lighthouse copy|this one]].\nEnd of it.\n",
	"Twins/Windows.md": "See\r\n[[Lighthouse copy]]\r\n",
	"Twins/Mark.md": "\uFEFFSee [[Lighthouse copy]]\n",
};

describe.skipIf(!findChromium())("changes that the sidecar asks for", () => {
	let journey: Journey;

	beforeAll(async () => {
		journey = await Journey.open();
		mkdirSync(path.join(journey.vault, "Twins"));
		for (const [name, text] of Object.entries(NOTES)) writeFileSync(path.join(journey.vault, name), text);
		await journey.load();
		await journey.begin();
	});

	afterAll(async () => {
		await journey.close();
	});

	async function merge(): Promise<string> {
		const { groups } = JSON.parse(await journey.librarian("duplicates", "--kind", "identical", "--json")) as Groups;
		const group = groups.find(({ notes }) => notes.some((note) => note.path === "Twins/Lighthouse.md"));
		return await journey.librarian("duplicates", "merge", group?.id ?? "", "--keep", "Twins/Lighthouse.md", "--yes");
	}

	function texts(): Record<string, string> {
		return Object.fromEntries(Object.keys(NOTES).map((name) => [name, textOf(name)]));
	}

	function textOf(name: string): string {
		return journey.has(name) ? readFileSync(path.join(journey.vault, name), "utf8") : "";
	}

	/** What the open editor says, with a stroke where its cursor is. */
	function shown(): Promise<string> {
		return journey.page.evaluate(() => {
			const editor = window.app.workspace.activeEditor?.editor;
			const [text, at] = [editor?.getValue() ?? "", editor?.posToOffset(editor.getCursor()) ?? 0];
			return `${text.slice(0, at)}|${text.slice(at)}`;
		});
	}

	it("are made in the open editor, which keeps its cursor, and in all other notes to the byte", async () => {
		await journey.openNote("Twins/Coast.md");
		await journey.select((await journey.text()).indexOf("End"));
		await merge();
		const changed = "👩‍🚀 See [[Lighthouse|Lighthouse copy]],\nand [[Lighthouse|this one]].\nEnd of it.\n";
		expect(await shown()).toBe(changed.replace("End", "|End"));
		expect(texts()).toMatchObject({
			"Twins/Lighthouse copy.md": "",
			"Twins/Coast.md": changed,
			"Twins/Windows.md": "See\r\n[[Lighthouse|Lighthouse copy]]\r\n",
			"Twins/Mark.md": "\uFEFFSee [[Lighthouse|Lighthouse copy]]\n",
		});
	});

	it("are a step of the open editor's history, between what was typed before and after", async () => {
		await journey.page.keyboard.type("Typed. ");
		await journey.saved();
		const changed = textOf("Twins/Coast.md");
		const history: string[] = [];
		for (let step = 0; step < 2; step += 1) {
			await journey.page.keyboard.press("Control+z");
			history.push(await journey.text());
		}
		expect(history).toEqual([changed.replace("Typed. ", ""), NOTES["Twins/Coast.md"]]);
		for (let step = 0; step < 2; step += 1) await journey.page.keyboard.press("Control+y");
		expect(await journey.text()).toBe(changed);
		await journey.page.keyboard.press("Control+z");
		await journey.saved();
	});

	it("are taken back in the same way", async () => {
		await journey.librarian("undo", "--yes");
		expect(texts()).toEqual(NOTES);
		expect(await shown()).toBe(NOTES["Twins/Coast.md"]?.replace("End", "|End"));
	});

	it("are not made where somebody is just typing, and no word is lost", async () => {
		let isOver = false;
		const merging = merge().then(
			() => "merged",
			(error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
		);
		void merging.then(() => (isOver = true));
		let typed = "";
		while (!isOver) {
			const letter = "abcdefghij".charAt(typed.length % 10);
			await journey.editor.press(letter);
			typed += letter;
		}
		expect(await merging).toContain("Twins/Coast.md was changed since, and is left as it is.");
		const kept = { ...NOTES, "Twins/Coast.md": NOTES["Twins/Coast.md"]?.replace("End", `${typed}End`) };
		await expect.poll(texts, { timeout: 5000 }).toEqual(kept);
		expect(journey.errors).toEqual([]);
	});
});

interface Groups {
	groups: { id: string; notes: { path: string }[] }[];
}
