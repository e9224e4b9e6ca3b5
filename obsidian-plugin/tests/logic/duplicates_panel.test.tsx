import { expect, test } from "vitest";

import type { DuplicateAnswer } from "../../src/protocol";
import { CallFailed } from "../../src/rpc";
import { FakeHost } from "../fake_host";
import { RYE_HEAD, page, shown } from "./duplicates_page";
import { COMPARED, KEPT, OTHER, RYE, SCANS, answerOf, group, hostWith, nothing, ready } from "./duplicates_recorded";
import { later } from "./panel_page";

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

test("what was folded out stays so while there is nothing to show, and the next time", async () => {
	const edges = [{ notes: ["A/One.md", "B/Two.md"], similarity: 0.738 }] as DuplicateAnswer["edges"];
	const near = nothing("near");
	const host = hostWith({ near: { ...near, edges } }).on("duplicates.dismissed", () => ({ groups: [] }));
	await shown(host);
	await page.press("Close to the limit: 1 pair");
	await page.press("Not duplicates");
	host.on("duplicates.scan", () => near);
	await page.slide(0.9);
	await page.wait(200);
	expect(page.text()).not.toContain("Close to the limit");
	host.on("duplicates.scan", () => ({ ...near, edges }));
	await page.slide(0.8);
	await page.wait(200);
	host.state.set({ kind: "starting" });
	await page.settle();
	host.state.set({ kind: "ready", status: {} as never });
	await page.settle();
	const isOut = () => page.all(".vl-expander [aria-expanded=true]").map((each) => each.textContent);
	const both = ["Close to the limit: 1 pair", "Not duplicates"];
	expect(isOut()).toEqual(both);
	await page.close();
	await shown(host);
	expect(isOut()).toEqual(both);
	await page.press("Close to the limit: 1 pair");
	expect(isOut()).toEqual(["Not duplicates"]);
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
