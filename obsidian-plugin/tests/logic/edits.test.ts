import { beforeEach, describe, expect, test } from "vitest";

import { applyEdits } from "../../src/vault/edits";
import type { ApplyEdit, EditorAnswer, Replacement } from "../../src/protocol";
import { digestOf, encoded } from "../../src/vault/rewriting";
import { FakeOpenNotes, FakeVault } from "../fake_vault";

type Edit = ApplyEdit["edits"][number];

const MARK = new Uint8Array([0xef, 0xbb, 0xbf]);
const GREETING = "Hello 👩‍🚀, naïve world\n";
const GREETED: Replacement[] = [{ start: 0, end: 5, text: "Good day" }, { start: 19, end: 24, text: "moon" }];

let vault: FakeVault;
let open: FakeOpenNotes;

beforeEach(() => {
	vault = new FakeVault({ "a.md": GREETING, "b.md": "another\n", "Folder/c.md": "third\n" });
	vault.folders.add("Folder");
	open = new FakeOpenNotes(vault);
});

function digest(text: string | undefined): string {
	return digestOf(encoded(text ?? ""));
}

/** A rewrite of what the file says now. */
function rewrite(path: string, replacements: Replacement[] = GREETED): Edit {
	return { kind: "rewrite", path, digest: digestOf(vault.bytes.get(path) ?? new Uint8Array()), replacements };
}

function trash(path: string): Edit {
	return { kind: "trash", path, digest: digest(vault.text(path)) };
}

function rename(path: string, to: string): Edit {
	return { kind: "rename", path, digest: digest(vault.text(path)), to };
}

function apply(...edits: Edit[]): Promise<EditorAnswer> {
	return applyEdits(vault.files, open, question(edits), new AbortController().signal);
}

function question(edits: Edit[]): ApplyEdit {
	return { vaultId: "v", changeId: "c", actor: "test", reason: "tidying", edits };
}

const NOTHING: EditorAnswer = { changed: [], refused: [] };

describe("a note that is not open", () => {
	test("is rewritten, and told by what it says then", async () => {
		const answer = await apply(rewrite("a.md"));
		expect(vault.text("a.md")).toBe("Good day 👩‍🚀, naïve moon\n");
		expect(answer).toEqual({ changed: [{ path: "a.md", digest: digest(vault.text("a.md")) }], refused: [] });
		expect(vault.acts).toEqual(["process a.md"]);
	});

	test("keeps its line ends, to the byte", async () => {
		vault.write("a.md", "one\r\ntwo\rthree\n");
		await apply(rewrite("a.md", [{ start: 5, end: 8, text: "2\r\n" }]));
		expect(vault.text("a.md")).toBe("one\r\n2\r\n\rthree\n");
	});

	test("is left alone where it is another version", async () => {
		const edit = rewrite("a.md");
		vault.write("a.md", "somebody else\n");
		const answer = await apply(edit);
		expect(vault.text("a.md")).toBe("somebody else\n");
		expect(answer.changed).toEqual([]);
		expect(answer.refused).toMatchObject([{ path: "a.md", reason: expect.stringContaining("another version") as string }]);
	});

	test("is left alone when it becomes another version at the last moment", async () => {
		vault.meanwhile = (_act, path) => vault.write(path, "somebody else\n");
		expect((await apply(rewrite("a.md"))).refused).toHaveLength(1);
		expect(vault.text("a.md")).toBe("somebody else\n");
	});

	test("is left to the sidecar, to the byte, where Obsidian drops its byte order mark", async () => {
		vault.write("a.md", new Uint8Array([...MARK, ...encoded(GREETING)]));
		expect(await apply(rewrite("a.md"))).toEqual(NOTHING);
		expect(vault.text("a.md")).toBe(`\uFEFF${GREETING}`);
		expect(vault.acts).toEqual([]);
	});

	test("keeps its byte order mark where Obsidian does", async () => {
		vault.dropsMark = false;
		vault.write("a.md", new Uint8Array([...MARK, ...encoded(GREETING)]));
		const answer = await apply(rewrite("a.md"));
		expect(vault.text("a.md")).toBe("\uFEFFGood day 👩‍🚀, naïve moon\n");
		expect(answer.changed).toMatchObject([{ digest: digest(vault.text("a.md")) }]);
	});

	test("is left to the sidecar where its bytes are no text", async () => {
		const bytes = new Uint8Array([0x61, 0xff, 0x62]);
		vault.write("a.md", bytes);
		expect(await apply(rewrite("a.md", [{ start: 0, end: 1, text: "x" }]))).toEqual(NOTHING);
		expect(vault.bytes.get("a.md")).toEqual(bytes);
	});

	test("is left to the sidecar where Obsidian cannot write it, or does not know it", async () => {
		vault.meanwhile = () => {
			throw new Error("ENOSPC");
		};
		expect(await apply(rewrite("a.md"))).toEqual(NOTHING);
		const stranger = { ...rewrite("a.md"), path: "stranger.md" };
		expect(await apply(stranger)).toEqual(NOTHING);
		expect(vault.text("a.md")).toBe(GREETING);
	});

	test("is left to the sidecar where ranges are not of it", async () => {
		expect(await apply(rewrite("a.md", [{ start: 0, end: 1000, text: "" }]))).toEqual(NOTHING);
		expect(vault.text("a.md")).toBe(GREETING);
	});
});

describe("a note that is open", () => {
	test("is rewritten in its editor, which keeps its cursor and history, and saved", async () => {
		const editor = open.edit("a.md");
		editor.cursor = GREETING.indexOf("naïve");
		const answer = await apply(rewrite("a.md"));
		expect(editor.getValue()).toBe("Good day 👩‍🚀, naïve moon\n");
		expect(editor.getValue().slice(editor.cursor)).toBe("naïve moon\n");
		expect(vault.text("a.md")).toBe(editor.getValue());
		expect(answer.changed).toEqual([{ path: "a.md", digest: digest(editor.getValue()) }]);
		expect(vault.acts).toEqual(["save a.md"]);
		editor.undo();
		expect(editor.getValue()).toBe(GREETING);
	});

	test("with unsaved changes is saved and then refused, with nothing lost", async () => {
		const edits = [rewrite("b.md", [{ start: 0, end: 0, text: "x" }]), rewrite("a.md")];
		const editor = open.edit("a.md");
		editor.type("Typed. ");
		const answer = await apply(...edits);
		expect(answer.changed).toEqual([]);
		expect(answer.refused).toMatchObject([{ path: "a.md" }]);
		expect(vault.text("a.md")).toBe(`Typed. ${GREETING}`);
	});

	test("with unsaved changes that cannot be saved keeps the whole change from being begun", async () => {
		open.edit("a.md").type("Typed. ");
		for (const saving of [() => undefined, () => { throw new Error("ENOSPC"); }]) {
			open.insteadOfSaving = saving;
			const answer = await apply(rewrite("b.md", [{ start: 0, end: 0, text: "x" }]), rewrite("a.md"));
			expect(answer.changed).toEqual([]);
			expect(answer.refused).toMatchObject([{ path: "a.md", reason: expect.stringContaining("saved") as string }]);
			expect(vault.acts).toEqual([]);
		}
	});

	test("is not saved for its line ends or mark alone, and changed in its file", async () => {
		for (const text of ["one\r\ntwo\r\n", "\uFEFFone\ntwo\n"]) {
			vault.dropsMark = false;
			vault.write("a.md", text);
			open.edit("a.md");
			const answer = await apply(rewrite("a.md", [{ start: 0, end: 3, text: "1" }]));
			expect(vault.text("a.md")).toBe(text.replace("one", "1"));
			expect(answer.changed).toMatchObject([{ digest: digest(vault.text("a.md")) }]);
		}
		expect(vault.acts).toEqual(["process a.md", "process a.md"]);
	});

	test("gets its change taken out of the editor again where it cannot be saved", async () => {
		const editor = open.edit("a.md");
		open.insteadOfSaving = () => {
			throw new Error("ENOSPC");
		};
		expect(await apply(rewrite("a.md"))).toEqual(NOTHING);
		expect(editor.getValue()).toBe(GREETING);
		expect(vault.text("a.md")).toBe(GREETING);
	});

	test("is told as it is where more was typed before it was saved", async () => {
		const editor = open.edit("a.md");
		open.insteadOfSaving = (path) => {
			editor.type("Typed. ");
			vault.write(path, editor.getValue());
		};
		const answer = await apply(rewrite("a.md"));
		expect(vault.text("a.md")).toBe("Typed. Good day 👩‍🚀, naïve moon\n");
		expect(answer.changed).toEqual([{ path: "a.md", digest: digest(vault.text("a.md")) }]);
	});

	test("is refused when it is being written in somewhere that cannot be told to save", async () => {
		open.embeddedTexts.set("a.md", "Half a sen");
		expect((await apply(rewrite("a.md"))).refused).toMatchObject([{ reason: expect.stringContaining("written in") as string }]);
		open.embeddedTexts.set("a.md", GREETING);
		expect((await apply(rewrite("a.md"))).changed).toHaveLength(1);
	});

	test("is not put into the trash with what was typed in it", async () => {
		const edit = trash("a.md");
		open.edit("a.md").type("Typed. ");
		expect((await apply(edit)).refused).toHaveLength(1);
		expect(vault.text("a.md")).toBe(`Typed. ${GREETING}`);
		expect(vault.trash.size).toBe(0);
	});
});

describe("files", () => {
	test("are made with the folders they need, to the byte", async () => {
		const answer = await apply(
			{ kind: "create", path: "New/Deep/d.md", content: "\uFEFFnew\r\n" },
			{ kind: "create", path: "e.bin", content: "/wD+", encoding: "base64" },
		);
		expect(vault.text("New/Deep/d.md")).toBe("\uFEFFnew\r\n");
		expect(vault.bytes.get("e.bin")).toEqual(new Uint8Array([0xff, 0x00, 0xfe]));
		expect([...vault.folders]).toEqual(["Folder", "New", "New/Deep"]);
		expect(answer.changed.map((each) => each.path)).toEqual(["New/Deep/d.md", "e.bin"]);
		expect(answer.changed[0]?.digest).toBe(digest("\uFEFFnew\r\n"));
	});

	test("are never made where there is one", async () => {
		expect((await apply({ kind: "create", path: "a.md", content: "new" })).refused).toMatchObject([{ path: "a.md" }]);
		vault.meanwhile = (act, path) => act === "create" && vault.write(path, "somebody else");
		expect(await apply({ kind: "create", path: "d.md", content: "new" })).toEqual(NOTHING);
		expect([vault.text("a.md"), vault.text("d.md")]).toEqual([GREETING, "somebody else"]);
	});

	test("with permission bits, under names that Obsidian spells otherwise, or of no base64 are left to the sidecar", async () => {
		for (const edit of [
			{ kind: "create", path: "d.md", content: "private", mode: 0o600 },
			{ kind: "create", path: "d//e.md", content: "x" },
			{ kind: "create", path: "d.md", content: "?", encoding: "base64" },
			rename("b.md", "d//e.md"),
		] satisfies Edit[]) {
			expect(await apply(edit)).toEqual(NOTHING);
		}
		expect(vault.acts).toEqual([]);
	});

	test("are moved, to where there is none", async () => {
		const answer = await apply(rename("b.md", "New/b.md"));
		expect(answer.changed).toEqual([{ path: "b.md", digest: digest("another\n") }]);
		expect([vault.text("b.md"), vault.text("New/b.md")]).toEqual([undefined, "another\n"]);
		expect((await apply(rename("a.md", "New/b.md"))).refused).toHaveLength(1);
		expect((await apply({ ...rename("a.md", "z.md"), digest: digest("older") })).refused).toHaveLength(1);
		expect(vault.text("a.md")).toBe(GREETING);
	});

	test("are put into the trash that the person chose", async () => {
		const answer = await apply(trash("b.md"));
		expect(answer.changed).toEqual([{ path: "b.md", digest: null }]);
		expect([...vault.trash.keys()]).toEqual(["b.md"]);
		expect((await apply({ ...trash("a.md"), digest: digest("older") })).refused).toHaveLength(1);
		expect(vault.text("a.md")).toBe(GREETING);
	});

	test("are left to the sidecar where Obsidian would delete them, or nobody can say whether", async () => {
		for (const chosen of ['{"trashOption":"none"}', "{"]) {
			vault.write(".settings/app.json", chosen);
			expect(await apply(trash("b.md"))).toEqual(NOTHING);
		}
		vault.write(".settings/app.json", '{"trashOption":"local"}');
		expect((await apply(trash("b.md"))).changed).toHaveLength(1);
	});
});

test("after one is refused, nothing more is begun", async () => {
	const edits = [rewrite("b.md", [{ start: 0, end: 0, text: "x" }]), { ...trash("a.md"), digest: digest("older") }, trash("Folder/c.md")];
	const answer = await apply(...edits);
	expect(answer.changed.map((each) => each.path)).toEqual(["b.md"]);
	expect(answer.refused.map((each) => each.path)).toEqual(["a.md"]);
	expect(vault.text("Folder/c.md")).toBe("third\n");
});

test("when the question is taken back, nothing more is begun, and what was done is told", async () => {
	const taken_back = new AbortController();
	vault.meanwhile = () => taken_back.abort();
	const edits = [rewrite("a.md"), trash("b.md")];
	const answer = await applyEdits(vault.files, open, question(edits), taken_back.signal);
	expect(answer.changed.map((each) => each.path)).toEqual(["a.md"]);
	expect(vault.text("b.md")).toBe("another\n");
});

test("an edit of a kind that is not known is left to the sidecar", async () => {
	expect(await apply({ ...trash("b.md"), kind: "burn" } as unknown as Edit)).toEqual(NOTHING);
	expect(vault.text("b.md")).toBe("another\n");
});

describe("what leads out of the notes", () => {
	const create = (path: string): Edit => ({ kind: "create", path, content: "mine", encoding: "text", mode: null });
	const paths = [".settings/plugins/p/main.js", "../out.md", "Folder/../../out.md", "/etc/out.md", "Folder/.hidden.md", "Folder\\..\\out.md"];

	test.each(paths)("is not made: %s", async (path) => {
		const before = vault.acts.length;
		expect(await apply(create(path))).toEqual(NOTHING);
		expect(await apply(rename("a.md", path))).toEqual(NOTHING);
		expect([vault.acts.length, vault.bytes.has(path)]).toEqual([before, false]);
	});
});
