import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { Journey, findChromium } from "./journey";

describe.skipIf(!findChromium())("status", () => {
	let journey: Journey;

	beforeAll(async () => {
		journey = await Journey.ready();
	});

	afterEach(async (context) => {
		await journey.after(context);
		expect(journey.errors).toEqual([]);
	});

	afterAll(() => journey?.close());

	it("shows what it is doing", async () => {
		await journey.page.locator(".status-bar-item").first().click();
		await journey.page.locator(".vl-parts").waitFor();
		await journey.show("status", ".mod-right-split .vl-panel");
		await journey.page.getByRole("button", { name: "Copy diagnostics" }).click();
		const told = await journey.page.evaluate(() => navigator.clipboard.readText());
		expect(told).not.toContain(journey.vault);
		expect(told).not.toContain("token");
	});
});
