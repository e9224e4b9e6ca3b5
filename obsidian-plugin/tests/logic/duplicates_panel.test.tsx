import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Applied, DuplicateAnswer } from "../../src/protocol";
import { CallFailed, Disconnected } from "../../src/rpc";
import { DuplicatesPanel } from "../../src/ui/duplicates/DuplicatesPanel";
import { FakeHost } from "../fake_host";
import { COMPARED, KEPT, OTHER, PLANS, RYE, SCANS, answerOf, group, hostWith, nothing, ready } from "./duplicates_recorded";
import { type Page, later, show } from "./panel_page";

const RYE_HEAD = /^Rye Sourdough \(revised\) and Rye Sourdough/;

let page: Page;
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(async () => {
	await page.close();
	vi.useRealTimers();
});

async function shown(host: FakeHost): Promise<Page> {
	page = await show(<DuplicatesPanel host={host} />);
	return page;
}

/** The panel with the recipe's group open. */
async function opened(host = hostWith(SCANS)): Promise<{ host: FakeHost; page: Page }> {
	await shown(host);
	await page.press(RYE_HEAD);
	return { host, page };
}

function notices(host: FakeHost): { text: string; action?: { label: string; run: () => void } }[] {
	return host.did("notice") as never;
}

async function undo(host: FakeHost): Promise<void> {
	notices(host).at(-1)?.action?.run();
	await page.settle();
}

test("groups are listed by kind, with how many there are of each", async () => {
	await shown(hostWith(SCANS));
	const sections = ["The same text 2", "Nearly the same 3", "A passage in common 2", "The same in other words 1"];
	expect(page.all("h3").map((each) => each.textContent).slice(0, 4)).toEqual(sections);
	expect(page.all("[data-group]")).toHaveLength(8);
	expect(page.has("All 8")).toBe(true);
	expect(page.text()).toContain("150 notes");
});

test("each kind is asked for by itself, with the threshold that was chosen in the settings", async () => {
	const host = hostWith(SCANS);
	await shown(host);
	const asked = (kind: string) => ({ kinds: [kind], threshold: 0.8, limit: 100 });
	expect(host.did("duplicates.scan")).toEqual(["identical", "near", "contained", "meaning"].map(asked));
});

test("one kind can be shown alone", async () => {
	await shown(hostWith(SCANS));
	await page.press("Nearly the same 3");
	expect(page.all("[data-group]")).toHaveLength(3);
	expect(page.control("Nearly the same 3").getAttribute("aria-pressed")).toBe("true");
	await page.press("All 8");
	expect(page.all("[data-group]")).toHaveLength(8);
});

test("a look tells how far it is", async () => {
	const slow = later<DuplicateAnswer>();
	const host = hostWith(SCANS).on("duplicates.scan", (_params, options) => {
		options.onProgress?.({ phase: "comparing", done: 30, total: 120 } as never);
		return slow.promise;
	});
	await shown(host);
	expect(page.text()).toContain("Comparing notes");
	expect(page.element.querySelector("progress")?.value).toBe(30);
	slow.answer(nothing("near"));
	await page.settle();
	expect(page.element.querySelector("progress")).toBeNull();
});

test("a look that is stopped keeps what was found until then, says what is missing, and can go on", async () => {
	const signals: (AbortSignal | undefined)[] = [];
	const host = hostWith(SCANS).on("duplicates.scan", ({ kinds }, options) => {
		if (kinds?.[0] !== "contained" || signals.length > 0) return SCANS[kinds?.[0] ?? "near"];
		signals.push(options.signal);
		return later<DuplicateAnswer>().promise;
	});
	await shown(host);
	await page.wait(450);
	await page.press("Stop");
	expect(signals[0]?.aborted).toBe(true);
	expect(page.all("[data-group]")).toHaveLength(5);
	expect(page.text()).toContain("Stopped. Not looked for to the end: a passage in common, the same in other words.");
	await page.press("Go on");
	expect(page.all("[data-group]")).toHaveLength(8);
	expect(page.text()).not.toContain("Stopped");
});

test("a look that fails is told, and tried again", async () => {
	let isBroken = true;
	const host = hostWith(SCANS).on("duplicates.scan", ({ kinds }) => {
		if (isBroken) throw new CallFailed(-32603, "Internal error", { incident: "k3" });
		return SCANS[kinds?.[0] ?? "near"];
	});
	await shown(host);
	expect(page.text()).toContain("incident k3");
	isBroken = false;
	await page.press("Try again");
	expect(page.all("[data-group]")).toHaveLength(8);
	expect(page.text()).not.toContain("incident");
});

test("another threshold asks only for what depends on it, and the list stays until the answer is there", async () => {
	const host = hostWith(SCANS);
	await shown(host);
	const slow = later<DuplicateAnswer>();
	host.on("duplicates.scan", ({ kinds }) => (kinds?.[0] === "near" ? slow.promise : SCANS.contained));
	const first = page.all("[data-group]")[0];
	await page.slide(0.7);
	await page.wait(200);
	expect(host.did("duplicates.scan").slice(4)).toEqual([{ kinds: ["near"], threshold: 0.7, limit: 100 }]);
	expect(page.all("[data-group]")).toHaveLength(8);
	slow.answer(answerOf("near", SCANS.near.groups.slice(0, 1)));
	await page.settle();
	expect(host.did("duplicates.scan").slice(5)).toEqual([{ kinds: ["contained"], threshold: 0.7, limit: 100 }]);
	expect(page.all("[data-group]")).toHaveLength(6);
	expect(page.all("[data-group]")[0]).toBe(first);
	expect(host.recall("duplicates.threshold")).toBe(0.7);
});

test("the threshold that was set last is there the next time", async () => {
	const host = hostWith(SCANS);
	host.remember("duplicates.threshold", 0.65);
	await shown(host);
	expect(host.did("duplicates.scan")[0]).toMatchObject({ threshold: 0.65 });
	expect(page.control("Nearly the same from").getAttribute("aria-valuetext")).toBe("65 %");
});

test("the threshold of the settings counts until another one is set here", async () => {
	const host = hostWith(SCANS);
	await shown(host);
	host.choices.set({ ...host.choices.get(), threshold: 0.4 });
	await page.wait(200);
	expect(host.did("duplicates.scan").at(-1)).toMatchObject({ kinds: ["contained"], threshold: 0.4 });
	expect((page.control("Nearly the same from") as HTMLInputElement).value).toBe("0.4");
	await page.slide(0.9);
	host.choices.set({ ...host.choices.get(), threshold: 0.6 });
	await page.wait(200);
	expect(host.did("duplicates.scan").at(-1)).toMatchObject({ threshold: 0.9 });
});

test("pairs close to the threshold are shown when they are asked for", async () => {
	const edges = [{ notes: ["A/One.md", "B/Two.md"], similarity: 0.738 }] as DuplicateAnswer["edges"];
	await shown(hostWith({ near: { ...nothing("near"), edges } }));
	expect(page.text()).not.toContain("One and Two");
	await page.press("Close to the limit: 1 pair");
	expect(page.text()).toContain("74 % One and Two · not listed");
	await page.press("Compare One with Two");
	expect(page.element.querySelector(".vl-difference")).not.toBeNull();
});

test("a kind that cannot be told yet is said", async () => {
	const meaning = nothing("meaning");
	const coverage = { ...meaning.coverage, embedded: 40, notReady: ["meaning" as const] };
	await shown(hostWith({ ...SCANS, meaning: { ...meaning, coverage } }));
	expect(page.text()).toContain("Not told yet: what says the same in other words.");
	expect(page.text()).toContain("so far 40 of 150 are");
});

test("nothing found says what finds more", async () => {
	await shown(hostWith({}));
	expect(page.text()).toContain("No duplicates found");
	expect(page.text()).toContain("A lower limit finds more.");
});

test("only the active note's duplicates follow the active note", async () => {
	const host = hostWith(SCANS).on("duplicates.ofNote", () => ({ ...SCANS.near, groups: [RYE], total: 1 }));
	await shown(host);
	await page.press("Only the active note");
	expect(page.text()).toContain("No note is open");
	expect(page.all("[data-group]")).toHaveLength(0);
	host.activeNote.set(OTHER);
	await page.settle();
	expect(page.all("[data-group]")).toHaveLength(1);
	host.activeNote.set(KEPT);
	await page.settle();
	expect(host.did("duplicates.ofNote")).toEqual([OTHER, KEPT].map((path) => ({ path, threshold: 0.8 })));
	await page.press("Only the active note");
	expect(page.all("[data-group]")).toHaveLength(8);
});

test("an answer about a note that is no longer active is dropped", async () => {
	const slow = later<DuplicateAnswer>();
	const host = hostWith({}).on("duplicates.ofNote", ({ path }) =>
		path === OTHER ? slow.promise : { ...SCANS.near, groups: [group("new", ["A.md", "B.md"])], total: 1 },
	);
	host.remember("duplicates.only-active-note", true);
	host.activeNote.set(OTHER);
	await shown(host);
	host.activeNote.set("A.md");
	await page.settle();
	slow.answer({ ...SCANS.near, groups: [RYE], total: 1 });
	await page.settle();
	expect(page.all("[data-group]").map((each) => each.dataset["group"])).toEqual(["new"]);
});

test("of very many groups a hundred are shown, and more when they are wanted", async () => {
	const many = Array.from({ length: 150 }, (_, place) => group(`g${place}`, [`${place}.md`, `${place} copy.md`]));
	const host = hostWith({}).on("duplicates.scan", ({ kinds, limit }) => {
		const kind = kinds?.[0] ?? "near";
		return kind === "identical" ? answerOf(kind, many.slice(0, limit ?? 1000), many.length) : nothing(kind);
	});
	await shown(host);
	expect(page.all("[data-group]")).toHaveLength(100);
	expect(page.text()).toContain("100 of 150 groups shown");
	await page.press("Show 50 more");
	expect(page.all("[data-group]")).toHaveLength(150);
});

test("a group tells what is known of its notes, and why which one is suggested", async () => {
	await opened();
	const [kept, other] = page.all(".vl-member").map((each) => each.textContent);
	expect(kept).toContain("218 words · 5 links to it");
	expect(kept).toContain("Suggested to keep: most linked (5)");
	expect(other).toContain("61 % the same · 198 words · 4 links to it · made Oct 8, 2022");
});

test("a note of a group is opened where the keys say", async () => {
	const { host } = await opened();
	page.control("Rye Sourdough").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: true }));
	expect(host.did("openNote")).toEqual([{ path: OTHER, where: "tab", line: undefined }]);
});

test("a merge is previewed, done, told, and can be undone from the notice", async () => {
	const { host } = await opened();
	await page.press("Merge");
	expect(host.did("duplicates.plan")).toEqual([{ groupId: RYE.id, keeper: KEPT, action: "merge" }]);
	expect(page.text()).toContain("Nothing is changed yet.");
	expect(page.text()).toContain("links in 4 notes lead to “Rye Sourdough (revised)” then");
	expect(host.did("edits.apply")).toEqual([]);
	host.on("duplicates.scan", ({ kinds }) => (kinds?.[0] === "near" ? answerOf("near", SCANS.near.groups.slice(0, 2)) : SCANS.identical));
	await page.press("Change 6 notes");
	expect(host.did("edits.apply")).toEqual([{ planId: PLANS.merge.planId }]);
	expect(host.did("confirm")).toEqual([]);
	expect(page.has(RYE_HEAD)).toBe(false);
	expect(page.element.querySelector("[role=status]")?.textContent).toBe("Merged 1 note into “Rye Sourdough (revised)”.");
	host.on("edits.undo", () => ({ changeId: "c2", applied: [KEPT, OTHER], conflicts: [], offer: null }));
	host.on("duplicates.scan", ({ kinds }) => SCANS[kinds?.[0] ?? "near"]);
	await undo(host);
	expect(host.did("edits.undo")).toEqual([{ changeId: "c1" }]);
	expect(notices(host).at(-1)?.text).toBe("Taken back: 2 notes.");
	expect(page.control(RYE_HEAD).getAttribute("aria-expanded")).toBe("false");
});

test("another note can be kept, and others left out", async () => {
	const three = group("three", ["A.md", "B.md", "C.md"]);
	const host = hostWith({ identical: answerOf("identical", [three]) });
	await shown(host);
	await page.press(/^A, B and C/);
	await page.press("Keep B");
	await page.press("C takes part");
	await page.press("Leave a stub");
	expect(host.did("duplicates.plan")).toEqual([{ groupId: "three", keeper: "B.md", action: "stub", notes: ["A.md"] }]);
	await page.press("Cancel");
	await page.press("A takes part");
	expect(page.control("Merge").hasAttribute("disabled")).toBe(true);
	expect(page.text()).toContain("Choose at least one other note that takes part.");
});

test("another choice takes back the preview of the one before", async () => {
	await opened();
	await page.press("Leave a stub");
	expect(page.has("Change 6 notes")).toBe(true);
	await page.press("Keep Rye Sourdough");
	expect(page.has("Change 6 notes")).toBe(false);
	expect(page.has("Merge")).toBe(true);
});

test("a group that is closed and opened again is as it was left", async () => {
	await opened();
	await page.press("Keep Rye Sourdough");
	await page.press("Merge");
	await page.press(RYE_HEAD);
	expect(page.all(".vl-group-body").every((each) => each.closest("[hidden]") !== null)).toBe(true);
	await page.press(RYE_HEAD);
	expect(page.has("Change 6 notes")).toBe(true);
	expect((page.control("Keep Rye Sourdough") as HTMLInputElement).checked).toBe(true);
});

test("what a change came to is told in a notice when the panel is closed by then", async () => {
	const { host } = await opened();
	const slow = later<Applied>();
	host.on("edits.apply", () => slow.promise);
	await page.press("Merge");
	await page.press("Change 6 notes");
	await page.close();
	const conflict = { path: "Maps/Kitchen.md", reason: "changed" as const, read: null, ours: null, found: null };
	slow.answer({ changeId: null, applied: [], conflicts: [conflict], offer: null });
	await page.settle();
	expect(notices(host).at(-1)?.text).toBe("Nothing was changed. “Maps/Kitchen” was changed since, and is left as it is.");
});

test("a change of many notes asks once more, and is sent with what confirms it", async () => {
	const { host } = await opened();
	host.on("duplicates.plan", () => ({ ...PLANS.merge, confirmation: "yes-1" }));
	await page.press("Merge");
	host.isConfirming = false;
	await page.press("Change 6 notes");
	expect(host.did("confirm")).toMatchObject([{ title: "Change 6 notes?", confirm: "Change 6 notes", isDangerous: true }]);
	expect(host.did("edits.apply")).toEqual([]);
	host.isConfirming = true;
	await page.press("Change 6 notes");
	expect(host.did("edits.apply")).toEqual([{ planId: PLANS.merge.planId, confirmation: "yes-1" }]);
});

test("notes that stand against a change are told one by one, and the group stays", async () => {
	const { host } = await opened();
	const against = (path: string, reason: "changed" | "missing" | "refused") => ({ path, reason, read: null, ours: null, found: null });
	host.on("edits.apply", () => ({
		changeId: null,
		applied: [],
		conflicts: [against("Maps/Kitchen.md", "changed"), against(OTHER, "missing"), against("X.md", "refused")],
		offer: null,
	}));
	await page.press("Merge");
	await page.press("Change 6 notes");
	expect(page.element.querySelector("[role=alert]")?.textContent).toContain("Nothing was changed");
	expect(page.text()).toContain("“Maps/Kitchen” was changed since, and is left as it is.");
	expect(page.text()).toContain("“Recipes/Rye Sourdough” is not there any more");
	expect(page.text()).toContain("“X” is being edited and could not be changed");
	expect(notices(host)).toEqual([]);
	await page.press("Preview again");
	expect(page.has("Change 6 notes")).toBe(true);
});

test("what an undo could not take back is told, previewed and taken back where nobody touched it", async () => {
	const { host } = await opened();
	await page.press("Merge");
	await page.press("Change 6 notes");
	const conflict = { path: KEPT, reason: "changed" as const, read: null, ours: null, found: null };
	const offer = { ...PLANS.merge, planId: "rest", preview: PLANS.merge.preview.slice(0, 1) };
	host.on("edits.undo", () => ({ changeId: "c2", applied: [OTHER], conflicts: [conflict], offer }));
	await undo(host);
	expect(page.text()).toContain("Taken back: 1 note. 1 note could not be.");
	expect(page.text()).toContain("“Recipes/Rye Sourdough (revised)” was changed since, and is left as it is.");
	expect(page.element.querySelector(".vl-outcome .vl-plan")).not.toBeNull();
	await page.press("Take this back in 1 note");
	expect(host.did("edits.apply").at(-1)).toEqual({ planId: "rest" });
	expect(page.text()).toContain("Taken back what was left in 1 note.");
	expect(page.element.querySelector(".vl-outcome")).toBeNull();
});

test("an undo after the panel was closed leads to the list of changes for what is left", async () => {
	const { host } = await opened();
	await page.press("Merge");
	await page.press("Change 6 notes");
	await page.close();
	const conflict = { path: KEPT, reason: "changed" as const, read: null, ours: null, found: null };
	host.on("edits.undo", () => ({ changeId: "c2", applied: [OTHER], conflicts: [conflict], offer: null }));
	const scans = host.did("duplicates.scan").length;
	await undo(host);
	await undo(host);
	expect(host.did("show")).toEqual(["activity"]);
	expect(host.did("duplicates.scan")).toHaveLength(scans);
});

test("a group that is no duplicate goes, and comes back when that is undone", async () => {
	const { host } = await opened();
	host.on("duplicates.scan", ({ kinds }) => (kinds?.[0] === "near" ? nothing("near") : SCANS[kinds?.[0] ?? "near"]));
	await page.press("Not a duplicate");
	expect(host.did("duplicates.dismiss")).toEqual([{ groupId: RYE.id }]);
	expect(page.has(RYE_HEAD)).toBe(false);
	expect(notices(host).at(-1)?.text).toBe("Not listed any more: Rye Sourdough (revised) and Rye Sourdough.");
	host.on("duplicates.scan", ({ kinds }) => SCANS[kinds?.[0] ?? "near"]);
	await undo(host);
	expect(host.did("duplicates.restore")).toEqual([{ groupId: RYE.id }]);
	expect(page.has(RYE_HEAD)).toBe(true);
});

test("what was dismissed is listed on demand, and can be listed again", async () => {
	const host = hostWith(SCANS).on("duplicates.dismissed", () => ({
		groups: [
			{ groupId: "d1", kind: "near", notes: ["A.md", "B.md"], dismissedAt: "2026-05-04T08:00:00Z", stands: true },
			{ groupId: "d2", kind: "near", notes: ["C.md", "D.md"], dismissedAt: "2026-05-03T08:00:00Z", stands: false },
		],
	}));
	await shown(host);
	expect(host.did("duplicates.dismissed")).toEqual([]);
	await page.press("Not duplicates");
	expect(page.text()).toContain("Nearly the same · dismissed May 4, 2026");
	expect(page.text()).toContain("This is over: its notes changed, or are gone.");
	expect(page.has("Forget it: C, D")).toBe(true);
	await page.press("List it again: A, B");
	expect(host.did("duplicates.restore")).toEqual([{ groupId: "d1" }]);
	expect(host.did("duplicates.dismissed")).toHaveLength(2);
	expect(host.did("duplicates.scan")).toHaveLength(8);
});

test("a group whose notes changed since is told in words, and looked for again", async () => {
	const { host } = await opened();
	host.on("duplicates.plan", () => {
		throw new CallFailed(-32045, "There is no group of duplicates '6e44', or its notes changed since.");
	});
	await page.press("Merge");
	expect(page.element.querySelector("[role=alert]")?.textContent).toContain("These notes changed since they were looked at");
	expect(page.text()).not.toContain("6e44");
	const scans = host.did("duplicates.scan").length;
	page.element.querySelector<HTMLButtonElement>("[role=alert] button")?.click();
	await page.settle();
	expect(host.did("duplicates.scan")).toHaveLength(scans + 4);
});

test("a refused change says why, and leads back", async () => {
	const { host } = await opened();
	host.on("duplicates.plan", () => {
		throw new CallFailed(-32023, "'A.md' cannot be changed so: line 3 of it cannot be read.", { path: "A.md" });
	});
	await page.press("Merge");
	expect(page.text()).toContain("'A.md' cannot be changed so: line 3 of it cannot be read.");
	await page.press("Back");
	expect(page.has("Leave a stub")).toBe(true);
});

test("a preview that is too old is made again", async () => {
	const { host } = await opened();
	host.on("edits.apply", () => {
		throw new CallFailed(-32071, "There is no plan 'p'");
	});
	await page.press("Merge");
	await page.press("Change 6 notes");
	expect(page.text()).toContain("This preview is too old by now. Make it again.");
	await page.press("Preview again");
	expect(host.did("duplicates.plan")).toHaveLength(2);
});

test("a librarian that goes in the middle of a change leads to the list of changes", async () => {
	const { host } = await opened();
	host.on("edits.apply", () => {
		throw new Disconnected("The librarian stopped before it had answered.");
	});
	await page.press("Merge");
	await page.press("Change 6 notes");
	expect(page.text()).toContain("The librarian stopped before it had answered.");
	await page.press("See what was changed");
	expect(host.did("show")).toEqual(["activity"]);
});

test("the keyboard goes to the next group when one is gone, and to what is told when it was the last", async () => {
	const groups = [group("one", ["A.md", "A copy.md"]), group("two", ["B.md", "B copy.md"])];
	const host = hostWith({ identical: answerOf("identical", groups) });
	await shown(host);
	host.on("duplicates.scan", ({ kinds }) => nothing(kinds?.[0] ?? "near"));
	const slow = later<DuplicateAnswer>();
	host.on("duplicates.scan", () => slow.promise);
	await page.press(/^A and A copy/);
	await page.press("Not a duplicate");
	expect(document.activeElement).toBe(page.control(/^B and B copy/));
	await page.press(/^B and B copy/);
	await page.press("Not a duplicate");
	expect(document.activeElement?.textContent).toBe("Not listed any more: B and B copy.");
});

test("the keyboard stays with a group while what can be done about it changes", async () => {
	await opened();
	await page.press("Merge");
	expect(document.activeElement?.className).toBe("vl-decision");
});

test("files that are no notes can only be trashed, and not compared", async () => {
	const pictures = group("pictures", ["A/p.png", "B/p.png"]);
	await shown(hostWith({ identical: answerOf("identical", [pictures]) }));
	await page.press(/^p\.png and p\.png/);
	expect(page.has("Trash the other")).toBe(true);
	expect(page.has("Merge")).toBe(false);
	expect(page.has("Leave a stub")).toBe(false);
	expect(page.has(/^Compare/)).toBe(false);
});

test("of a group of very many notes only the first are drawn", async () => {
	const paths = Array.from({ length: 300 }, (_, place) => `${place}.md`);
	await shown(hostWith({ identical: answerOf("identical", [group("many", paths)]) }));
	await page.press(/^0, 1, 2 and 297 more/);
	expect(page.all(".vl-member")).toHaveLength(10);
	await page.press("Show 100 more notes");
	expect(page.all(".vl-member")).toHaveLength(110);
});

test("changed notes are looked at again by themselves, unless somebody is at a group", async () => {
	const host = hostWith(SCANS);
	await shown(host);
	host.generation.set(1);
	await page.wait(1100);
	expect(host.did("duplicates.scan")).toHaveLength(8);
	await page.press(RYE_HEAD);
	host.generation.set(2);
	await page.wait(1100);
	expect(host.did("duplicates.scan")).toHaveLength(8);
	expect(page.text()).toContain("Notes changed since.");
});

test("a look that takes long is not had again unasked", async () => {
	const host = hostWith({ near: { ...SCANS.near, tookMs: 2000 } });
	await shown(host);
	host.generation.set(1);
	await page.wait(1100);
	expect(host.did("duplicates.scan")).toHaveLength(4);
	expect(page.text()).toContain("Notes changed since.");
});

test("nothing is asked before the librarian is ready, and what to do is said", async () => {
	const host = new FakeHost().on("duplicates.scan", () => COMPARED as never);
	await shown(host);
	expect(page.text()).toContain("The librarian is starting");
	host.state.set({ kind: "missing", looked: [] });
	await page.settle();
	await page.press("Show how to install it");
	expect(host.did("show")).toEqual(["welcome"]);
	expect(host.did("duplicates.scan")).toEqual([]);
	host.on("duplicates.scan", ({ kinds }) => SCANS[kinds?.[0] ?? "near"]);
	ready(host);
	await page.settle();
	expect(page.all("[data-group]")).toHaveLength(8);
});

test("the list stays while the librarian is interrupted, and is asked for anew afterwards", async () => {
	const host = hostWith(SCANS);
	await shown(host);
	const problem = { title: "The librarian stopped.", detail: "It starts again.", remedy: "" };
	host.state.set({ kind: "degraded", problem });
	await page.settle();
	expect(page.text()).toContain("The librarian stopped.");
	expect(page.all("[data-group]")).toHaveLength(8);
	ready(host);
	await page.settle();
	expect(host.did("duplicates.scan")).toHaveLength(8);
});
