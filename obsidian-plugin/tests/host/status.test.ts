import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { Journey, findChromium } from "./journey";

const CANARY_KEY = "sk-canary-0123456789abcdef";

describe.skipIf(!findChromium())("status", () => {
	let journey: Journey;

	beforeAll(async () => {
		journey = await Journey.open();
		write(".obsidian/app.json", JSON.stringify({ userIgnoreFilters: ["Attic/"] }));
		write(".obsidian/plugins/vault-librarian/data.json", JSON.stringify({ version: 1, keys: { openai: "my-key" } }));
		write("Attic/Canary divorce.md", "Not for everybody.\n");
		await journey.load();
		await journey.page.evaluate((key) => {
			window.app.secretStorage.setSecret("my-key", key);
			window.app.saveLocalStorage("vault-librarian:allowed", true);
		}, CANARY_KEY);
		await journey.enable();
		await journey.untilStatus("Librarian ready");
	});

	function write(name: string, text: string): void {
		const file = path.join(journey.vault, name);
		mkdirSync(path.dirname(file), { recursive: true });
		writeFileSync(file, text);
	}

	afterEach(async (context) => {
		await journey.after(context);
		expect(journey.errors).toEqual([]);
	});

	afterAll(() => journey?.close());

	it("shows what it is doing", async () => {
		await journey.page.locator(".status-bar-item").first().click();
		await journey.page.locator(".vl-parts").waitFor();
		await journey.show("status", ".mod-right-split .vl-panel");
	});

	it("shows what was left out, and why, and what went wrong", async () => {
		await journey.page.getByText("1 file left out").click();
		await journey.page.locator(".vl-left-out li", { hasText: "Canary divorce.md" }).getByText(/excluded/).waitFor();
		const [killed = 0] = journey.processes();
		process.kill(killed, "SIGKILL");
		await journey.untilStatus("Librarian interrupted");
		await journey.untilStatus("Librarian ready");
		await journey.page.getByText(/messages? of the log/).click();
		await journey.page.locator(".vl-errors pre", { hasText: "The librarian stopped unexpectedly." }).waitFor();
		await journey.show("status-left-out", ".mod-right-split .vl-panel");
	});

	it("copies diagnostics in which there is nobody, no note and no key", async () => {
		await journey.page.getByRole("button", { name: "Copy diagnostics" }).click();
		await journey.notice("Diagnostics copied.").first().waitFor();
		const told = await journey.page.evaluate(() => navigator.clipboard.readText());
		expect(told).toContain("State: ready");
		expect(told).toContain("skipped: 1");
		expect(told).toContain("Command: ~/.local/bin/librarian");
		expect(told).toContain("The librarian stopped unexpectedly.");
		for (const secret of [journey.vault, path.dirname(journey.vault), journey.env["HOME"] ?? "", CANARY_KEY, "Canary", "divorce", "Attic", "token"]) {
			expect(told).not.toContain(secret);
		}
	});
});
