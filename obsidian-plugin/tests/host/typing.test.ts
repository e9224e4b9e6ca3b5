import { mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { ARTIFACTS, Journey, findChromium } from "./journey";
import { seeded, writeVault } from "./notes";
import { type Spread, measure, spread } from "./stopwatch";

const NOTES = 10_000;
/** Of somebody who types fast. */
const BETWEEN_KEYS_MS = 110;
const FRAME_MS = 17;
/** Nothing is asserted of the speed but that it is no accident of minutes; the numbers are written down. */
const SANE_MS = 1500;

describe.skipIf(!findChromium())("typing in a vault of 10,000 notes", () => {
	let journey: Journey;
	let words: string[];
	/** From a key to its picture in the editor, without the plugin. */
	let alone: Spread;
	const measured: Record<string, unknown> = { notes: NOTES, cpus: os.cpus().length, betweenKeys_ms: BETWEEN_KEYS_MS };

	beforeAll(async () => {
		journey = await Journey.open({
			vault: (folder) => {
				words = writeVault(folder, NOTES);
			},
		});
		await journey.openNote(await journey.page.evaluate(() => window.app.vault.getMarkdownFiles()[0]?.path ?? ""));
		alone = spread((await typing("before there was a plugin in this window ")).keys);
		measured["editorWithoutPlugin"] = { keyToPicture: alone };
		measured["onload_ms"] = await journey.enable();
	});

	/** Type into the note that is open. */
	function typing(text: string): ReturnType<typeof measure> {
		return measure(journey.page, ".cm-content", () => journey.page.keyboard.type(text, { delay: BETWEEN_KEYS_MS }));
	}

	afterAll(async () => {
		await journey.close();
		mkdirSync(ARTIFACTS, { recursive: true });
		writeFileSync(path.join(ARTIFACTS, "typing.json"), `${JSON.stringify(measured, null, "\t")}\n`);
	});

	it("is not held up in the editor while the vault is read", async () => {
		await journey.allow();
		await journey.openNote(await journey.page.evaluate(() => window.app.vault.getMarkdownFiles()[0]?.path ?? ""));
		const before = await journey.status();
		const { keys, frames, long } = await typing("and so it went on while all the notes were read ");
		measured["editorWhileReading"] = {
			librarian: [before, await journey.status()],
			keyToPicture: spread(keys),
			frames: spread(frames),
			longTasks: spread(long),
		};
		expect(await journey.text()).toContain("and so it went on while all the notes were read ");
		// Of whatever machine this is, busy or not: hardly later than without the plugin.
		expect(spread(keys).p50_ms).toBeLessThan(alone.p50_ms * 2 + FRAME_MS);
		expect(spread(keys).p95_ms).toBeLessThan(alone.p95_ms * 2 + 3 * FRAME_MS);
	});

	it("shows results soon after each key", async () => {
		await journey.untilStatus("Librarian ready", 90_000);
		await journey.command("search");
		const random = seeded(7);
		const queries = Array.from({ length: 8 }, () => [0, 1].map(() => words[Math.floor(words.length * random() ** 2)] ?? "").join(" "));
		const { keys, frames, answers, long } = await measure(
			journey.page,
			// What is there belongs to what stands in the box, be it that nothing was found.
			".modal :is(.vl-hits:not(.is-behind) .vl-hit, .vl-empty)",
			async () => {
				for (const query of queries) {
					await journey.page.locator(".modal input").fill("");
					await journey.page.keyboard.type(query, { delay: BETWEEN_KEYS_MS });
				}
			},
		);
		measured["search"] = {
			loadOfMachine: os.loadavg()[0],
			keyToResults: spread(keys),
			askToAnswer: spread(answers.map((answer) => answer.heard_ms)),
			inTheSidecar: spread(answers.map((answer) => answer.took_ms)),
			frames: spread(frames),
			longTasks: spread(long),
		};
		const marked = await journey.page.locator(".vl-hit mark").first().textContent();
		expect(queries.at(-1)?.split(" ")).toContain(marked?.toLowerCase());
		expect(keys.length).toBeGreaterThan(queries.join("").length * 0.9);
		expect(spread(keys).p95_ms).toBeLessThan(SANE_MS);
	});
});
