import { writeFileSync } from "node:fs";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { atDesk } from "./desk";
import { type Journey, exampleWith, findChromium } from "./journey";
import type { Provider } from "./provider";

const NOTE = "Marsh.md";
const PASSAGE = "The redshank nests in the marsh, and its chicks fall to floods.";
const WORDS = ["It ", "nests ", "in ", "tussocks [1]. "];
const CAME = "It nests in";
const WRITE = ".vl-write";

interface Act {
	name: string;
	/** Its command, and what a person says to it then. */
	begin: (journey: Journey, turn: number) => Promise<void>;
	/** Where the text is shown as it comes. */
	text: string;
	/** Where it is told that something is wrong. */
	told: string;
	/** What is there once the whole of it is. */
	whole: string;
}

const inNote = (name: string, whole: string): Act => ({
	name,
	begin: (journey) => journey.command(name),
	text: ".vl-draft-here",
	told: ".notice",
	whole: `.notice:has-text("${whole}")`,
});

const inWindow = (name: string, label: string): Act => ({
	name,
	begin: async (journey) => {
		await journey.command(name);
		await journey.page.getByLabel(label).fill(`Plainly, for the ${name}`);
		await journey.page.keyboard.press("Enter");
	},
	text: `${WRITE} .vl-write-text`,
	told: `${WRITE} [role=alert]`,
	whole: `${WRITE} button:has-text("Put it into the note")`,
});

const ASK: Act = {
	name: "ask",
	begin: async (journey, turn) => {
		await journey.command("ask");
		await journey.page.locator(".vl-ask").getByLabel("Question").fill(`Where does the redshank nest${"?".repeat(turn)}`);
		await journey.page.keyboard.press("Enter");
	},
	text: ".vl-ask-turn:last-child .vl-ask-text",
	told: ".vl-ask-turn:last-child [role=alert]",
	whole: '.vl-ask-turn:last-child .vl-ask-foot:has-text("llamacpp tiny")',
};

const ACTS = [
	inNote("summarise", "Summary put at the top"),
	inNote("continue", "Text inserted"),
	inWindow("rewrite", "How should it be?"),
	inWindow("write", "What should be written?"),
	ASK,
];

describe.skipIf(!findChromium())("a provider that misbehaves", () => {
	let journey: Journey;
	let provider: Provider;
	let before: string;
	let turn = 0;

	atDesk((window, writer) => ([journey, provider] = [window, writer]), { vault: exampleWith({ [NOTE]: PASSAGE }) });

	beforeEach(async () => {
		// Of another text each time: what was answered once is answered from what is kept.
		turn += 1;
		before = `# Marsh ${turn}\n\n${PASSAGE}`;
		writeFileSync(path.join(journey.vault, NOTE), before);
		await journey.page.evaluate(() => {
			document.querySelectorAll(".notice").forEach((notice) => notice.remove());
			window.app.workspace.detachLeavesOfType("markdown");
			window.app.workspace.detachLeavesOfType("vault-librarian-ask");
		});
		await journey.openNote(NOTE);
		await journey.select(before.length);
	});

	afterEach(async () => {
		provider.silentAfter = Infinity;
		if ((await journey.page.locator(WRITE).count()) > 0) await journey.page.keyboard.press("Escape");
		expect(await journey.page.locator(":is(.vl-draft, .vl-draft-here, .vl-write)").count()).toBe(0);
	});

	const at = (selector: string) => journey.page.locator(selector);

	/** Nothing was put into the note, in the editor or on the disk. */
	async function untouched(): Promise<void> {
		expect([await journey.text(), journey.bytesOf(NOTE).toString()]).toEqual([before, before]);
	}

	// All of it for one act before the next: where a provider fails five times in a row, it is left alone for a while.
	describe.each(ACTS)("when asked to $name", ({ name, begin, text, told, whole }) => {
		it("fails, which is told in words", async () => {
			const asked = provider.prompts.length;
			provider.fails(500, 2);
			await begin(journey, turn);
			await at(told).getByText("llamacpp failed (HTTP status 500). Try again later.").waitFor();
			expect(provider.prompts.length - asked).toBe(2);
			await untouched();
			if (name === "write") await journey.show("write-failed", WRITE);
		});

		it("breaks off, and nothing of what came is lost", async () => {
			provider.breaksOff(WORDS.slice(0, 3));
			await begin(journey, turn);
			await at(told).getByText("The answer of llamacpp is broken").waitFor();
			if (name === "ask") {
				await at(text).getByText(CAME).waitFor();
			} else {
				await at(told).getByRole("button", { name: "Copy what there is" }).click();
				await expect.poll(() => journey.page.evaluate(() => navigator.clipboard.readText())).toMatch(new RegExp(`^ ?${CAME} ?$`));
				await journey.page.evaluate(() => navigator.clipboard.writeText(""));
			}
			await untouched();
			if (name === "write") await journey.show("write-broken", WRITE);
		});

		it("is asked too often, and then once more", async () => {
			const asked = provider.prompts.length;
			provider.fails(429, 1);
			provider.says(WORDS);
			await begin(journey, turn);
			await at(whole).waitFor();
			expect(provider.prompts.length - asked).toBe(2);
		});

		it("falls silent, and is left by Escape, with the request itself", async () => {
			const cut = provider.aborted_at.length;
			// A word is shown once another follows.
			provider.silentAfter = 4;
			provider.says([...WORDS, "More."]);
			await begin(journey, turn);
			await at(text).getByText(CAME).waitFor();
			await journey.page.keyboard.press("Escape");
			await expect.poll(() => provider.aborted_at.length).toBe(cut + 1);
			await untouched();
		});
	});
});
