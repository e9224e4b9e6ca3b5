/** What the sidecar answered about the example vault, and a host that answers so. */

import type { Comparison, DuplicateAnswer, DuplicateGroup, DuplicateNote, Plan } from "../../src/protocol";
import type { Kind } from "../../src/ui/duplicates/wording";
import { FakeHost } from "../fake_host";
import recorded from "./fixtures/duplicates.json";

export const SCANS = recorded.scans as unknown as Record<Kind, DuplicateAnswer>;
export const PLANS = recorded.plans as unknown as Record<"merge" | "stub" | "trash", Plan>;
export const COMPARED = recorded.compare as unknown as Comparison;

/** The group of two versions of a recipe. */
export const RYE = SCANS.near.groups[2] as DuplicateGroup;
export const KEPT = "Recipes/Rye Sourdough (revised).md";
export const OTHER = "Recipes/Rye Sourdough.md";

export function nothing(kind: Kind): DuplicateAnswer {
	return { ...SCANS[kind], groups: [], total: 0, edges: [] };
}

export function ready(host: FakeHost): FakeHost {
	host.state.set({ kind: "ready", status: null as never });
	return host;
}

/** A vault in which nothing but this is found. */
export function hostWith(found: Partial<Record<Kind, DuplicateAnswer>>): FakeHost {
	return ready(
		new FakeHost()
			.on("duplicates.scan", ({ kinds }) => {
				const kind = kinds?.[0] ?? "near";
				return found[kind] ?? nothing(kind);
			})
			.on("duplicates.plan", ({ action }) => PLANS[action])
			.on("duplicates.compare", () => COMPARED)
			.on("duplicates.dismiss", () => null)
			.on("duplicates.restore", () => null)
			.on("edits.apply", () => ({ changeId: "c1", applied: [KEPT, OTHER], conflicts: [], offer: null })),
	);
}

export function note(path: string, about: Partial<DuplicateNote> = {}): DuplicateNote {
	const title = path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");
	return { path, title, words: 100, links: 0, created: null, modified: null, similarity: 1, passage: null, ...about };
}

export function group(id: string, paths: string[], about: Partial<DuplicateGroup> = {}): DuplicateGroup {
	const notes = paths.map((path) => note(path));
	return { id, kind: "identical", similarity: 1, notes, keeper: paths[0] ?? "", why: "oldest (2024-01-01)", ...about };
}

export function answerOf(kind: Kind, groups: DuplicateGroup[], total = groups.length): DuplicateAnswer {
	return { ...nothing(kind), groups, total };
}
