import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { Journey, findChromium } from "./journey";

describe.skipIf(!findChromium())("related notes", () => {
	let journey: Journey;
	const panel = () => journey.page.locator(".mod-right-split .vl-related");
	const places = () => panel().locator(".vl-place");

	beforeAll(async () => {
		journey = await Journey.ready();
	});

	afterEach(async (context) => {
		await journey.after(context);
		expect(journey.errors).toEqual([]);
	});

	afterAll(() => journey?.close());

	it("lists what is near to the note that is open, and never the note itself", async () => {
		await journey.openNote("Recipes/Rye Sourdough.md");
		await journey.command("related");
		await places().first().waitFor({ timeout: 10_000 });
		const titles = await places().locator(".vl-hit-title").allTextContents();
		expect(titles).toContain("Rye Sourdough (revised)");
		expect(titles).not.toContain("Rye Sourdough");
		await journey.show("related", ".mod-right-split .vl-panel");
	});

	it("follows the note that is open", async () => {
		await journey.openNote("Ecology/Redshank.md");
		await panel().locator("[title='Ecology/Redshank.md']").first().waitFor();
		await places().filter({ hasText: "Redshank (sent to the bird society)" }).first().waitFor();
	});

	it("stays with a note that is pinned", async () => {
		await panel().getByRole("button", { name: "Stay with this note" }).click();
		await journey.openNote("Home.md");
		await journey.idle();
		expect(await panel().locator("[title='Ecology/Redshank.md']").count()).toBeGreaterThan(0);
		await panel().getByRole("button", { name: "Stay with this note" }).click();
		await panel().locator("[title='Home.md']").first().waitFor();
	});

	it("puts a link into the note that is worked on", async () => {
		await journey.openNote("Recipes/Rye Sourdough.md");
		const row = places().filter({ hasText: "Rye Sourdough (revised)" }).first();
		await panel().getByRole("list", { name: "Related to Rye Sourdough", exact: true }).waitFor();
		await panel().locator(".vl-scroll:not(.is-behind)").waitFor();
		await row.hover();
		await row.getByRole("button", { name: "Insert a link to Rye Sourdough (revised)" }).click();
		await expect.poll(() => journey.text()).toContain("[[Rye Sourdough (revised)]]");
	});

	it("lets a link be dragged into the note that is open", async () => {
		const row = places().filter({ hasText: "Map of the Kitchen" }).first();
		const before = (await journey.text()).split("[[Map of the Kitchen]]").length;
		await row.locator("[data-row]").dragTo(journey.editor);
		await expect.poll(async () => (await journey.text()).split("[[Map of the Kitchen]]").length).toBe(before + 1);
	});

	it("asks for a preview of what the mouse is over", async () => {
		const heard = journey.page.evaluate(
			() => new Promise((resolve) => window.app.workspace.on("hover-link" as "quit", (asked) => resolve(asked))).then(
				(asked) => (asked as { linktext: string; source: string }).source,
			),
		);
		await places().first().hover();
		expect(await heard).toBe("vault-librarian");
	});
});
