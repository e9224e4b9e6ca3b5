import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { Journey, findChromium } from "./journey";

describe.skipIf(!findChromium())("searching", () => {
	let journey: Journey;
	const hits = () => journey.page.locator(".librarian-hit");
	/** The hits are those of what stands in the box. */
	const settled = async () => {
		await journey.idle();
		await journey.page.locator(".librarian-hits:not(.is-behind) .librarian-hit").first().waitFor();
	};
	const box = () => journey.page.getByRole("combobox", { name: "Search your notes" });

	beforeAll(async () => {
		journey = await Journey.ready();
	});

	afterEach(async (context) => {
		await journey.after(context);
		await journey.page.keyboard.press("Escape");
		expect(journey.errors).toEqual([]);
	});

	afterAll(() => journey?.close());

	it("finds notes as one types, and opens the chosen one at its passage with keys alone", async () => {
		await journey.command("search");
		await journey.page.keyboard.type("rye starter flour");
		await journey.page.locator(".librarian-hit.is-selected mark").first().waitFor();
		await journey.show("search-modal", ".modal");
		await journey.page.keyboard.press("ArrowDown");
		await journey.page.keyboard.press("ArrowUp");
		const title = await journey.page.locator(".librarian-hit.is-selected .librarian-hit-title").textContent();
		await journey.page.keyboard.press("Enter");
		await expect.poll(() => journey.activeNote()).toMatch(new RegExp(`${title}\\.md$`));
		expect(await journey.page.locator(".modal").count()).toBe(0);
		expect(await journey.cursorLine()).toBeGreaterThan(0);
	});

	it("opens another tab with Mod+Enter, and keeps the one that was there", async () => {
		await journey.openNote("Home.md");
		await journey.command("search");
		await journey.page.keyboard.type("challah");
		await settled();
		await journey.page.keyboard.press("Control+Enter");
		await expect.poll(() => journey.activeNote()).toMatch(/Challah/);
		const tabs = await journey.page.locator(".mod-root .workspace-tab-header").allTextContents();
		expect(tabs.filter((tab) => tab === "Home")).toHaveLength(1);
		expect(tabs.some((tab) => tab.startsWith("Challah"))).toBe(true);
	});

	it("puts a link at the cursor with Alt+Enter", async () => {
		await journey.openNote("Quickstart.md");
		await journey.command("search");
		await journey.page.keyboard.type("redshank");
		await settled();
		await journey.page.keyboard.press("Alt+Enter");
		await expect.poll(() => journey.text()).toMatch(/\[\[Redshank/);
	});

	it("shows the results of what was typed last, however the answers come in", async () => {
		await journey.command("search");
		for (const text of ["bread", "tide", "samphire"]) await box().fill(text);
		await journey.page.locator(".librarian-hit", { hasText: /samphire/i }).first().waitFor();
		await journey.idle();
		expect(await hits().first().textContent()).toMatch(/samphire/i);
	});

	it("finds what was written a moment ago", async () => {
		await journey.openNote("Home.md");
		await journey.page.locator(".mod-active textarea").press("Control+Home");
		await journey.page.keyboard.type("Quokkas were seen. ");
		await journey.saved();
		await journey.command("search");
		await journey.page.keyboard.type("quokkas");
		await journey.page.locator(".librarian-hit", { hasText: "Home" }).first().waitFor();
	});

	it("says why a note matched", async () => {
		await journey.command("search");
		await journey.page.keyboard.type("sourdouh");
		await settled();
		await journey.page.keyboard.press("Control+i");
		await journey.page.locator(".librarian-hit.is-selected .librarian-why", { hasText: "sourdough" }).waitFor();
		await journey.show("search-why", ".modal");
	});

	it("says what to try when nothing is found", async () => {
		await journey.command("search");
		await journey.page.locator(".modal .dropdown").selectOption("keyword");
		await box().fill("zzzqqqxyzzy");
		await journey.page.locator(".librarian-empty").waitFor();
		await journey.show("search-nothing", ".modal");
	});

	it("stays in the sidebar, with the cheat sheet and the searches of before", async () => {
		await journey.command("search-panel");
		const panel = journey.page.locator(".mod-right-split .librarian-search");
		await panel.waitFor();
		await journey.show("search-panel-empty", ".mod-right-split .librarian-panel");
		// Whoever asks for it wants to type.
		await journey.page.keyboard.type("tag:#recipe");
		await panel.locator(".librarian-hit").first().waitFor();
		await journey.show("search-panel", ".mod-right-split .librarian-panel");
		await panel.locator(".librarian-hit").first().click();
		await expect.poll(() => journey.activeNote()).toMatch(/\.md$/);
		expect(await panel.locator(".librarian-hit").count()).toBeGreaterThan(0);
	});
});
