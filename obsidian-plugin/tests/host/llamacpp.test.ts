import { writeFileSync } from "node:fs";
import path from "node:path";

import type { Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { exampleWith, findChromium, Journey } from "./journey";
import { LAMP, NAME, downloaded, findLlama } from "./model_file";

const NOTE = "Lamp.md";
/** Notes that are made alike. */
const WATCH = Object.fromEntries([1, 2, 3].map((day) => [`Watch/Day ${day}.md`, `## Log\n\nThe lamp was lit ${day} times.\n`]));
const QUESTION = "Who lit the lamp of the harbour?";
/** A model without a graphics card, on a machine on which much else runs. */
const PATIENT = { timeout: 150_000 };
const TEST_MS = 180_000;
const BROKEN = "The answer of embedded is broken";
/** Now and then a base model has nothing to say, or is through with it before anybody can see it. */
const TALKATIVE = { timeout: TEST_MS, retry: 2 };

const llama = findLlama();

const WISHES = ["A long story of a lamp", "All that is known of lighthouses", "A letter to the harbour"];
let written = 0;

interface Row {
	key: string;
	costUsd: string;
	localMs: number;
	/** Some of its calls are under way, or were cut short. */
	estimated: boolean;
}

/** It is a base model: what it says is not judged, only that it is asked, heard, shown and told. */
describe.skipIf(!findChromium() || llama === null)("a real model in a file", () => {
	let journey: Journey;

	beforeAll(async () => {
		journey = await Journey.ready({ sidecar: llama ?? "", vault: exampleWith({ [NOTE]: LAMP, ...WATCH }) });
	});

	afterEach(async (context) => {
		await journey.after(context);
		// What a test that failed left open would stand over all that come after it.
		for (const modal of await journey.page.locator(".modal-container").all()) {
			await journey.page.keyboard.press("Escape");
			await modal.waitFor({ state: "detached" });
		}
		expect(journey.errors).toEqual([]);
	});

	afterAll(async () => {
		await journey?.close();
	});

	/** The note of one sentence, whatever was put into it before, with the cursor at its end; answers with what it says. */
	async function opened(): Promise<string> {
		await journey.page.keyboard.press("Escape");
		await journey.page.evaluate(() => {
			document.querySelectorAll(".notice").forEach((notice) => notice.remove());
			window.app.workspace.detachLeavesOfType("markdown");
		});
		writeFileSync(path.join(journey.vault, NOTE), LAMP);
		await journey.openNote(NOTE);
		await expect.poll(() => journey.text()).toBe(LAMP);
		await journey.select(LAMP.length);
		return LAMP;
	}

	/** What each feature took so far. */
	async function books(): Promise<Row[]> {
		return (JSON.parse(await journey.librarian("usage", "--by", "feature", "--json")) as { summary: { rows: Row[] } }).summary.rows;
	}

	/** The window of a command, in which it is asked for something. */
	async function asked(command: string, label: string, wish: string): Promise<Locator> {
		await journey.command(command);
		const panel = journey.page.locator(".vl-write");
		await panel.getByLabel(label).fill(wish);
		await panel.getByText(new RegExp(`embedded ${NAME} · (no cost, about \\d+ s|kept from before, no cost)`)).waitFor();
		await journey.page.keyboard.press("Enter");
		return panel;
	}

	const row = (name: string) => journey.page.locator(`.setting-item:has(.setting-item-name:text-is("${name}"))`);

	it(
		"says on the page of settings how to get one, is chosen there by its name, and passes the test",
		async () => {
			await journey.openSettings();
			await row("Who writes").locator("select").selectOption({ label: "Model files, run here (your own machines)" });
			await row("Writing model").getByText("download one on the command line").waitFor();
			expect(await row("Address").count()).toBe(0);
			expect(await row("Key").count()).toBe(0);
			await row("Test the model").scrollIntoViewIfNeeded();
			await journey.show("settings-model-file-none", ".vertical-tab-content");
			await row("Writing model").locator("input").fill("/nowhere/model.gguf");
			await row("Writing model").locator("input").press("Tab");
			await row("Test the model").getByRole("button").click();
			await journey.notice("There is no such file").waitFor(PATIENT);
			downloaded(journey);
			await journey.page.keyboard.press("Escape");
			await journey.openSettings();
			await row("Writing model").locator("select").selectOption(NAME);
			await row("Test the model").getByRole("button").click();
			await journey.notice(`${NAME} works, in`).waitFor(PATIENT);
			await journey.show("settings-model-file", ".vertical-tab-content");
			await journey.page.keyboard.press("Escape");
		},
		TEST_MS,
	);

	it(
		"summarises the open note, as it writes",
		async () => {
			await journey.openNote(NOTE);
			await journey.command("summarise");
			await journey.page.locator(".vl-draft-text", { hasText: /\w/ }).waitFor(PATIENT);
			await journey.picture("model-file-summary-streaming");
			await journey.notice(`Summary put at the top (embedded ${NAME} · no cost).`).waitFor(PATIENT);
			expect(await journey.text()).toMatch(/^> \[!summary\|librarian\].*\n> .*\w/);
			await journey.picture("model-file-summary");
		},
		TEST_MS,
	);

	it(
		"answers a question, or says that the vault does not",
		async () => {
			await journey.command("ask");
			const panel = journey.page.locator(".mod-right-split .vl-ask");
			await panel.getByLabel("Question").fill(QUESTION);
			await journey.page.keyboard.press("Enter");
			await panel.getByText(`embedded ${NAME} · no cost`).waitFor(PATIENT);
			await panel.locator(".vl-ask-number, .vl-ask-abstained").first().waitFor();
			await panel.locator(".vl-ask-source .vl-link", { hasText: "Lamp" }).first().waitFor();
			await journey.show("ask-model-file", ".mod-right-split .vl-panel");
		},
		TEST_MS,
	);

	it(
		"finds other words for a question",
		async () => {
			const panel = journey.page.locator(".mod-right-split .vl-ask");
			await panel.getByRole("button", { name: "change" }).click();
			await panel.getByRole("button", { name: "Find other words" }).click();
			// What it says may be of no use; that it was asked, and came to an end, is in the books.
			const isOver = async () => (await books()).some(({ key, estimated }) => key === "question" && !estimated);
			await expect.poll(isOver, { ...PATIENT, interval: 1000 }).toBe(true);
			await panel.getByRole("button", { name: "leave it" }).click();
		},
		TEST_MS,
	);

	it(
		"goes on at the cursor as it writes, and stops at Escape",
		TALKATIVE,
		async () => {
			const before = await opened();
			await journey.command("continue");
			const draft = journey.page.locator(".vl-draft-here");
			const text = draft.locator(".vl-draft-text", { hasText: /\w/ });
			await draft.getByText(new RegExp(`embedded ${NAME} · (no cost, about \\d+ s|kept from before, no cost)`)).waitFor();
			// What comes to its end before it is seen is tried again.
			await text.or(journey.notice(BROKEN)).or(journey.notice("Text inserted")).first().waitFor(PATIENT);
			expect(await text.isVisible()).toBe(true);
			await journey.page.keyboard.press("Escape");
			await draft.waitFor({ state: "detached" });
			expect(await journey.text()).toBe(before);
		},
	);

	it(
		"puts in what it went on with, as one step, or says that it was nothing",
		async () => {
			const before = await opened();
			await journey.command("continue");
			const put = journey.notice(`Text inserted (embedded ${NAME} · no cost).`);
			await put.or(journey.notice(BROKEN)).first().waitFor(PATIENT);
			if (await put.isVisible()) {
				expect((await journey.text()).length).toBeGreaterThan(before.length);
				await journey.page.keyboard.press("Control+z");
			}
			expect(await journey.text()).toBe(before);
		},
		TEST_MS,
	);

	it(
		"rewrites, shown as a difference before it is put in, or says that it came to no end",
		TALKATIVE,
		async () => {
			const before = await opened();
			const panel = await asked("rewrite", "How should it be?", "Say it more shortly.");
			const put = panel.getByRole("button", { name: "Put it into the note" });
			const broken = panel.getByRole("alert").getByText(BROKEN);
			await put.or(broken).or(panel.getByText("Nothing would change.")).first().waitFor(PATIENT);
			await journey.picture("model-file-rewrite");
			if (await put.isVisible()) {
				await panel.getByText(`embedded ${NAME} · no cost`).last().waitFor();
				await put.click();
				await panel.waitFor({ state: "detached" });
				expect(await journey.text()).not.toBe(before);
				await journey.command("undo");
			} else {
				await journey.page.keyboard.press("Escape");
			}
			await expect.poll(() => journey.text()).toBe(before);
		},
	);

	it(
		"writes something new as it comes, and stops at Escape",
		TALKATIVE,
		async () => {
			const before = await opened();
			// Another wish each time, since what was written for one is kept, and then all there at once.
			const panel = await asked("write", "What should be written?", WISHES[written++ % WISHES.length] ?? "");
			const text = panel.locator(".vl-write-text", { hasText: /\w/ });
			await text.or(panel.getByText(/is broken|Put it into the note/)).first().waitFor(PATIENT);
			expect(await text.isVisible()).toBe(true);
			await journey.picture("model-file-write");
			await journey.page.keyboard.press("Escape");
			await panel.waitFor({ state: "detached" });
			expect(await journey.text()).toBe(before);
		},
	);

	it(
		"summarises each note of a folder, in the panel",
		async () => {
			await journey.command("summarise-folder");
			await journey.page.locator(".prompt-input").fill("Watch");
			await journey.page.keyboard.press("Enter");
			const panel = journey.page.locator(".vl-summaries");
			await panel.getByText(`3 notes · embedded ${NAME} · no cost`).waitFor();
			await panel.getByRole("button", { name: "Summarise", exact: true }).click();
			await panel.getByText("3 of 3 notes · no cost", { exact: true }).waitFor(PATIENT);
			expect(await panel.locator(".vl-summaries-text", { hasText: /\w/ }).count()).toBe(3);
			await journey.show("summaries-model-file", ".vl-summaries");
		},
		TEST_MS,
	);

	it(
		"finds a name and hints for a template, or the template is there all the same",
		async () => {
			await journey.command("template-infer");
			await journey.page.locator(".prompt-input").fill("Watch");
			await journey.page.locator(".suggestion-item").first().waitFor();
			await journey.page.keyboard.press("Enter");
			const modal = journey.page.locator(".modal");
			await modal.getByRole("button", { name: /find a name and hints$/ }).click();
			await journey.page.locator(".mod-confirmation").getByRole("button", { name: "Ask", exact: true }).click();
			const named = modal.getByText(`name and hints by a model · embedded ${NAME} · no cost`);
			await named.or(modal.getByText("No name and hints: ")).waitFor(PATIENT);
			expect(await modal.getByRole("textbox", { name: "Template" }).inputValue()).toContain("## Log");
			await journey.picture("model-file-template");
			await journey.page.keyboard.press("Escape");
		},
		TEST_MS,
	);

	it("has all of it in the books, with its time and for nothing", async () => {
		await journey.command("status");
		await journey.page.locator(".vl-status").getByText(`embedded ${NAME}`).waitFor();
		await journey.page.locator(".vl-status").getByText(/^Today: nothing of \$/).waitFor();
		const rows = await books();
		const features = ["answer", "continue", "generate", "question", "rewrite", "summary", "templates"];
		expect(rows.map(({ key }) => key)).toEqual(expect.arrayContaining(features));
		for (const { key, costUsd, localMs } of rows) expect([key, costUsd, localMs > 0]).toEqual([key, "0.00", true]);
	});

	it("ends with the window", async () => {
		await journey.quit();
		await journey.untilNoProcess(60_000);
	});
});
