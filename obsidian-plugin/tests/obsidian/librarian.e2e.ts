import { $, browser, expect } from "@wdio/globals";

const READY_MS = 60_000;

describe("the librarian in Obsidian", () => {
	it("is welcomed, is allowed to read the vault, and is ready", async () => {
		await browser.executeObsidianCommand("vault-librarian:welcome");
		await $("button=Read this vault").click();
		await expect($(".vl-welcome")).toHaveText(/can be searched/, { wait: READY_MS });
	});

	it("finds a note as it is typed, and opens it", async () => {
		await browser.executeObsidianCommand("vault-librarian:search");
		const box = $(".vl-search-modal input");
		await box.setValue("rye sourd");
		const hit = $('.vl-search-modal [role="option"]');
		await expect(hit).toHaveText(/Rye Sourdough/);
		await browser.keys("Enter");
		await browser.waitUntil(async () => (await openNote()).startsWith("Rye Sourdough"));
	});

	it("shows the planted duplicates", async () => {
		await browser.executeObsidianCommand("vault-librarian:duplicates");
		await expect($(".vl-duplicates")).toHaveText(/Rye Sourdough/, { wait: READY_MS });
	});
});

async function openNote(): Promise<string> {
	return browser.executeObsidian(({ app }) => app.workspace.getActiveFile()?.basename ?? "");
}
