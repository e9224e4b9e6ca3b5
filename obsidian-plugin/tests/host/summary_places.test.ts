import { writeFileSync } from "node:fs";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { atDesk } from "./desk";
import { type Journey, findChromium } from "./journey";
import type { Provider } from "./provider";

const NOTE = "Ecology/Redshank.md";
const WORDS = ["Redshanks ", "nest ", "on ", "the ", "marsh,\n\n", "and ", "floods ", "take ", "their ", "chicks."];
const SAID = WORDS.join("");
const CALLOUT = "> [!summary|librarian] Summary\n> Redshanks nest on the marsh,\n>\n> and floods take their chicks.\n";

describe.skipIf(!findChromium())("where a summary goes", () => {
	let journey: Journey;
	let provider: Provider;
	let written: string;
	let before: string;
	let turn = 0;

	atDesk((window, writer) => {
		[journey, provider] = [window, writer];
		written = onDisk();
	});

	beforeEach(async () => {
		// Of another text each time: what was summarised once is answered from what is kept.
		turn += 1;
		await open(written.replace("# Redshank", `# Redshank ${turn}`));
	});

	afterEach(async () => {
		provider.silentAfter = Infinity;
		expect(await journey.page.locator(":is(.vl-draft, .vl-draft-here)").count()).toBe(0);
	});

	const onDisk = (name = NOTE) => journey.bytesOf(name).toString();
	const draft = () => journey.page.locator(".vl-draft-here");
	const clipboard = () => journey.page.evaluate(() => navigator.clipboard.readText());

	/** The note with another text, in a leaf of its own. */
	async function open(text: string): Promise<void> {
		await journey.page.evaluate(() => {
			document.querySelectorAll(".notice").forEach((notice) => notice.remove());
			window.app.workspace.detachLeavesOfType("markdown");
		});
		before = text;
		writeFileSync(path.join(journey.vault, NOTE), text);
		await journey.openNote(NOTE);
	}

	async function choose(place: string): Promise<void> {
		await journey.openSettings();
		await journey.page.locator(".setting-item", { hasText: "Where a summary goes" }).locator("select").selectOption(place);
		await journey.page.keyboard.press("Escape");
	}

	/** Have a summary written, and stop in its midst. */
	async function begun(shown: string, command = "summarise", said = WORDS): Promise<void> {
		provider.silentAfter = 6;
		provider.says(said);
		await journey.command(command);
		await journey.page.locator(shown).getByText("nest on the marsh").waitFor();
		expect([await journey.text(), onDisk()]).toEqual([before, before]);
	}

	async function undone(): Promise<void> {
		await journey.page.evaluate(() => window.app.workspace.activeEditor?.editor?.undo());
		expect(await journey.text()).toBe(before);
		await expect.poll(() => onDisk(), { timeout: 10_000 }).toBe(before);
	}

	it("is written in a callout below the properties, and stands there", async () => {
		await journey.select(before.length);
		await begun(".callout");
		await journey.show("summary-streaming", ".mod-root .cm-content");
		// The properties are above it, and the rest of the note below.
		const lines = await journey.page.locator(".cm-content > *").evaluateAll((all) => all.map((each) => each.textContent));
		expect(lines[lines.findIndex((line) => line.startsWith("Summary")) - 1]).toBe("---");
		provider.silentAfter = Infinity;
		await journey.notice("Summary put at the top (llamacpp tiny").waitFor();
		const end = before.indexOf("---\n", 4) + 4;
		const after = await journey.text();
		expect(after).toBe(`${before.slice(0, end)}${CALLOUT}\n${before.slice(end)}`);
		expect(onDisk()).toBe(after);
	});

	it("takes the place of the one that was there", async () => {
		const another = "> [!summary|librarian] Summary\n> What it said before.\n";
		await open(`${before}\n${another}\nThe end.\n`);
		await begun(".callout");
		expect(await journey.page.locator(".callout").boundingBox()).not.toBeNull();
		provider.silentAfter = Infinity;
		await journey.notice("Summary put at the top").waitFor();
		expect(await journey.text()).toBe(before.replace(another, CALLOUT));
		await undone();
	});

	it("goes where the cursor stands", async () => {
		await choose("cursor");
		const at = before.indexOf("\n\n", before.indexOf("# "));
		await journey.select(at);
		await begun(".vl-draft-here");
		provider.silentAfter = Infinity;
		await journey.notice("Summary inserted").waitFor();
		const after = `${before.slice(0, at)}${SAID}${before.slice(at)}`;
		expect([await journey.text(), onDisk()]).toEqual([after, after]);
		await undone();
	});

	it("is made of what is selected, and of nothing else", async () => {
		const passage = before.slice(before.lastIndexOf("\n\n", before.length - 3) + 2).trimEnd();
		const start = before.indexOf(passage);
		await journey.select(start, start + passage.length);
		await begun(".vl-draft-here", "summarise-selection");
		provider.silentAfter = Infinity;
		await journey.notice("Summary inserted").waitFor();
		expect(provider.prompts.at(-1)).toContain(passage.slice(0, 60));
		expect(provider.prompts.at(-1)).not.toContain(before.slice(before.indexOf("# "), before.indexOf("# ") + 40));
		// It stands behind what was selected, which stays.
		expect(await journey.text()).toBe(before.replace(passage, `${passage}${SAID}`));
		await undone();
	});

	it("makes a note of its own, which is opened", async () => {
		await choose("note");
		await begun(".vl-draft");
		expect(await draft().count()).toBe(0);
		await journey.show("summary-over", ".vl-draft");
		provider.silentAfter = Infinity;
		await journey.notice("Summary written to “Redshank (summary)”").waitFor();
		await expect.poll(() => journey.activeNote()).toBe("Ecology/Redshank (summary).md");
		expect(onDisk("Ecology/Redshank (summary).md")).toBe(`Summary of [[Redshank]]\n\n${SAID}\n`);
		expect(onDisk()).toBe(before);
		await journey.openNote(NOTE);
	});

	it("goes on the clipboard, and changes nothing", async () => {
		await choose("clipboard");
		await begun(".vl-draft");
		provider.silentAfter = Infinity;
		await journey.notice("Summary copied (llamacpp tiny").waitFor();
		expect(await clipboard()).toBe(SAID);
		expect([await journey.text(), onDisk()]).toEqual([before, before]);
	});

	it("is not put anywhere once Escape is pressed, wherever it was to go", async () => {
		for (const [place, shown] of [["note", ".vl-draft"], ["top", ".callout"]] as const) {
			await choose(place);
			const cut = provider.aborted_at.length;
			await begun(shown);
			await journey.page.keyboard.press("Escape");
			await expect.poll(() => provider.aborted_at.length).toBe(cut + 1);
			expect([await journey.text(), onDisk(), await journey.page.locator(shown).count()]).toEqual([before, before, 0]);
		}
		expect(await clipboard()).toBe(SAID);
	});
});
