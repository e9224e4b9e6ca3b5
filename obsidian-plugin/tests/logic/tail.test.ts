import { expect, test } from "vitest";

import { Tail } from "../../src/sidecar/tail";

const TOKEN = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE";

function tail(...pieces: string[]): string[] {
	const made = new Tail([TOKEN]);
	for (const piece of pieces) made.take(piece);
	return made.lines();
}

test("lines are put together from pieces, the last one also before it ends", () => {
	expect(tail("one\ntw", "o\r\n\nthr", "ee")).toEqual(["one", "two", "three"]);
});

test("only the last few kilobytes are kept", () => {
	const made = new Tail([]);
	for (let number = 0; number < 10_000; number++) made.take(`line ${number}\n`);
	expect(made.lines().join("").length).toBeLessThanOrEqual(8192);
	expect(made.last()).toBe("line 9999");
});

test("a line without an end does not grow", () => {
	const made = new Tail([]);
	for (let times = 0; times < 1_000; times++) made.take("x ".repeat(10_000));
	expect(made.lines()).toHaveLength(1);
	expect(made.last().length).toBeLessThanOrEqual(1024);
	made.take("\nnext\n");
	expect(made.last()).toBe("next");
});

test("the token is never shown, however it comes in", () => {
	const half = TOKEN.length / 2;
	expect(tail(`a ${TOKEN.slice(0, half)}`, `${TOKEN.slice(half)} b\n`)).toEqual(["a … b"]);
	for (let before = 1024 - TOKEN.length - 1; before < 1030; before++) {
		const shown = tail(`${"- ".repeat(before).slice(0, before)}${TOKEN}${" tail".repeat(300)}\n`).join();
		expect(shown).not.toContain(TOKEN.slice(0, 4));
	}
});

test.each([
	"sk-ant-REDACTED",
	"hf_abcdefghijklmnop",
	"ghp_abcdefghijklmnop1234",
	"AIzaSyAbcdefghijklmnopqrstuvw",
	"bearer.abcdefgh",
	"Authorization: Bearer abcdefgh",
	'{"api_key": "abcdefgh"}',
	"OPENAI_API_KEY=abcdefgh",
	"password = abcdefgh",
])("%s is blanked", (secret) => {
	const shown = tail(`before ${secret}\n`).join();
	expect(shown).toMatch(/^before/);
	expect(shown).not.toMatch(/abcdefgh/i);
});

test("ordinary lines stay as they are", () => {
	const line = "2026-01-02 03:04:05,678 INFO librarian.server: a client came in (pid 4321), 12 of 30 notes";
	expect(tail(`${line}\n`)).toEqual([line]);
});
