import { afterEach, describe, expect, it } from "vitest";

import { Journey, SIDECAR, findChromium } from "./journey";

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

async function untilGone(pid: number, within_ms = 5000): Promise<void> {
	await expect.poll(() => isAlive(pid), { timeout: within_ms, interval: 50 }).toBe(false);
}

describe.skipIf(!findChromium())("life with the sidecar", () => {
	let journey: Journey;

	afterEach(async (context) => {
		await journey.after(context);
		await journey.close();
		expect(journey.errors).toEqual([]);
	});

	it("begins when a person allows it, and says what it does", async () => {
		journey = await Journey.open();
		expect(await journey.enable()).toBeLessThan(50);
		const welcome = journey.page.locator(".vl-welcome");
		await welcome.waitFor();
		await journey.untilStatus("Librarian waits");
		expect(journey.processes()).toEqual([]);
		await journey.show("welcome-new", ".mod-root .vl-panel");
		await welcome.getByRole("button", { name: "Read this vault" }).click();
		await journey.untilStatus("Librarian ready");
		await welcome.getByText("150 notes can be searched.").waitFor();
		await journey.show("welcome-ready", ".mod-root .vl-panel");
		await welcome.getByRole("button", { name: "choose hotkeys" }).click();
		await journey.page.locator(".hotkey-list .setting-item", { hasText: "Search notes" }).waitFor();
	});

	it("says what to type when the command is missing, and finds it once it is there", async () => {
		journey = await Journey.open({ hasSidecar: false });
		await journey.enable();
		const welcome = journey.page.locator(".vl-welcome");
		await journey.untilStatus("Librarian missing");
		await welcome.getByText("uv tool install").waitFor();
		await journey.show("welcome-missing", ".mod-root .vl-panel");
		await welcome.locator("li", { hasText: "uv tool install" }).getByRole("button", { name: "Copy" }).click();
		expect(await journey.page.evaluate(() => navigator.clipboard.readText())).toMatch(/^uv tool install vault-librarian==\d/);
		journey.install(SIDECAR);
		await welcome.getByRole("button", { name: "Check again" }).click();
		await welcome.getByRole("button", { name: "Read this vault" }).click();
		await journey.untilStatus("Librarian ready");
	});

	it("is back by itself after the sidecar was killed in the middle of a search", async () => {
		journey = await Journey.ready();
		await journey.command("search");
		await journey.page.keyboard.type("rye");
		await journey.page.locator(".vl-hit").first().waitFor();
		const [killed = 0] = journey.processes();
		process.kill(killed, "SIGKILL");
		await journey.page.keyboard.type(" flour");
		await journey.page.locator(".status-bar-item", { hasText: "Librarian ready" }).waitFor({ state: "detached" });
		expect(await journey.page.locator(".vl-hit").count()).toBeGreaterThan(0);
		await journey.page.locator(".modal .vl-away").waitFor();
		await journey.picture("search-away-dark");
		await journey.untilStatus("Librarian ready");
		await journey.page.locator(".vl-hit mark", { hasText: "flour" }).first().waitFor();
		expect(journey.processes()).toHaveLength(1);
		expect(journey.processes()[0]).not.toBe(killed);
	});

	it("says who holds the vault, and waits for a person", async () => {
		journey = await Journey.ready();
		const other = await journey.another();
		try {
			await other.enable();
			await other.allow();
			// For some seconds it is asked whether the one before is on its way out.
			await other.page.locator(".vl-welcome").getByRole("button", { name: "Pause" }).waitFor();
			await other.show("welcome-reading", ".mod-root .vl-panel");
			await other.untilStatus("Librarian failed");
			await other.command("status");
			await other.page.locator(".vl-failure", { hasText: String(journey.processes()[0]) }).waitFor();
			await other.show("status-held", ".mod-right-split .vl-panel");
			await journey.disable();
			await journey.untilNoProcess();
			await other.page.getByRole("button", { name: "Restart" }).click();
			await other.untilStatus("Librarian ready");
		} finally {
			await other.close();
		}
	});

	it("leaves no process, and asks nothing again, when the plugin is switched off, Obsidian quits, or Obsidian is killed", async () => {
		journey = await Journey.ready();
		const [first = 0] = journey.processes();
		await journey.disable();
		await untilGone(first);
		await journey.enable();
		await journey.untilStatus("Librarian ready");
		const [second = 0] = journey.processes();
		await journey.quit();
		expect(isAlive(second)).toBe(false);
		await journey.load();
		await journey.enable();
		await journey.untilStatus("Librarian ready");
		expect(await journey.page.locator(".vl-welcome").count()).toBe(0);
		const [third = 0] = journey.processes();
		await journey.kill();
		await untilGone(third);
	});

	it.each([
		["the search", "search", ".vl-search-modal"],
		["a choice of folders", "summarise-folder", ".prompt"],
		["a question", "rebuild", ".mod-confirmation"],
		["a panel", "write", ".vl-modal"],
	])("takes %s with it that is open when it is switched off", async (_, command, window) => {
		journey = await Journey.ready();
		await journey.openNote("Ecology/Redshank.md");
		await journey.command(command);
		await journey.page.locator(window).waitFor();
		await journey.disable();
		expect(await journey.page.locator(".modal-container").count()).toBe(0);
		await journey.page.keyboard.type("a");
		expect(await journey.text()).toMatch(/^a/);
	});

	it("leaves no process and nothing of itself in the window when it is loaded anew 50 times, at whatever moment", async () => {
		journey = await Journey.ready();
		await journey.disable();
		for (let times = 0; times < 50; times += 1) {
			await journey.enable();
			// From before the process is there until after it is ready.
			await journey.page.waitForTimeout((times * 37) % 400);
			await journey.disable();
		}
		await journey.enable();
		await journey.untilStatus("Librarian ready");
		// The one before may still be ending.
		await expect.poll(() => journey.processes().length, { timeout: 5000 }).toBe(1);
		expect(await journey.page.locator(".status-bar-item").count()).toBe(1);
		await journey.command("search");
		await journey.page.keyboard.type("rye");
		await journey.page.locator(".vl-hit").first().waitFor();
		await journey.page.keyboard.press("Escape");
		await journey.disable();
		await journey.untilNoProcess();
		expect(await journey.page.locator(".vl-panel, .status-bar-item").count()).toBe(0);
		// Of one that is switched off while it connects the browser says that it could not; nothing else may have gone wrong.
		const others = journey.errors.splice(0).filter((error) => !error.startsWith("WebSocket connection to "));
		expect(others).toEqual([]);
	});
});
