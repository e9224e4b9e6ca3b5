import { appendFileSync, rmSync } from "node:fs";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { fixtureRelease } from "./fixtures/release";
import { Journey, findChromium } from "./journey";

describe.skipIf(!findChromium())("the host", () => {
	let release: string;
	let journey: Journey;

	beforeAll(async () => {
		release = await fixtureRelease();
		journey = await Journey.open({ plugin: release });
	});

	afterAll(async () => {
		await journey.close();
		rmSync(release, { recursive: true });
	});

	it("lets a plugin start the real sidecar and connect to it as Obsidian's window", async () => {
		await journey.enable();
		await journey.untilStatus(`ready in ${journey.vault}`);
		expect(journey.processes()).toHaveLength(1);
	});

	it("shows a plugin's view in the sidebar", async () => {
		await journey.command("hello");
		expect(await journey.page.locator(".mod-right-split p").textContent()).toBe("Hello, Example vault");
	});

	it("throws for what it does not have", async () => {
		await expect(journey.command("unknown")).rejects.toThrow("the shim has no requestSaveLayout (of Workspace)");
	});

	it("tells of what others write into the vault", async () => {
		appendFileSync(path.join(journey.vault, "Recipes", "Challah.md"), "\nMore.");
		await journey.untilStatus("modified Recipes/Challah.md");
	});

	it("saves what is typed into a note", async () => {
		await journey.openNote("Home.md");
		await journey.editor.pressSequentially("Typed. ");
		await expect.poll(() => journey.bytesOf("Home.md").toString(), { timeout: 5000 }).toContain("Typed. ");
	});

	it("lets nothing out to the network", async () => {
		await journey.page.evaluate(() => fetch("http://example.com/").catch(() => undefined));
		expect(journey.bridge.refused).toContain("example.com");
		expect(journey.errors.splice(0)).toHaveLength(2);
	});

	it("keeps no process once the plugin is gone", async () => {
		await journey.disable();
		await journey.untilNoProcess();
		expect(await journey.page.locator(".status-bar-item").count()).toBe(0);
		expect(journey.errors).toEqual([]);
	});
});
