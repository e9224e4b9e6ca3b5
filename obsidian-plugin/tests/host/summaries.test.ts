import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { atDesk } from "./desk";
import { type Journey, findChromium } from "./journey";
import type { Provider } from "./provider";

const COUNT = 6;

describe.skipIf(!findChromium())("summaries of many notes", () => {
	let journey: Journey;
	let provider: Provider;

	atDesk((window, writer) => ([journey, provider] = [window, writer]), {
		chosen: null,
		vault: (folder) => {
			mkdirSync(path.join(folder, "Tides"), { recursive: true });
			mkdirSync(path.join(folder, "Other"), { recursive: true });
			for (let number = 0; number < COUNT; number += 1) writeFileSync(path.join(folder, "Tides", `Tide ${number}.md`), textOf(number));
			for (let number = 0; number < 100; number += 1) writeFileSync(path.join(folder, "Other", `${number}.md`), `Note ${number}.\n`);
		},
	});

	const textOf = (number: number) => `The tide number ${number} rises twice a day. Nobody has seen it fall.\n`;
	const onDisk = (number: number) => readFileSync(path.join(journey.vault, "Tides", `Tide ${number}.md`), "utf8");
	const panel = () => journey.page.locator(".vl-summaries");
	const press = (name: string) => panel().getByRole("button", { name, exact: true }).click();

	/** As many answers as there are notes, each with the number of its note. */
	function answers(count: number): void {
		for (let turn = 0; turn < count; turn += 1) provider.says((prompt) => [`Tide ${/tide number (\d)/.exec(prompt)?.[1] ?? "?"}`, " rises."]);
	}

	async function choose(): Promise<void> {
		await journey.command("summarise-folder");
		await journey.page.locator(".prompt-input").fill("tides");
		await journey.page.keyboard.press("Enter");
		await panel().getByText(`${COUNT} notes`).waitFor();
	}

	it("are made of the notes' own sentences where no model is chosen, and that is said", async () => {
		await choose();
		await panel().getByText("No model is chosen.").waitFor();
		await press("Summarise");
		await panel().getByText(`${COUNT} of ${COUNT} notes`, { exact: true }).waitFor();
		await panel().getByText("The tide number 3 rises twice a day.").waitFor();
		await press("Close");
		await panel().getByText("From before").waitFor();
		await press("Forget");
		await panel().getByText("From before").waitFor({ state: "detached" });
	});

	it("are paused, outlive the sidecar, and are gone on with for the rest", async () => {
		provider.chooseIn(journey);
		await journey.command("restart");
		await journey.untilStatus("Librarian ready");
		await panel().getByText(`${COUNT} notes · llamacpp tiny · no cost`).waitFor();
		answers(2);
		provider.says([..."The third one is slow to come".match(/.{1}/g) ?? []].flatMap((letter) => [letter, ...Array<string>(20).fill("")]));
		await press("Summarise");
		await panel().getByText("Tide 1 rises.").waitFor();
		await panel().getByText("Summarising: 2 of 6 notes").waitFor();
		await journey.show("summaries-running", ".vl-summaries");
		await press("Pause");
		await panel().getByText(`2 of ${COUNT} notes · no cost`).waitFor();
		await panel().getByText(`Left: ${COUNT - 2} notes`).waitFor();
		await journey.command("status");
		await journey.page.locator(".vl-status").getByText("Summaries of “Tides” are not finished: 2 of 6 notes").waitFor();
		const asked = provider.prompts.length;
		await journey.command("restart");
		await journey.untilStatus("Librarian ready");
		answers(COUNT - 2);
		await journey.page.locator(".vl-status").getByRole("button", { name: "Show" }).click();
		await press("Go on");
		await panel().getByText(`${COUNT} of ${COUNT} notes · no cost`, { exact: true }).waitFor();
		expect(provider.prompts.length - asked).toBe(COUNT - 2);
		await panel().getByText("Tide 5 rises.").waitFor();
		await journey.show("summaries-made", ".vl-summaries");
	});

	it("are put into every note after a look, in one change that is undone", async () => {
		await press("Put into the notes…");
		await panel().getByText("Tide 0 rises.").first().waitFor();
		expect(onDisk(0)).toBe(textOf(0));
		await journey.show("summaries-preview", ".vl-summaries");
		await press(`Change ${COUNT} notes`);
		await journey.notice(`Put into ${COUNT} notes.`).waitFor();
		for (let number = 0; number < COUNT; number += 1) expect(onDisk(number)).toContain(`> Tide ${number} rises.`);
		await journey.notice(`Put into ${COUNT} notes.`).getByRole("button", { name: "Undo" }).click();
		await expect.poll(() => onDisk(4), { timeout: 10_000 }).toBe(textOf(4));
		await panel().getByText("From before").waitFor({ state: "detached" });
	});

	it("are waited for while the provider is asked too often, and kept where it refuses in their midst", async () => {
		await choose();
		await panel().getByLabel("Each summary").selectOption("bullets");
		await panel().getByText(`${COUNT} notes · llamacpp tiny · no cost`).waitFor();
		const asked = provider.prompts.length;
		answers(1);
		provider.fails(429, 1);
		answers(1);
		provider.fails(401, 1);
		await press("Summarise");
		await panel().getByText("llamacpp does not accept the key").waitFor();
		await panel().getByText(`2 of ${COUNT} notes · no cost`).waitFor();
		expect(provider.prompts.length - asked).toBe(4);
		await journey.show("summaries-refused", ".vl-summaries");
		answers(COUNT - 2);
		await press("Go on");
		await panel().getByText(`${COUNT} of ${COUNT} notes · no cost`, { exact: true }).waitFor();
		expect(provider.prompts.length - asked).toBe(4 + COUNT - 2);
		await press("Close");
	});

	it("are offered in the menu of a folder", async () => {
		const item = await journey.page.evaluate(() => {
			const titles: string[] = [];
			const menu = {
				addItem(fill: (item: unknown) => void) {
					const entry = { setTitle: (title: string) => (titles.push(title), entry), setIcon: () => entry, onClick: () => entry };
					fill(entry);
					return menu;
				},
			};
			const { workspace, vault } = window.app;
			workspace.trigger("file-menu", menu, vault.getFolderByPath("Tides"));
			workspace.trigger("file-menu", menu, vault.getFileByPath("Tides/Tide 0.md"));
			return titles;
		});
		expect(item.filter((title) => title.startsWith("Summarise"))).toEqual(["Summarise notes"]);
	});
});
