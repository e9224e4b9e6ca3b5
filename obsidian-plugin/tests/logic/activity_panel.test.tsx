import { afterEach, expect, test } from "vitest";

import type { Applied, JournalledChange } from "../../src/protocol";
import { CallFailed } from "../../src/rpc";
import { ActivityPanel } from "../../src/ui/activity/ActivityPanel";
import { ago } from "../../src/ui/activity/when";
import { whatOf } from "../../src/ui/activity/wording";
import { FakeHost } from "../fake_host";
import { PLANS, ready } from "./duplicates_recorded";
import { type Page, show } from "./panel_page";

const NOW = Date.parse("2026-05-04T12:00:00Z");
const MERGED = "Merged “A/Rye” into “B/Rye”";

let page: Page;
afterEach(() => page.close());

function change(changeId: string, about: Partial<JournalledChange> = {}): JournalledChange {
	return {
		changeId,
		actor: "duplicates",
		reason: 'merge "A/Rye.md" into "B/Rye.md"',
		undoes: null,
		madeAt: "2026-05-04T11:55:00Z",
		state: "done",
		notes: [
			{ kind: "rewrite", path: "B/Rye.md", to: null, before: "1", after: "2" },
			{ kind: "trash", path: "A/Rye.md", to: null, before: "3", after: null },
		],
		more: 0,
		...about,
	};
}

function applied(about: Partial<Applied> = {}): Applied {
	return { changeId: "back", applied: ["A/Rye.md", "B/Rye.md"], conflicts: [], offer: null, ...about };
}

async function shown(changes: JournalledChange[]): Promise<FakeHost> {
	const host = ready(new FakeHost());
	host.on("edits.list", ({ limit }) => ({ changes: changes.slice(0, limit) })).on("edits.undo", () => applied());
	page = await show(<ActivityPanel host={host} now={() => NOW} />);
	return host;
}

test("a change is told by what it did, when, by whom, and how it stands", async () => {
	await shown([change("c1")]);
	expect(page.text()).toContain(MERGED);
	expect(page.text()).toContain("Done · 5 minutes ago · Duplicates");
	const time = page.element.querySelector("time");
	expect(time?.dateTime).toBe("2026-05-04T11:55:00Z");
	expect(time?.title).toContain("Monday, May 4, 2026");
});

test("its notes are shown on demand; what was trashed cannot be opened", async () => {
	const host = await shown([change("c1", { more: 40 })]);
	expect(page.text()).not.toContain("Trashed");
	await page.press(`42 files: ${MERGED}`);
	expect(page.all(".vl-change-notes li").map((each) => each.textContent)).toEqual(["Changed B/Rye", "Trashed A/Rye"]);
	expect(page.text()).toContain("and 40 more files");
	await page.press("B/Rye");
	expect(host.did("openNote")).toMatchObject([{ path: "B/Rye.md", where: "here" }]);
	expect(page.has("A/Rye")).toBe(false);
});

test("only what is done can be undone, and the other states say what they mean", async () => {
	await shown([
		change("c1", { state: "undone" }),
		change("c2", { state: "unfinished" }),
		change("c3", { state: "conflicted" }),
		change("c4", { reason: 'undo: trash "A.md", keep "B.md"', undoes: "c0" }),
	]);
	expect(page.text()).toContain("Taken back · ");
	expect(page.text()).toContain("Not finished · ");
	expect(page.text()).toContain("The librarian settles it with the next change");
	expect(page.text()).toContain("Given up · ");
	expect(page.text()).toContain("Notes were changed by somebody else meanwhile.");
	expect(page.has(/^Undo/)).toBe(false);
	expect(page.has("Do it again: Taken back: trash “A”, keep “B”")).toBe(true);
});

test("a change is taken back, that is told, and the list is asked for anew", async () => {
	const changes = [change("c1")];
	const host = await shown(changes);
	const back = change("back", { reason: 'undo: merge "A/Rye.md" into "B/Rye.md"', undoes: "c1" });
	changes.splice(0, 1, back, change("c1", { state: "undone" }));
	await page.press(`Undo: ${MERGED}`);
	expect(host.did("edits.undo")).toEqual([{ changeId: "c1" }]);
	expect(page.element.querySelector("[role=status]")?.textContent).toBe("Taken back: 2 notes.");
	expect(page.text()).toContain("Taken back: merge “A/Rye” into “B/Rye”");
	expect(document.activeElement?.textContent).toBe("Taken back: 2 notes.");
});

test("taking back many notes asks first", async () => {
	const host = await shown([change("c1")]);
	host.isConfirming = false;
	host.on("edits.undo", () => {
		throw new CallFailed(-32072, "many", { notes: 25, confirmation: "t" });
	});
	await page.press(`Undo: ${MERGED}`);
	expect(host.did("confirm")).toMatchObject([{ title: "Take back changes to 25 notes?" }]);
	expect(host.did("edits.undo")).toHaveLength(1);
	expect(page.control(`Undo: ${MERGED}`).hasAttribute("disabled")).toBe(false);
});

test("notes that were changed since are told, and the rest of them is offered", async () => {
	const host = await shown([change("c1")]);
	const conflict = { path: "B/Rye.md", reason: "changed" as const, read: null, ours: null, found: null };
	const offer = { ...PLANS.merge, planId: "rest", preview: PLANS.merge.preview.slice(0, 1), confirmation: null };
	host.on("edits.undo", () => applied({ applied: ["A/Rye.md"], conflicts: [conflict], offer }));
	host.on("edits.apply", () => applied());
	await page.press(`Undo: ${MERGED}`);
	expect(page.text()).toContain("Taken back: 1 note. 1 note could not be.");
	expect(page.text()).toContain("“B/Rye” was changed since, and is left as it is.");
	await page.press("Take this back in 1 note");
	expect(host.did("edits.apply")).toEqual([{ planId: "rest" }]);
	expect(page.text()).toContain("Taken back what was left in 1 note.");
});

test("an offer that meets another change tells it, and one that fails says why", async () => {
	const host = await shown([change("c1")]);
	const conflict = { path: "B/Rye.md", reason: "changed" as const, read: null, ours: null, found: null };
	const offer = { ...PLANS.merge, confirmation: null };
	host.on("edits.undo", () => applied({ changeId: null, applied: [], conflicts: [conflict], offer }));
	await page.press(`Undo: ${MERGED}`);
	expect(page.text()).toContain("Nothing was taken back.");
	host.on("edits.apply", () => {
		throw new CallFailed(-32071, "no plan");
	});
	await page.press("Take this back in 6 notes");
	expect(page.text()).toContain("This preview is too old by now.");
	expect(page.has("Take this back in 6 notes")).toBe(false);
	await page.press("Leave it");
	host.on("edits.apply", () => applied({ changeId: null, applied: [], conflicts: [conflict] }));
	await page.press(`Undo: ${MERGED}`);
	await page.press("Take this back in 6 notes");
	expect(page.element.querySelector("[role=alert]")?.textContent).toContain("Nothing was changed.");
	expect(page.has("Take this back in 6 notes")).toBe(false);
	await page.press("Leave it");
	expect(page.element.querySelector(".vl-outcome")).toBeNull();
});

test("an undo that fails is told in words", async () => {
	const host = await shown([change("c1")]);
	host.on("edits.undo", () => {
		throw new CallFailed(-32073, "The journal has no change 'c1'.");
	});
	await page.press(`Undo: ${MERGED}`);
	expect(page.element.querySelector("[role=status]")?.textContent).toContain("too old to be taken back");
});

test("the list follows what is indexed anew", async () => {
	const changes = [change("c1")];
	const host = await shown(changes);
	changes.unshift(change("c2", { reason: "tidy tags" }));
	host.generation.set(1);
	await page.settle();
	expect(page.text()).toContain("Tidy tags");
	expect(host.did("edits.list")).toHaveLength(2);
});

test("older changes are shown when they are wanted", async () => {
	const host = await shown(Array.from({ length: 30 }, (_, place) => change(`c${place}`)));
	expect(page.all(".vl-change")).toHaveLength(20);
	await page.press("Show more");
	expect(page.all(".vl-change")).toHaveLength(30);
	expect(page.has("Show more")).toBe(false);
	expect(host.did("edits.list")).toEqual([{ limit: 20 }, { limit: 60 }]);
});

test("a list without changes says what will stand there", async () => {
	await shown([]);
	expect(page.text()).toContain("Nothing was changed yet");
});

test("a list that cannot be had is tried again", async () => {
	const host = ready(new FakeHost());
	host.on("edits.list", () => {
		throw new CallFailed(-32030, "The journal cannot be read.");
	});
	page = await show(<ActivityPanel host={host} />);
	expect(page.text()).toContain("The journal cannot be read.");
	host.on("edits.list", () => ({ changes: [change("c1")] }));
	await page.press("Try again");
	expect(page.text()).toContain(MERGED);
});

test("nothing is asked before the librarian is ready", async () => {
	const host = new FakeHost();
	page = await show(<ActivityPanel host={host} />);
	expect(page.text()).toContain("The librarian is starting");
	expect(host.history).toEqual([]);
});

test("what was done is said as done, and taking back as often as it was", () => {
	const what = (reason: string) => whatOf(change("c", { reason }));
	expect(what('merge "A.md" into "B.md", leaving stubs')).toBe("Merged “A” into “B”, leaving stubs");
	expect(what('trash "A.png" and 3 more, keep "B.png"')).toBe("Trashed “A.png” and 3 more, kept “B.png”");
	expect(what('undo: undo: merge "A.md" into "B.md"')).toBe("Done again: merge “A” into “B”");
	expect(what('undo what is left: merge "A.md" into "B.md"')).toBe("Taken back in part: merge “A” into “B”");
});

test("how long ago something was is said as people say it", () => {
	const at = (iso: string) => ago(iso, NOW);
	expect(at("2026-05-04T11:59:30Z")).toBe("just now");
	expect(at("2026-05-04T12:00:30Z")).toBe("just now");
	expect(at("2026-05-04T10:00:00Z")).toBe("2 hours ago");
	expect(at("2026-05-03T10:00:00Z")).toBe("yesterday");
	expect(at("2026-04-24T10:00:00Z")).toBe("10 days ago");
});
