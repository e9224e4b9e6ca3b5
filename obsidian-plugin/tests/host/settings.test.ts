import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { findChromium, Journey } from "./journey";

describe.skipIf(!findChromium())("the page of settings", () => {
	let journey: Journey;
	const row = (name: string) => journey.page.locator(".setting-item", { hasText: name });

	beforeAll(async () => {
		journey = await Journey.open();
		await journey.begin();
		await journey.openSettings();
	});

	afterAll(async () => {
		await journey.close();
	});

	it("shows what is kept here, on this device, and by the sidecar", async () => {
		await row("Largest note").waitFor();
		expect(await row("Where the command").textContent()).toContain("Found: ");
		expect(await row("Search for").locator("select").inputValue()).toBe("hybrid");
		expect(await row("Largest note").locator("input").inputValue()).toBe("20");
		await journey.show("settings", ".vertical-tab-content");
	});

	it("leaves a folder out once the librarian has started again", async () => {
		await journey.page.getByLabel("Leave out a folder").click();
		await journey.page.locator(".prompt-input").fill("archive");
		await journey.page.keyboard.press("Enter");
		await row("Start the librarian again").getByRole("button").click();
		await journey.untilStatus("Librarian ready");
		await row("Archive").first().waitFor();
		expect(await row("Start the librarian again").isVisible()).toBe(false);
		await journey.page.getByLabel("Delete Archive").click();
		await journey.page.getByText("All folders are read.").waitFor();
	});

	it("says what is wrong with what is typed, and keeps the old", async () => {
		await row("Largest note").locator("input").fill("0");
		await journey.page.getByText("A whole number from 1 to 1000.").waitFor();
	});

	it("tells what the librarian does on a machine", async () => {
		await row("What the librarian does on this machine").getByRole("button").click();
		await row("It keeps files outside the vault").waitFor();
		await journey.show("disclosures", ".vertical-tab-content");
	});
});
