import { mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { ARTIFACTS, findChromium, Journey } from "./journey";
import { Provider } from "./provider";
import { type Spread, measure, spread } from "./stopwatch";

const NOTE = "Long.md";
const LINES = 2000;
const DELTAS = 3000;
const ESCAPES = 20;
/** Nothing is asserted of the speed but that it is no accident of minutes; the numbers are written down. */
const SANE_MS = 1500;

describe.skipIf(!findChromium())("a long draft in a note of 2,000 lines", () => {
	let journey: Journey;
	let provider: Provider;
	const measured: Record<string, Spread | number | undefined> = { deltas: DELTAS, noteLines: LINES, cpus: os.cpus().length };

	beforeAll(async () => {
		provider = await Provider.open();
		journey = await Journey.open({
			vault: (folder) => {
				mkdirSync(path.join(folder, ".obsidian"), { recursive: true });
				const lines = Array.from({ length: LINES }, (_, line) => `${line}: ${"words of a long note ".repeat(line % 9)}`);
				writeFileSync(path.join(folder, NOTE), lines.join("\n"));
			},
		});
		provider.chooseIn(journey);
		await journey.begin();
		await journey.openNote(NOTE);
		// Early in the note: of lines further down the editor knows no height before they were seen.
		await journey.select((await journey.text()).indexOf("\n10:"));
	});

	afterAll(async () => {
		await journey?.close();
		await provider?.close();
		mkdirSync(ARTIFACTS, { recursive: true });
		writeFileSync(path.join(ARTIFACTS, "streaming.json"), `${JSON.stringify(measured, null, "\t")}\n`);
	});

	it("is written once a frame at most, into the same element, and moves nothing above it", async () => {
		provider.piece_ms = 1;
		const pieces = Array.from({ length: DELTAS - 2 }, (_, place) => (place % 60 === 59 ? "end.\n\n" : "and "));
		provider.says(["Begun ", ...pieces, "Ended."]);
		await look();
		const { frames, long } = await measure(journey.page, ".vl-draft-here", async () => {
			await journey.command("continue");
			await journey.notice("Text inserted").waitFor({ timeout: 60_000 });
		});
		const seen = await journey.page.evaluate(() => (window as unknown as { endLooking(): Seen }).endLooking());
		measured["frames"] = spread(frames);
		measured["longTasks"] = spread(long);
		measured["loadOfMachine"] = os.loadavg()[0];
		expect(await journey.text()).toContain(`Begun ${pieces.join("")}Ended.\n10:`);
		expect(seen.writes).toBeGreaterThan(5);
		expect(seen.writes).toBeLessThanOrEqual(seen.frames);
		expect([seen.elements, seen.shift_px, seen.wrong]).toEqual([1, 0, []]);
		// Its paragraphs are of 242 letters: what is laid out anew is no longer, however long the whole is.
		expect(seen.longest).toBeLessThanOrEqual(242);
		// Its end was followed as it grew.
		expect(seen.hidden).toBeLessThanOrEqual(1);
		expect(spread(frames).p95_ms).toBeLessThan(SANE_MS);
	});

	it("is ended by Escape soon, with the provider's request", async () => {
		const took: number[] = [];
		provider.silentAfter = 3;
		for (let round = 0; round < ESCAPES; round += 1) {
			provider.says(["One ", "two ", "three ", "four"]);
			await journey.command("continue");
			await journey.page.locator(".vl-draft-here").getByText("One two").waitFor();
			const pressed = Date.now();
			await journey.page.keyboard.press("Escape");
			await expect.poll(() => provider.aborted_at.length, { interval: 5, timeout: SANE_MS }).toBe(round + 1);
			took.push((provider.aborted_at[round] ?? Infinity) - pressed);
			await journey.page.locator(".vl-draft-here").waitFor({ state: "detached" });
		}
		measured["escapeToAborted"] = spread(took);
	});

	/** From the first frame on in which there is a draft. */
	interface Seen {
		frames: number;
		/** Changes of the page that wrote into the draft. */
		writes: number;
		/** The longest piece of text that was written on, in letters before that. */
		longest: number;
		elements: number;
		/** How far the line before it moved, in the height of the note. */
		shift_px: number;
		/** Frames with neither draft nor text, or both. */
		wrong: string[];
		/** Frames in which the draft's end was below what can be seen. */
		hidden: number;
	}

	async function look(): Promise<void> {
		await journey.page.evaluate(() => {
			const { cm } = window.app.workspace.activeEditor?.editor as unknown as { cm: Editing };
			const at = cm.state.doc.toString().indexOf("\n10:") - 1;
			const elements = new Set<Element>();
			const seen = { frames: 0, writes: 0, longest: 0, shift_px: 0, wrong: [] as string[], hidden: 0 };
			const top = cm.lineBlockAt(at).top;
			let isOver = false;
			const observer = new MutationObserver((records) => {
				const within = records.filter(({ target }) => target.parentElement?.closest(".vl-draft-text"));
				if (within.length > 0) seen.writes += 1;
				seen.longest = Math.max(seen.longest, ...within.map(({ oldValue }) => oldValue?.length ?? 0));
			});
			observer.observe(document.body, { subtree: true, characterDataOldValue: true, childList: true });
			const frame = () => {
				const draft = document.querySelector(".vl-draft-here");
				if (draft) elements.add(draft);
				if (elements.size > 0) {
					seen.frames += 1;
					seen.shift_px = Math.max(seen.shift_px, Math.abs(cm.lineBlockAt(at).top - top));
					const isThere = cm.state.doc.toString().includes("Begun ");
					if ((draft !== null) === isThere) seen.wrong.push(isThere ? "both" : "neither");
					const end = draft?.querySelector(".vl-draft-text")?.getBoundingClientRect().bottom ?? 0;
					if (end > cm.scrollDOM.getBoundingClientRect().bottom) seen.hidden += 1;
				}
				if (!isOver) requestAnimationFrame(frame);
			};
			requestAnimationFrame(frame);
			const end = () => {
				isOver = true;
				observer.disconnect();
				return { ...seen, elements: elements.size };
			};
			Object.assign(window, { endLooking: end });
		});
	}
});

interface Editing {
	state: { doc: { toString(): string } };
	lineBlockAt(at: number): { top: number };
	scrollDOM: HTMLElement;
}
