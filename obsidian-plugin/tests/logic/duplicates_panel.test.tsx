import { afterEach, expect, test } from "vitest";

import type { DuplicateAnswer, Plan } from "../../src/protocol";
import { DuplicatesPanel } from "../../src/ui/duplicates/DuplicatesPanel";
import type { Kind } from "../../src/ui/duplicates/wording";
import { FakeHost } from "../fake_host";
import recorded from "./fixtures/duplicates.json";
import { type Page, show } from "./panel_page";

const SCANS = recorded.scans as unknown as Record<Kind, DuplicateAnswer>;
const PLANS = recorded.plans as unknown as Record<"merge" | "stub" | "trash", Plan>;
const RYE = "Rye Sourdough (revised) and Rye Sourdough";

let page: Page | null = null;
afterEach(() => {
	page?.close();
	page = null;
});

function readyHost(): FakeHost {
	const host = new FakeHost()
		.on("duplicates.scan", ({ kinds }) => SCANS[kinds?.[0] ?? "near"])
		.on("duplicates.plan", ({ action }) => PLANS[action])
		.on("edits.apply", () => ({ changeId: "c1", applied: ["Recipes/Rye Sourdough.md"], conflicts: [], offer: null }))
		.on("duplicates.compare", () => recorded.compare as never);
	host.state.value = { kind: "ready", status: null as never };
	return host;
}

test("a group is looked for, opened, planned, and made one note", async () => {
	const host = readyHost();
	page = await show(<DuplicatesPanel host={host} />);
	expect(page.all("h3").map((each) => each.textContent)).toContain("Nearly the same 3");
	await page.press(new RegExp(`^${RYE.replaceAll(/[()]/g, "\\$&")}`));
	await page.press("Merge");
	expect(host.did("duplicates.plan")).toEqual([
		{ groupId: "6e44f7fa642e48dc637f158a", keeper: "Recipes/Rye Sourdough (revised).md", action: "merge" },
	]);
	expect(host.did("edits.apply")).toEqual([]);
	await page.press("Change 6 notes");
	expect(host.did("edits.apply")).toEqual([{ planId: PLANS.merge.planId }]);
	expect(page.text()).toContain("Merged 1 note into “Rye Sourdough (revised)”.");
});
