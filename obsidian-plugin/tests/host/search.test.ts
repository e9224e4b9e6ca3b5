import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { Journey, findChromium } from "./journey";

/** Hold back questions with a word, and never take one back; answers with what waits for their answers, and counts them. */
async function delayed(page: Page, word: string, by_ms: number): Promise<() => Promise<number>> {
	await page.evaluate(
		([held, after_ms]) => {
			const send = Object.getOwnPropertyDescriptor(WebSocket.prototype, "send")?.value as (this: WebSocket, text: string) => void;
			const waiting = new Map<unknown, () => void>();
			const answered: Promise<void>[] = [];
			WebSocket.prototype.send = function (this: WebSocket, text: string) {
				if (text.includes("$/cancelRequest")) return;
				if (!text.includes(`"${held}"`)) return send.call(this, text);
				this.addEventListener("message", ({ data }: MessageEvent<string>) => waiting.get((JSON.parse(data) as { id: unknown }).id)?.());
				answered.push(new Promise((resolve) => waiting.set((JSON.parse(text) as { id: unknown }).id, resolve)));
				window.setTimeout(() => send.call(this, text), after_ms);
			};
			const end = async () => {
				await Promise.all(answered);
				await new Promise((resolve) => requestAnimationFrame(resolve));
				WebSocket.prototype.send = send;
				return answered.length;
			};
			Object.assign(window, { endDelay: end });
		},
		[word, by_ms] as const,
	);
	return () => page.evaluate(() => (window as unknown as { endDelay(): Promise<number> }).endDelay());
}

describe.skipIf(!findChromium())("searching", () => {
	let journey: Journey;
	const hits = () => journey.page.locator(".vl-hit");
	/** The hits are those of what stands in the box. */
	const settled = async () => {
		await journey.idle();
		await journey.page.locator(".vl-hits:not(.is-behind) .vl-hit").first().waitFor();
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
		await journey.page.locator(".vl-hit.is-selected mark").first().waitFor();
		await journey.show("search-modal", ".modal");
		await journey.page.keyboard.press("ArrowDown");
		await journey.page.keyboard.press("ArrowUp");
		const title = await journey.page.locator(".vl-hit.is-selected .vl-hit-title").textContent();
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

	it("shows the results of what was typed last, also when an older answer comes in later", async () => {
		await journey.command("search");
		const late = await delayed(journey.page, "bread", 400);
		for (const text of ["bread", "samphire"]) {
			await box().fill(text);
			await journey.idle();
		}
		await journey.page.locator(".vl-hit mark", { hasText: /samphire/i }).first().waitFor();
		expect(await late()).toBe(1);
		expect(await hits().first().textContent()).toMatch(/samphire/i);
		expect(await box().inputValue()).toBe("samphire");
	});

	it("finds what was written a moment ago", async () => {
		await journey.openNote("Home.md");
		await journey.page.locator(".mod-active .cm-content").press("Control+End");
		await journey.page.keyboard.type("Quokkas were seen. ");
		await journey.saved();
		await journey.command("search");
		await journey.page.keyboard.type("quokkas");
		await journey.page.locator(".vl-hit", { hasText: "Home" }).first().waitFor();
	});

	it("says why a note matched", async () => {
		await journey.command("search");
		await journey.page.keyboard.type("sourdouh");
		await settled();
		await journey.page.keyboard.press("Control+i");
		await journey.page.locator(".vl-hit.is-selected .vl-why", { hasText: "sourdough" }).waitFor();
		await journey.show("search-why", ".modal");
	});

	it("goes into the passage with Tab, and out of it", async () => {
		await journey.command("search");
		await journey.page.keyboard.type("rye flour");
		await settled();
		const whole = journey.page.locator(".vl-hit.is-selected .vl-passage.is-whole");
		await journey.page.keyboard.press("Tab");
		await whole.waitFor();
		await journey.show("search-passage", ".modal");
		await journey.page.keyboard.press("Shift+Tab");
		await whole.waitFor({ state: "detached" });
		expect(await box().inputValue()).toBe("rye flour");
	});

	it("keeps a search under a name, and offers it, the last ones, and what can be typed", async () => {
		await journey.command("search");
		await journey.page.keyboard.type("tag:#recipe rye");
		await settled();
		await journey.page.getByRole("button", { name: "Save this search" }).click();
		await journey.page.getByLabel("Name of this search").fill("Bread");
		await journey.page.keyboard.press("Enter");
		await journey.page.getByRole("button", { name: /Saved as “Bread”/ }).waitFor();
		await journey.page.keyboard.press("Escape");
		await journey.command("search");
		await journey.page.getByRole("group", { name: "Saved" }).getByRole("option", { name: /Bread/ }).waitFor();
		await journey.page.getByRole("group", { name: "Recent" }).getByRole("option", { name: "challah" }).waitFor();
		await journey.show("search-before", ".modal");
		await journey.page.keyboard.press("ArrowDown");
		await journey.page.keyboard.press("Enter");
		expect(await box().inputValue()).toBe("tag:#recipe rye");
		await settled();
		await box().fill("");
		await journey.page.getByRole("button", { name: "-word" }).click();
		expect(await box().inputValue()).toBe("-word");
	});

	it("says what to try when nothing is found", async () => {
		await journey.command("search");
		await journey.page.locator(".modal .dropdown").selectOption("keyword");
		await box().fill("zzzqqqxyzzy");
		await journey.page.locator(".vl-empty").waitFor();
		await journey.show("search-nothing", ".modal");
	});

	it("stays in the sidebar, with the cheat sheet and the searches of before", async () => {
		await journey.command("search-panel");
		const panel = journey.page.locator(".mod-right-split .vl-search");
		await panel.waitFor();
		await journey.show("search-panel-empty", ".mod-right-split .vl-panel");
		// Whoever asks for it wants to type.
		await journey.page.keyboard.type("tag:#recipe");
		await panel.locator(".vl-hit").first().waitFor();
		await journey.show("search-panel", ".mod-right-split .vl-panel");
		await panel.locator(".vl-hit").first().click();
		await expect.poll(() => journey.activeNote()).toMatch(/\.md$/);
		expect(await panel.locator(".vl-hit").count()).toBeGreaterThan(0);
	});
});
