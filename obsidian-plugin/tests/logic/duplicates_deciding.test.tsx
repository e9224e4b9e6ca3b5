import { expect, test } from "vitest";

import type { Applied, DuplicateAnswer } from "../../src/protocol";
import { CallFailed, Disconnected } from "../../src/rpc";
import { RYE_HEAD, notices, opened, page, shown, undo } from "./duplicates_page";
import { KEPT, OTHER, PLANS, RYE, SCANS, answerOf, group, hostWith, nothing } from "./duplicates_recorded";
import { later } from "./panel_page";

test("a group tells what is known of its notes, and why which one is suggested", async () => {
	await opened();
	const [kept, other] = page.all(".vl-member").map((each) => each.textContent);
	expect(kept).toContain("218 words · 5 links to it");
	expect(kept).toContain("Suggested to keep: most linked (5)");
	expect(other).toContain("61 % the same · 198 words · 4 links to it · made Oct 8, 2022");
});

test("a note of a group is opened where the keys say", async () => {
	const host = await opened();
	page.control("Rye Sourdough").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: true }));
	expect(host.did("openNote")).toEqual([{ path: OTHER, where: "tab", line: undefined }]);
});

test("a merge is previewed, done, told, and can be undone from the notice", async () => {
	const host = await opened();
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

test("nothing else is chosen while a change is being made", async () => {
	const host = await opened();
	const slow = later<Applied>();
	host.on("edits.apply", () => slow.promise);
	await page.press("Merge");
	await page.press("Change 6 notes");
	const choices = page.element.querySelector<HTMLFieldSetElement>(".vl-members");
	expect(choices?.disabled).toBe(true);
	expect(page.control("Change 6 notes…").hasAttribute("disabled")).toBe(true);
	expect(page.control("Cancel").hasAttribute("disabled")).toBe(true);
	const conflict = { path: OTHER, reason: "changed" as const, read: null, ours: null, found: null };
	slow.answer({ changeId: null, applied: [], conflicts: [conflict], offer: null });
	await page.settle();
	expect(choices?.disabled).toBe(false);
	expect(document.activeElement?.className).toBe("vl-decision");
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
	const host = await opened();
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
	const host = await opened();
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
	const host = await opened();
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
	const host = await opened();
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
	const host = await opened();
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
	const host = await opened();
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
	const host = await opened();
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
	const host = await opened();
	host.on("duplicates.plan", () => {
		throw new CallFailed(-32023, "'A.md' cannot be changed so: line 3 of it cannot be read.", { path: "A.md" });
	});
	await page.press("Merge");
	expect(page.text()).toContain("'A.md' cannot be changed so: line 3 of it cannot be read.");
	await page.press("Back");
	expect(page.has("Leave a stub")).toBe(true);
});

test("a preview that is too old is made again", async () => {
	const host = await opened();
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
	const host = await opened();
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
