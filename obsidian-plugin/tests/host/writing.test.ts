import { readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { atDesk } from "./desk";
import { type Journey, findChromium } from "./journey";
import type { Provider } from "./provider";

const NOTE = "Ecology/Redshank.md";

describe.skipIf(!findChromium())("writing with a model", () => {
	let journey: Journey;
	let provider: Provider;

	atDesk((window, writer) => ([journey, provider] = [window, writer]));

	function onDisk(): string {
		return readFileSync(path.join(journey.vault, NOTE), "utf8");
	}

	it("goes on at the cursor, journalled, and is taken back in one", async () => {
		await journey.openNote(NOTE);
		const before = await journey.text();
		await journey.select(before.length);
		provider.says(["It ", "nests ", "in ", "tussocks ", "of ", "rushes."]);
		await journey.command("continue");
		await journey.notice("Text inserted").waitFor();
		expect(await journey.text()).toBe(`${before}It nests in tussocks of rushes.`);
		expect(onDisk()).toBe(await journey.text());
		await journey.command("undo");
		await journey.notice(/continue the note.*Taken back/i).waitFor();
		expect([await journey.text(), onDisk()]).toEqual([before, before]);
	});

	it("rewrites what is selected, and shows the difference before it is put in", async () => {
		const before = await journey.text();
		const start = before.lastIndexOf("\n\n", before.length - 3) + 2;
		const passage = before.slice(start).trimEnd();
		await journey.select(start, start + passage.length);
		provider.says(["Said ", "more ", "shortly."]);
		await journey.command("rewrite");
		await journey.page.getByRole("button", { name: "Shorter" }).click();
		await journey.page.getByRole("button", { name: "Put it into the note" }).waitFor();
		expect(provider.prompts.at(-1)).toContain(passage.slice(0, 40));
		expect(await journey.text()).toBe(before);
		await journey.show("rewrite", ".modal");
		await journey.page.getByRole("button", { name: "Put it into the note" }).click();
		await journey.page.locator(".modal").waitFor({ state: "detached" });
		expect(await journey.text()).toBe(before.replace(passage, "Said more shortly."));
		expect(onDisk()).toBe(await journey.text());
		await journey.command("undo");
		await journey.notice(/rewrite.*Taken back/i).waitFor();
		expect(onDisk()).toBe(before);
	});

	it("writes something new at the cursor", async () => {
		const before = await journey.text();
		await journey.select(before.length);
		provider.says(["- Socks\n", "- Boots"]);
		await journey.command("write");
		await journey.page.getByLabel("What should be written?").fill("A packing list");
		await journey.page.keyboard.press("Enter");
		await journey.page.getByRole("button", { name: "Put it into the note" }).click();
		await journey.page.locator(".modal").waitFor({ state: "detached" });
		expect(onDisk()).toBe(`${before}- Socks\n- Boots`);
		await journey.command("undo");
		await expect.poll(() => onDisk()).toBe(before);
	});
});
