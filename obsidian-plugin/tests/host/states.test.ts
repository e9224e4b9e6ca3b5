import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import { Journey, findChromium } from "./journey";

/** Commands that open panels, with the names of these. */
const PANELS = {
	"search-panel": "search",
	related: "related",
	duplicates: "duplicates",
	activity: "activity",
	ask: "ask",
	summaries: "summaries",
	status: "status",
	welcome: "welcome",
};
const viewOf = (panel: string) => `[data-type="vault-librarian-${panel}"] .view-content`;

/** A command that takes the sidecar's place, in a folder of its own. */
function command(folder: string, script: string): string {
	const file = path.join(folder, "librarian");
	writeFileSync(file, `#!/bin/sh\n${script}\n`);
	chmodSync(file, 0o755);
	return file;
}

describe.skipIf(!findChromium())("panels while the librarian does not answer", () => {
	let journey: Journey;
	let folder: string | null = null;

	afterEach(async (context) => {
		await journey.after(context);
		await journey.close();
		if (folder !== null) rmSync(folder, { recursive: true });
		folder = null;
		expect(journey.errors).toEqual([]);
	});

	/** A window with a command that is no librarian, which the person allowed to be started. */
	async function openedWith(script: string): Promise<void> {
		folder = mkdtempSync(path.join(os.tmpdir(), "librarian-states-"));
		journey = await Journey.open({ sidecar: command(folder, script) });
		await journey.page.evaluate(() => window.app.saveLocalStorage("vault-librarian:allowed", true));
		await journey.enable();
	}

	async function eachShows(state: string, says: RegExp): Promise<void> {
		await journey.openNote("Home.md");
		for (const [id, panel] of Object.entries(PANELS)) {
			await journey.command(id);
			await journey.page.locator(viewOf(panel)).getByText(says).first().waitFor();
			await journey.show(`${panel}-${state}`, viewOf(panel));
		}
	}

	it("say that it is not installed, and lead to how it is", async () => {
		journey = await Journey.open({ hasSidecar: false });
		await journey.enable();
		await journey.untilStatus("Librarian missing");
		await eachShows("missing", /not installed|Install the librarian/);
		await journey.command("related");
		await journey.page.locator(".vl-related").getByRole("button", { name: "Show how to install it" }).click();
		await journey.page.locator(".vl-welcome").getByText("uv tool install").waitFor();
	});

	it("say that it starts", async () => {
		await openedWith("exec sleep 600");
		await journey.untilStatus("Librarian starting");
		await eachShows("starting", /librarian is starting/);
	});

	it("say what is wrong, and lead to what can be done", async () => {
		await openedWith("echo 'usage: librarian [add|lend]' >&2; exit 2");
		await journey.untilStatus("Librarian failed");
		await eachShows("failed", /another command named “librarian”/);
		await journey.command("search-panel");
		await journey.page.locator(".vl-search").getByRole("button", { name: "Show what is wrong" }).click();
		await journey.page.locator(".vl-status .vl-errors pre", { hasText: "add|lend" }).waitFor();
	});

	it("say that it is interrupted, and comes back", async () => {
		await openedWith("echo again >> \"$HOME/starts\"; echo 'the disk is loose' >&2; exit 1");
		const starts = () => readFileSync(path.join(journey.env["HOME"] ?? "", "starts"), "utf8").split("\n").length - 1;
		// The third time it waits long enough to be looked at.
		await expect.poll(starts, { timeout: 15_000 }).toBe(3);
		await journey.untilStatus("Librarian interrupted");
		await journey.openNote("Home.md");
		for (const [id, panel] of Object.entries(PANELS).slice(0, 4)) {
			await journey.command(id);
			await journey.show(`${panel}-interrupted`, viewOf(panel));
			expect(await journey.page.locator(viewOf(panel)).textContent()).toContain("the disk is loose. It is being started again");
		}
	});
});

const LONG = "A note with a name that somebody made out of the whole first sentence of a paper, and never shortened since then";
const UNBROKEN = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(2);
const TEXT = "The reed bunting nests in the sedge where the ditch meets the old dike, and sings from the tallest stalk at dawn. ".repeat(4);
const HEBREW = "ציפור השיר מקננת בסבך הקנים ליד התעלה הישנה, ושרה בבוקר מן הקנה הגבוה ביותר שעל שפת המים. ".repeat(6);
const ARABIC = "يعشش الطائر المغرد بين القصب قرب القناة القديمة ويغني عند الفجر من أعلى ساق على حافة الماء. ".repeat(6);
const NAMES: Readonly<Record<string, string>> = {
	[`Birds/${LONG}.md`]: TEXT,
	[`Birds/${UNBROKEN}.md`]: TEXT,
	"ציפורים/ציפור השיר של התעלה.md": HEBREW,
	"ציפורים/ציפור השיר של התעלה (עותק ישן).md": HEBREW,
	"طيور/الطائر المغرد 👩‍🚀.md": ARABIC,
	"طيور/الطائر المغرد (نسخة).md": ARABIC,
	"Attic/An old list of everything that was ever in the attic.md": "Boxes.\n",
	".obsidian/app.json": JSON.stringify({ userIgnoreFilters: ["Attic/"] }),
};
const NARROW_PX = 210;

describe.skipIf(!findChromium())("names that are long, or run from right to left, in a narrow sidebar", () => {
	let journey: Journey;

	afterEach(async (context) => {
		await journey.after(context);
		await journey.close();
		expect(journey.errors).toEqual([]);
	});

	it("stay within every panel", async () => {
		journey = await Journey.ready({
			vault: (vault) => {
				for (const [name, text] of Object.entries(NAMES)) {
					mkdirSync(path.dirname(path.join(vault, name)), { recursive: true });
					writeFileSync(path.join(vault, name), text);
				}
			},
		});
		await journey.openNote(`Birds/${UNBROKEN}.md`);
		await journey.command("related");
		await journey.page.evaluate((width) => {
			document.querySelector<HTMLElement>(".mod-right-split")?.style.setProperty("width", `${width}px`);
		}, NARROW_PX);
		await journey.page.locator(".vl-related .vl-place").first().waitFor();
		await journey.show("related-narrow", viewOf("related"));

		await journey.command("search-panel");
		await journey.page.keyboard.type("bunting");
		await journey.page.locator(".vl-search .vl-hit").first().waitFor();
		await journey.show("search-narrow", viewOf("search"));
		await journey.page.getByRole("combobox", { name: "Search your notes" }).fill("ציפור השיר");
		await journey.page.locator(".vl-search .vl-hit mark", { hasText: "ציפור" }).first().waitFor();
		await journey.show("search-right-to-left", viewOf("search"));

		await journey.page.evaluate(async () => {
			const leaf = window.app.workspace.getRightLeaf(false);
			await leaf?.setViewState({ type: "vault-librarian-duplicates" });
			if (leaf) await window.app.workspace.revealLeaf(leaf);
		});
		const duplicates = journey.page.locator(".mod-right-split .vl-duplicates");
		const group = duplicates.locator("[data-group]", { hasText: "Donaudampf" });
		await group.getByRole("button").first().click();
		await group.getByRole("button", { name: "Merge" }).click();
		await group.getByRole("region", { name: "Preview" }).waitFor();
		await journey.show("duplicates-long-names", viewOf("duplicates"));
		await group.getByRole("button", { name: /^Change \d+ / }).click();
		// Two notes are more than a tenth of this vault.
		await journey.page.locator(".modal").getByRole("button", { name: "Change 2 notes" }).click();
		await group.waitFor({ state: "detached" });

		await journey.command("activity");
		await journey.page.locator(".vl-change").first().waitFor();
		await journey.show("activity-narrow", viewOf("activity"));

		await journey.command("status");
		await journey.page.getByText("1 file left out").click();
		await journey.page.locator(".vl-left-out", { hasText: "everything that was ever" }).waitFor();
		await journey.show("status-narrow", viewOf("status"));
	});
});
