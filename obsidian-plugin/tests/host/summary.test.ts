import { readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { atDesk } from "./desk";
import { type Journey, findChromium } from "./journey";
import type { Provider } from "./provider";

const NOTE = "Ecology/Redshank.md";

describe.skipIf(!findChromium())("summaries and answers", () => {
	let journey: Journey;
	let provider: Provider;

	atDesk((window, writer) => ([journey, provider] = [window, writer]), { chosen: null });

	function onDisk(): string {
		return readFileSync(path.join(journey.vault, NOTE), "utf8");
	}

	const panel = () => journey.page.locator(".mod-right-split .vl-ask");

	async function ask(question: string): Promise<void> {
		await panel().getByLabel("Question").fill(question);
		await journey.page.keyboard.press("Enter");
	}

	it("summarise a note by its own sentences where no model is chosen, at its top, and that is undone in one step", async () => {
		await journey.openNote(NOTE);
		const before = await journey.text();
		await journey.command("summarise");
		await journey.notice("made of the note's own sentences").waitFor();
		const after = await journey.text();
		expect(after.indexOf("> [!")).toBe(after.indexOf("---\n", 4) + 4);
		expect(onDisk()).toBe(after);
		await journey.page.evaluate(() => window.app.workspace.activeEditor?.editor?.undo());
		expect(await journey.text()).toBe(before);
		await expect.poll(() => onDisk(), { timeout: 10_000 }).toBe(before);
	});

	it("answer with passages where no model is chosen, and say how to choose one", async () => {
		await journey.command("ask");
		await panel().getByText("No model is chosen.").waitFor();
		await journey.show("ask-empty-passages", ".mod-right-split .vl-panel");
		await ask("What do redshanks eat?");
		await panel().getByText("No model is chosen.").waitFor();
		await panel().locator(".vl-ask-source").first().waitFor();
		await panel().getByText(/^Looked for: redshanks/).waitFor();
		await journey.show("ask-passages", ".mod-right-split .vl-panel");
		await panel().locator(".vl-ask-source .vl-link").first().click();
		expect(await journey.activeNote()).toMatch(/\.md$/);
	});

	it("choose a model on the page of settings, with a key that is kept among secrets, and test it", async () => {
		const row = (name: string) => journey.page.locator(".setting-item", { hasText: name }).first();
		await journey.page.evaluate(() => window.app.secretStorage.setSecret("my-key", "sk-a-key-for-tests-0123456789"));
		await journey.openSettings();
		await row("Who writes").locator("select").selectOption({ label: "llama.cpp server (your own machines)" });
		await row("Address").locator("input").fill(provider.url);
		await row("Address").locator("input").press("Tab");
		await row("Writing model").waitFor();
		await row("Writing model").locator("input, select").first().waitFor();
		await row("Key").locator("input").fill("my-key");
		await row("Key").locator("input").press("Tab");
		await journey.untilStatus("Librarian ready");
		await row("Writing model").locator("select").selectOption("tiny");
		for (const [status, told] of [
			[401, "does not accept the key"],
			[429, "takes no more requests now"],
			[500, "failed (HTTP status 500)"],
		] as const) {
			provider.fails(status, 1);
			await row("Test the model").getByRole("button").click();
			await journey.notice(told).waitFor();
		}
		provider.says(["ok"]);
		await row("Test the model").getByRole("button").click();
		await journey.notice(/answers|works|said/i).first().waitFor();
		expect(provider.keys.at(-1)).toBe("sk-a-key-for-tests-0123456789");
		await journey.show("settings-models", ".vertical-tab-content");
		await journey.page.keyboard.press("Escape");
		const data = journey.bytesOf(".obsidian/plugins/vault-librarian/data.json").toString();
		expect(data).toContain("my-key");
		expect(data).not.toContain("sk-a-key");
	});

	it("summarise with the model", async () => {
		await journey.openNote(NOTE);
		const before = await journey.text();
		const words = "Redshanks nest on the marsh and their chicks fall to floods.".split(/(?<= )/);
		provider.says(words);
		await journey.command("summarise");
		await journey.notice("Summary put at the top (llamacpp tiny").waitFor();
		expect(await journey.text()).toContain("> Redshanks nest on the marsh and their chicks fall to floods.");
		await journey.command("undo");
		await expect.poll(() => onDisk(), { timeout: 10_000 }).toBe(before);
	});

	it("answer in words, with numbers that open the passages they rest on", async () => {
		await journey.command("ask");
		provider.says((prompt) => {
			const line = /<document name="(\d+)[^"]*">\n([^\n]{20,})/.exec(prompt);
			return `${line?.[2]?.slice(0, 160) ?? "Nothing"} [${line?.[1] ?? "1"}]`.split(/(?<= )/);
		});
		await ask("How many redshank nests were lost to the flood of June 2025?");
		await panel().locator(".vl-ask-number").first().waitFor();
		await panel().getByText("llamacpp tiny · no cost").waitFor();
		await journey.show("ask-answer", ".mod-right-split .vl-panel");
		await panel().locator(".vl-ask-number").first().click();
		expect(await journey.activeNote()).toMatch(/\.md$/);
	});

	it("tell what models cost in the status", async () => {
		await journey.command("status");
		const status = journey.page.locator(".vl-status");
		await status.getByText("Written by").waitFor();
		await status.getByText(/^Today: nothing of \$/).waitFor();
		await journey.show("status-spending", ".vl-status");
	});
});
