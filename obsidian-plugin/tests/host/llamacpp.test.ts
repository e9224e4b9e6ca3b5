import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { findChromium, Journey } from "./journey";
import { NAME, downloaded, findLlama, withLamp } from "./model_file";

const NOTE = "Lamp.md";
const QUESTION = "Who lit the lamp of the harbour?";
/** A model without a graphics card, on a machine on which much else runs. */
const PATIENT = { timeout: 280_000 };
const TEST_MS = 300_000;

const llama = findLlama();

/** It is a base model: what it says is not judged, only that it is asked, heard, shown and told. */
describe.skipIf(!findChromium() || llama === null)("a real model in a file", () => {
	let journey: Journey;

	beforeAll(async () => {
		journey = await Journey.ready({ sidecar: llama ?? "", vault: withLamp });
	});

	afterEach(async (context) => {
		await journey.after(context);
		expect(journey.errors).toEqual([]);
	});

	afterAll(async () => {
		await journey?.close();
	});

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

	it("ends with the window", async () => {
		await journey.quit();
		await journey.untilNoProcess(60_000);
	});
});
