import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { applyEdits } from "../../src/vault/edits";
import type { Librarian } from "../../src/sidecar/librarian";
import type { OpenNote, OpenNotes } from "../../src/vault/open_notes";
import { type Applied, ERRORS, type EditorAnswer } from "../../src/protocol";
import { FakeEditor } from "../fake_vault";
import { diskFiles } from "./disk_files";
import { type World, world } from "./world";

vi.mock("obsidian", () => ({ normalizePath: (path: string) => path.normalize("NFC") }));

const KEEPER = "Twins/Lighthouse.md";
const OTHER = "Twins/Lighthouse copy.md";
const LINKING = "Twins/Coast.md";
const TEXT = `${"A lighthouse keeper wrote down every ship that went by, and what the weather was like at the time. ".repeat(3)}\n`;

let here: World;
let answers: EditorAnswer[];
let views: Map<string, OpenNote>;

beforeEach(() => {
	here = world();
	answers = [];
	views = new Map();
	mkdirSync(join(here.vault, "Twins"));
	write(KEEPER, TEXT);
	write(OTHER, TEXT);
	write(LINKING, "👩‍🚀 See [[Lighthouse copy]],\nand [[Lighthouse copy|this one]].\n");
});
afterEach(() => here.end());

function write(path: string, text: string): void {
	writeFileSync(join(here.vault, path), text);
}

function read(path: string): string | null {
	return existsSync(join(here.vault, path)) ? readFileSync(join(here.vault, path), "utf8") : null;
}

/** Show a note in an editor that saves into its file. */
function opened(path: string): FakeEditor {
	const editor = new FakeEditor((read(path) ?? "").replaceAll("\r\n", "\n"));
	views.set(path, { text: () => editor.getValue(), save: async () => write(path, editor.getValue()), editor });
	return editor;
}

async function started(): Promise<Librarian> {
	const open: OpenNotes = { views: (path) => [views.get(path)].filter((view) => view !== undefined), embedded: () => null };
	const librarian = here.librarian(
		{},
		{
			applyEdit: async (question, signal) => {
				const answer = await applyEdits(diskFiles(here.vault), open, question, signal);
				answers.push(answer);
				return answer;
			},
		},
	);
	await librarian.start();
	return librarian;
}

async function merge(librarian: Librarian): Promise<Applied> {
	const { groups } = await librarian.call("duplicates.ofNote", { path: KEEPER });
	const groupId = groups.find(({ notes }) => notes.some(({ path }) => path === OTHER))!.id;
	const plan = await librarian.call("duplicates.plan", { groupId, keeper: KEEPER, action: "merge", notes: [OTHER] });
	return await librarian.call("edits.apply", { planId: plan.planId, confirmation: plan.confirmation });
}

/** Paths that the editor said it changed. */
function changed(): string[] {
	return answers.flatMap((answer) => answer.changed.map(({ path }) => path)).sort();
}

test("a merge is carried out by the editor wholly, and taken back to the byte", async () => {
	const before = [KEEPER, OTHER, LINKING].map(read);
	const editor = opened(LINKING);
	const librarian = await started();
	const applied = await merge(librarian);
	expect(applied.conflicts).toEqual([]);
	expect(changed()).toEqual([...applied.applied].sort());
	expect(applied.applied).toEqual(expect.arrayContaining([OTHER, LINKING]));
	expect([read(OTHER), read(`.trash/Lighthouse copy.md`)]).toEqual([null, TEXT]);
	expect(read(LINKING)).not.toContain("[[Lighthouse copy");
	expect(read(LINKING)).toContain("👩‍🚀 See [[Lighthouse");
	expect(editor.getValue()).toBe(read(LINKING));
	const undone = await librarian.call("edits.undo", { changeId: applied.changeId! });
	expect(undone.conflicts).toEqual([]);
	expect([KEEPER, OTHER, LINKING].map(read)).toEqual(before);
	expect(editor.getValue()).toBe(before[2]);
});

test("a note with a byte order mark, and one with other line ends, are changed to the byte, whoever does it", async () => {
	write(LINKING, "\uFEFFSee [[Lighthouse copy]]\n");
	write("Twins/Windows.md", "See\r\n[[Lighthouse copy]]\r\n");
	opened("Twins/Windows.md");
	const applied = await merge(await started());
	expect(applied.conflicts).toEqual([]);
	expect(changed()).toContain("Twins/Windows.md");
	expect(changed()).not.toContain(LINKING);
	expect(read(LINKING)).toMatch(/^\uFEFFSee \[\[Lighthouse(\|[^\]]*)?\]\]\n$/);
	expect(read("Twins/Windows.md")).toMatch(/^See\r\n\[\[Lighthouse(\|[^\]]*)?\]\]\r\n$/);
});

test("a note that is no UTF-8 is left to the byte, and so is all that would have been changed with it", async () => {
	const bytes = Buffer.concat([Buffer.from("Caf"), Buffer.from([0xe9]), Buffer.from(" and [[Lighthouse copy]]\n")]);
	writeFileSync(join(here.vault, "Twins/Latin.md"), bytes);
	const merging = merge(await started());
	await expect(merging).rejects.toMatchObject({ code: ERRORS.EditRefused, data: { path: "Twins/Latin.md" } });
	await expect(merging).rejects.toThrow("not UTF-8");
	expect(changed()).toEqual([]);
	expect(readFileSync(join(here.vault, "Twins/Latin.md"))).toEqual(bytes);
	expect([read(KEEPER), read(OTHER)]).toEqual([TEXT, TEXT]);
});

test("what is typed and not saved is kept, and nothing of the change is made", async () => {
	const librarian = await started();
	opened(LINKING).type("Typed. ");
	const applied = await merge(librarian);
	expect(applied.applied).toEqual([]);
	expect(applied.conflicts).toMatchObject([{ path: LINKING }]);
	expect(changed()).toEqual([]);
	expect(read(LINKING)).toContain("Typed. 👩‍🚀 See [[Lighthouse copy]]");
	expect([read(KEEPER), read(OTHER)]).toEqual([TEXT, TEXT]);
});
