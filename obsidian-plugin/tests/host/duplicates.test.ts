import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { Journey, findChromium } from "./journey";

/** Every file of a vault, but for what is hidden, by what it holds. */
function contents(vault: string): Record<string, string> {
	const names = readdirSync(vault, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	const paths = names.map((entry) => path.relative(vault, path.join(entry.parentPath, entry.name)));
	const shown = paths.filter((name) => !name.split(path.sep).some((part) => part.startsWith(".")));
	return Object.fromEntries(
		shown.sort().map((name) => [name, createHash("sha256").update(readFileSync(path.join(vault, name))).digest("hex")]),
	);
}

const KINDS = ["The same text", "Nearly the same", "A passage in common", "The same in other words"];

describe.skipIf(!findChromium())("duplicates", () => {
	let journey: Journey;
	let before: Record<string, string>;
	const panel = () => journey.page.locator(".mod-root .vl-duplicates");
	const group = () => panel().locator("[data-group]", { hasText: "Challah and Challah (old laptop)" });

	beforeAll(async () => {
		journey = await Journey.ready();
		before = contents(journey.vault);
		await journey.openNote("Recipes/Challah.md");
		await journey.command("duplicates");
		await group().waitFor();
	});

	afterEach(async (context) => {
		await journey.after(context);
		expect(journey.errors).toEqual([]);
	});

	afterAll(() => journey?.close());

	it("are listed by kind", async () => {
		await panel().getByRole("region", { name: "The same in other words" }).waitFor();
		const kinds = await panel().locator(".vl-groups h3").allTextContents();
		expect(kinds.map((kind) => kind.replace(/ \d+$/, ""))).toEqual(KINDS);
		await journey.show("duplicates", ".mod-root .vl-panel");
	});

	it("fit into the sidebar, too", async () => {
		await journey.page.evaluate(async () => {
			const leaf = window.app.workspace.getRightLeaf(false);
			await leaf?.setViewState({ type: "vault-librarian-duplicates" });
			if (leaf) await window.app.workspace.revealLeaf(leaf);
		});
		const narrow = journey.page.locator(".mod-right-split .vl-duplicates");
		await narrow.locator("[data-group]", { hasText: "Samphire Survey" }).getByRole("button").first().click();
		await narrow.getByRole("button", { name: /^Compare/ }).click();
		await narrow.locator("del, ins").first().scrollIntoViewIfNeeded();
		await journey.show("duplicates-narrow", ".mod-right-split .vl-panel");
		await journey.page.evaluate(() => window.app.workspace.getLeavesOfType("vault-librarian-duplicates").at(-1)?.detach());
	});

	it("are compared side by side", async () => {
		const other = panel().locator("[data-group]", { hasText: "Samphire Survey" });
		await other.getByRole("button").first().click();
		await other.getByRole("button", { name: /^Compare/ }).click();
		await other.locator("del, ins").first().scrollIntoViewIfNeeded();
		await journey.show("compare", ".mod-root .vl-panel");
		await other.getByRole("button").first().click();
	});

	it("are merged after every note was shown that this touches, by Obsidian itself", async () => {
		await group().getByRole("button").first().click();
		await group().getByRole("button", { name: "Merge" }).click();
		await group().getByRole("region", { name: "Preview" }).waitFor();
		await journey.show("merge-preview", ".mod-root .vl-panel");
		expect(contents(journey.vault)).toEqual(before);
		await group().getByRole("button", { name: /^Change \d+ / }).click();
		await group().waitFor({ state: "detached" });
		expect(journey.has("Archive/Challah (old laptop).md")).toBe(false);
		expect(journey.bridge.done).toEqual(expect.arrayContaining(["vault.write", "vault.trash"]));
		expect(journey.has(".trash/Archive/Challah (old laptop).md")).toBe(true);
		expect(await journey.page.evaluate(() => window.app.vault.getFileByPath("Archive/Challah (old laptop).md"))).toBeNull();
	});

	it("are as they were, to the byte, once that is undone from its notice", async () => {
		await journey.notice(/Challah|Merged|merged/).getByRole("button", { name: "Undo" }).click();
		await expect.poll(() => contents(journey.vault), { timeout: 10_000 }).toEqual(before);
	});

	it("are put into the trash, and come back from the list of changes", async () => {
		await journey.command("activity");
		const activity = journey.page.locator(".mod-right-split .vl-activity");
		await activity.locator(".vl-change").nth(1).waitFor();
		await journey.show("activity", ".mod-right-split .vl-panel");
		await panel().getByRole("button", { name: "Look again" }).first().click();
		await group().waitFor();
		if ((await group().getByRole("button", { name: "Trash the other" }).count()) === 0) await group().getByRole("button").first().click();
		await group().getByRole("button", { name: "Trash the other" }).click();
		await group().getByRole("button", { name: /^Change \d+ / }).click();
		await group().waitFor({ state: "detached" });
		expect(contents(journey.vault)).not.toEqual(before);
		await activity.locator(".vl-change").first().getByRole("button", { name: /^Undo/ }).click();
		await expect.poll(() => contents(journey.vault), { timeout: 10_000 }).toEqual(before);
	});

	it("are merged, and that is undone, with keys alone", async () => {
		const tabTo = async (name: RegExp) => {
			const seen: string[] = [];
			for (let turn = 0; turn < 100; turn += 1) {
				await journey.page.keyboard.press("Tab");
				seen.push(await journey.page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? ""));
				if (name.test(seen.at(-1) ?? "")) return;
			}
			throw new Error(`Tab does not come to ${name}: ${seen.join(" | ").slice(0, 2000)}`);
		};
		await journey.command("duplicates");
		await tabTo(/^Look again$/);
		await journey.page.keyboard.press("Enter");
		await group().waitFor();
		await tabTo(/^Challah and Challah \(old laptop\)/);
		if ((await group().getByRole("button").first().getAttribute("aria-expanded")) === "false") await journey.page.keyboard.press("Enter");
		await tabTo(/^Merge$/);
		await journey.page.keyboard.press("Enter");
		await group().getByRole("region", { name: "Preview" }).waitFor();
		await tabTo(/^Change \d+ /);
		await journey.page.keyboard.press("Enter");
		await group().waitFor({ state: "detached" });
		expect(contents(journey.vault)).not.toEqual(before);
		await journey.command("activity");
		await tabTo(/^Undo: Merged/);
		await journey.page.keyboard.press("Enter");
		await expect.poll(() => contents(journey.vault), { timeout: 10_000 }).toEqual(before);
	});
});
