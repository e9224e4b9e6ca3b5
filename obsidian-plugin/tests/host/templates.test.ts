import { readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { atDesk } from "./desk";
import { type Journey, findChromium } from "./journey";
import type { Provider } from "./provider";

const KEPT = "Templates/Meeting of mine.md";
const NEW = "Meetings/2026-05-07 Mudflat day.md";
const BARE = "Inbox/Hm.md";

describe.skipIf(!findChromium())("templates", () => {
	let journey: Journey;
	let provider: Provider;
	const modal = () => journey.page.locator(".modal");
	const button = (name: string | RegExp) => modal().getByRole("button", { name });
	const text = () => modal().getByRole("textbox", { name: "Template" });

	atDesk((window, writer) => ([journey, provider] = [window, writer]), { chosen: null });

	function onDisk(name: string): string {
		return readFileSync(path.join(journey.vault, name), "utf8");
	}

	async function pick(words: string): Promise<void> {
		await journey.page.locator(".prompt-input").fill(words);
		await journey.page.locator(".suggestion-item").first().waitFor();
		await journey.page.keyboard.press("Enter");
	}

	async function infer(folder: string): Promise<void> {
		await journey.command("template-infer");
		await pick(folder);
		await text().waitFor();
	}

	it("are inferred from a folder without any model, the active note's folder first", async () => {
		await journey.openNote("Meetings/2026-04-23 Reading group.md");
		await journey.command("template-infer");
		await journey.page.locator(".suggestion-item").first().getByText("Meetings").waitFor();
		await pick("meet");
		await text().waitFor();
		expect(await text().inputValue()).toMatch(/^---\ndate: "\{\{date:YYYY-MM-DD\}\}"\ntags: \[meeting\]\npeople: \[\]\n[\s\S]*# \{\{title\}\}[\s\S]*## Decisions/);
		await modal().getByText("Told from 8 of 8 notes").waitFor();
		await modal().getByText("No model is needed.").waitFor();
		expect(await modal().getByRole("rowheader").allTextContents()).toEqual(expect.arrayContaining(["people", "## Agenda"]));
		await journey.show("template", ".modal");
		await modal().getByLabel("Used by").selectOption("templater");
		await expect.poll(() => text().inputValue()).toContain("<% tp.file.title %>");
		await modal().getByLabel("Used by").selectOption("core");
		await expect.poll(() => text().inputValue()).toContain("{{title}}");
	});

	it("are kept as a note after a look at it", async () => {
		await text().evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(area.value.length, area.value.length));
		await text().press("End");
		await text().fill(`${await text().inputValue()}\n## Next time\n`);
		await button("Keep it as…").click();
		await modal().getByLabel("Name").fill("Meeting template");
		await expect.poll(() => modal().getByLabel("Folder").inputValue()).toBe("Templates");
		await button("Preview").click();
		await modal().getByRole("alert").getByText("Meeting template").waitFor();
		await modal().getByLabel("Name").fill("Meeting of mine");
		await button("Preview").click();
		await modal().getByRole("list", { name: "What would change" }).waitFor();
		expect(journey.has(KEPT)).toBe(false);
		await button("Keep it").click();
		await journey.notice("The template is kept as “Templates/Meeting of mine”.").waitFor();
		expect(onDisk(KEPT)).toContain("## Next time");
		expect(onDisk(KEPT)).toContain("{{title}}");
		await journey.page.keyboard.press("Escape");
	});

	it("make a new note, with the cursor where it is written in first, and never in the place of another", async () => {
		await journey.command("template-new");
		await journey.page.locator(".suggestion-item").first().getByText(KEPT).waitFor();
		await pick("meeting of mine");
		await modal().getByLabel("Folder").fill("Meetings");
		await modal().getByLabel("Name").fill("2026-04-23 Reading group");
		const before = onDisk("Meetings/2026-04-23 Reading group.md");
		await button("Make it").click();
		await modal().getByRole("alert").getByText("is there already").waitFor();
		expect(onDisk("Meetings/2026-04-23 Reading group.md")).toBe(before);
		await modal().getByLabel("Name").fill("2026-05-07 Mudflat day");
		await journey.show("template-new", ".modal");
		await modal().getByLabel("Name").press("Enter");
		await modal().waitFor({ state: "detached" });
		await expect.poll(() => journey.activeNote()).toBe(NEW);
		expect(onDisk(NEW)).toMatch(/# 2026-05-07 Mudflat day\n/);
		await journey.page.keyboard.type("Ruth, Aiko");
		expect(await journey.text()).toMatch(/## Present\nRuth, Aiko\n/);
		await journey.saved();
	});

	it("give a note that is there what it lacks, after a look, and that is taken back to the byte", async () => {
		const before = onDisk(BARE);
		await journey.openNote(BARE);
		await journey.command("template-apply");
		await pick("Person template");
		await button("Change 1 note").waitFor();
		await journey.show("template-apply", ".modal");
		expect(onDisk(BARE)).toBe(before);
		await button("Change 1 note").click();
		await journey.notice("The template was applied to 1 note.").waitFor();
		const after = onDisk(BARE);
		expect(after).toContain("## How we met");
		for (const line of before.split("\n").filter((each) => each.trim() !== "")) expect(after).toContain(line.trim());
		await journey.notice("The template was applied").getByRole("button", { name: "Undo" }).click();
		await expect.poll(() => onDisk(BARE)).toBe(before);
		await journey.notice("Taken back: 1 note.").waitFor();
	});

	it("are applied to all notes of a folder, where those that have all of one are left alone, and others can be", async () => {
		await journey.command("template-apply-folder");
		await pick("Inbox");
		await pick("Meeting template");
		await modal().getByRole("alert").getByText("Inbox/Broken properties.md").waitFor();
		await button("Go on without it").click();
		await modal().getByText("1 note left out").waitFor();
		await modal().getByRole("list", { name: "What would change" }).waitFor();
		await button("Back").click();
		await modal().waitFor({ state: "detached" });
	});

	it("are offered in the menus of folders and of notes that were chosen together", async () => {
		const titles = await journey.page.evaluate(() => {
			const { vault, workspace } = window.app;
			const told: string[] = [];
			const item = { setTitle: (title: string) => (told.push(title), item), setIcon: () => item, onClick: () => item };
			const menu = { addItem: (fill: (each: typeof item) => void) => fill(item) };
			workspace.trigger("file-menu", menu, vault.getFolderByPath("People"), "file-explorer-context-menu");
			workspace.trigger("file-menu", menu, vault.getFileByPath("Home.md"), "file-explorer-context-menu");
			workspace.trigger("files-menu", menu, ["Home.md", "Inbox/Hm.md"].map((each) => vault.getFileByPath(each)), "file-explorer-context-menu");
			return told;
		});
		const ours = titles.filter((title) => title.includes("template"));
		expect(ours).toEqual(["Infer a template from this folder", "Infer a template from these notes", "Apply a template to these notes"]);
	});

	it("have words for too few notes, and for several kinds of them", async () => {
		await journey.command("template-infer");
		await pick("Archive");
		await modal().getByText(/Told from|notes at least/).first().waitFor();
		await journey.page.keyboard.press("Escape");
		await journey.command("template-infer");
		await pick("العربية");
		await modal().getByText("A template is told from 3 notes at least, and here are 2.").waitFor();
		await journey.show("template-few", ".modal");
		await journey.page.keyboard.press("Escape");
	});

	it("get a name and hints by a model when that is asked for, after its price", async () => {
		provider.chooseIn(journey);
		await infer("Daily");
		expect(provider.prompts).toEqual([]);
		provider.says([JSON.stringify({ name: "Day", hints: [{ heading: "Log", hint: "What happened, in order." }] })]);
		await button(/^Have .* find a name and hints$/).click();
		await journey.page.getByRole("dialog").getByText("no text of a note").waitFor();
		await journey.show("template-price", ".modal.mod-confirmation");
		await journey.page.getByRole("button", { name: "Ask", exact: true }).click();
		await expect.poll(() => text().inputValue(), { timeout: 30_000 }).toContain("%% What happened, in order. %%");
		await modal().getByText("“Day”, name and hints by a model · llamacpp tiny · no cost").waitFor();
		expect(provider.prompts).toHaveLength(1);
		await journey.show("template-named", ".modal");
		await journey.page.keyboard.press("Escape");
	});

	it("are there all the same when the provider says nonsense, or that it has no time", async () => {
		await infer("People");
		const structure = await text().inputValue();
		provider.says(["Certainly! "]);
		provider.says(["Here you are."]);
		await button(/find a name and hints$/).click();
		await journey.page.getByRole("button", { name: "Ask", exact: true }).click();
		await modal().getByText("No name and hints: The model did not answer as it was asked to.").waitFor();
		expect(await text().inputValue()).toBe(structure);
		provider.fails(429, 4);
		await button(/find a name and hints$/).click();
		await journey.page.getByRole("button", { name: "Ask", exact: true }).click();
		await modal().getByText(/No name and hints: (?!The model did not)/).waitFor({ timeout: 60_000 });
		expect(await text().inputValue()).toBe(structure);
		await journey.show("template-nonsense", ".modal");
		await journey.page.keyboard.press("Escape");
	});
});
