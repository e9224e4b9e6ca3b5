import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { atDesk } from "./desk";
import { type Journey, exampleWith, findChromium } from "./journey";

const NOTE = "Marsh.md";
const FIRST = "The marsh floods twice a day, as the tide tables say.";
const LAST = "Samphire is harvested in June.";
const TEXT = `# Marsh\n\n${FIRST}\n\n${LAST}`;
const HOW = "(made of the note's own sentences)";

/** A question and template of notes are tried in the journeys of their own, without a model first. */
describe.skipIf(!findChromium())("where nobody is chosen who writes", () => {
	let journey: Journey;

	atDesk((window) => (journey = window), {
		chosen: null,
		vault: exampleWith({ [NOTE]: TEXT, "Tides/Spring.md": "#springs\n\nSpring tides rise highest.", "Tides/Neap.md": "#springs\n\nNeap tides rise least." }),
	});

	beforeEach(async () => {
		await journey.page.evaluate(() => {
			document.querySelectorAll(".notice").forEach((notice) => notice.remove());
			window.app.workspace.detachLeavesOfType("markdown");
		});
		await journey.openNote(NOTE);
		await journey.select(TEXT.length);
	});

	afterEach(async () => {
		await journey.page.keyboard.press("Escape");
		await journey.openNote(NOTE);
		if ((await journey.text()) !== TEXT) await journey.command("undo");
		await expect.poll(() => journey.bytesOf(NOTE).toString()).toBe(TEXT);
	});

	async function choose(place: string): Promise<void> {
		await journey.openSettings();
		await journey.page.locator(".setting-item", { hasText: "Where a summary goes" }).locator("select").selectOption(place);
		await journey.page.keyboard.press("Escape");
	}

	/** The settings are open, where one is chosen. */
	async function chooses(): Promise<void> {
		await journey.page.locator(".setting-item", { hasText: "Who writes" }).first().waitFor();
	}

	it.each([
		["cursor", "Summary inserted", () => journey.text(), `${TEXT}${FIRST}`],
		["note", "Summary written to “Marsh (summary)”", () => Promise.resolve(journey.bytesOf("Marsh (summary).md").toString()), `Summary of [[Marsh]]\n\n${FIRST}`],
		["clipboard", "Summary copied", () => journey.page.evaluate(() => navigator.clipboard.readText()), FIRST],
		["top", "Summary put at the top", () => journey.text(), `> [!summary|librarian] Summary\n> ${FIRST}`],
	])("a summary is made of the note's own sentences, also for the %s", async (place, told, read, begins) => {
		await choose(place);
		await journey.command("summarise");
		await journey.notice(told).getByText(HOW).waitFor();
		expect((await read()).slice(0, begins.length)).toBe(begins);
	});

	it("a summary of what is selected is made of its own sentences", async () => {
		await choose("clipboard");
		await journey.select(TEXT.indexOf(LAST), TEXT.length);
		await journey.command("summarise-selection");
		await journey.notice("Summary copied").getByText(HOW).waitFor();
		expect(await journey.page.evaluate(() => navigator.clipboard.readText())).toBe(LAST);
	});

	it("one summary of all notes of a folder is made of their own sentences, and says which", async () => {
		await journey.command("summaries");
		const panel = journey.page.locator(".vl-summaries");
		await panel.getByLabel("Folder, #tag or ?search").fill("Tides");
		await panel.getByRole("combobox", { name: "Summaries" }).selectOption("all");
		await panel.getByRole("button", { name: "Summarise", exact: true }).click();
		await panel.getByText(/^Of 2 notes · the notes' own sentences/).waitFor();
		await panel.getByText(/Spring tides rise highest\..*Neap tides rise least\.|Neap tides rise least\..*Spring tides rise highest\./s).waitFor();
		expect((await panel.getByRole("list", { name: "Notes it is of" }).getByRole("link").allTextContents()).sort()).toEqual(["Neap", "Spring"]);
		await journey.show("summaries-whole", ".vl-summaries");
		await panel.getByRole("button", { name: "Insert the summary into the note" }).click();
		await journey.notice("Summary inserted.").waitFor();
		// The note is shown again that the panel stands before.
		await journey.page.locator(".mod-root .cm-content", { hasText: "tides rise" }).waitFor();
		await journey.command("summaries");
		await panel.getByRole("combobox", { name: "Summaries" }).selectOption("each");
	});

	it.each([
		["with a tag", "#springs"],
		["that a search finds", "?tides rise springs"],
	])("notes %s are summarised by their own sentences", async (_, typed) => {
		await journey.command("summaries");
		const panel = journey.page.locator(".vl-summaries");
		await panel.getByLabel("Folder, #tag or ?search").fill(typed);
		await panel.getByText("No model is chosen. Summaries are the notes' own sentences.").waitFor();
		await panel.getByRole("button", { name: "Summarise", exact: true }).click();
		await panel.getByRole("heading", { name: typed }).waitFor();
		await panel.getByText("Spring tides rise highest.").waitFor();
		await panel.getByText("Neap tides rise least.").waitFor();
		await panel.getByRole("button", { name: "Close" }).click();
	});

	it("going on says that a model is needed, and leads to where one is chosen", async () => {
		await journey.command("continue");
		await journey.notice("No provider of models is chosen.").getByRole("button", { name: "Open settings" }).click();
		await chooses();
		expect(await journey.page.locator(".vl-draft-here").count()).toBe(0);
	});

	it.each([
		["rewrite", "How should it be?"],
		["write", "What should be written?"],
	])("%s says that a model is needed, and leads to where one is chosen", async (command, label) => {
		await journey.command(command);
		const panel = journey.page.locator(".vl-write");
		await panel.getByLabel(label).fill("As a list");
		await journey.page.keyboard.press("Enter");
		await panel.getByText("No model is chosen. Nothing can be written without one.").waitFor();
		await journey.show(`${command}-nobody`, ".vl-write");
		await panel.getByRole("button", { name: "Choose a model" }).click();
		await chooses();
		await journey.page.keyboard.press("Escape");
	});

	it("there is nothing to test, and nothing that was spent", async () => {
		await journey.openSettings();
		await chooses();
		expect(await journey.page.locator(".setting-item", { hasText: "Test the model" }).count()).toBe(0);
		await journey.page.keyboard.press("Escape");
		await journey.command("status");
		await journey.page.locator(".vl-status").getByText("No model is chosen. Summaries are made of the notes' own sentences").waitFor();
		expect(await journey.page.locator(".vl-status .vl-spending").count()).toBe(0);
	});
});
