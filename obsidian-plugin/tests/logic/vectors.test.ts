/** The shared wire vectors, as the plugin hears and says them. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { expect, test } from "vitest";

import { Client } from "../../src/sidecar/client";
import { type Id, read, request } from "../../src/sidecar/message";
import type { MethodName } from "../../src/protocol";
import { CallFailed } from "../../src/rpc";
import type { Transport } from "../../src/sidecar/transport";

interface Vector {
	name: string;
	send: string | [string, number][];
	answer: Answer | Answer[] | null;
}

interface Answer {
	id: Id | null;
	result?: unknown;
	error?: { code: number; message: string; data?: Record<string, unknown> };
}

const FOLDER = resolve(import.meta.dirname, "../../../tests/wire/vectors");
const VECTORS = ["answered", "refused"].flatMap(
	(name) => JSON.parse(readFileSync(resolve(FOLDER, `${name}.json`), "utf8")) as Vector[],
);
const ANSWERED = VECTORS.filter(({ answer }) => answer !== null);
const CALLS = VECTORS.filter(({ send, answer }) => typeof send === "string" && answer !== null && !Array.isArray(answer) && "result" in answer);

test.each(ANSWERED)("the answer to “$name” is understood", ({ answer }) => {
	const answers = Array.isArray(answer) ? answer : [answer as Answer];
	expect(read(JSON.stringify(answer))).toEqual(
		answers.map(({ id, result, error }) => (error ? { kind: "error", id, error } : { kind: "result", id, result })),
	);
});

test.each(CALLS)("“$name” is said as the sidecar expects it, and its answer comes to the caller", async ({ send, answer }) => {
	const said = JSON.parse(send as string) as { id: Id; method: MethodName; params?: object };
	const { id, method, params = {} } = said;
	expect(JSON.parse(request(id, method, params))).toEqual({ ...said, params });
	let hear: (text: string) => void = () => undefined;
	const transport: Transport = {
		send: (text) => hear(JSON.stringify({ ...(answer as Answer), id: (JSON.parse(text) as { id: Id }).id })),
		onMessage: (listener) => (hear = listener),
		onClose: () => undefined,
		close: () => undefined,
	};
	expect(await new Client(transport).call(method, params as never)).toEqual((answer as Answer).result);
});

test("an error keeps its code, its words and its data", async () => {
	const refused = ANSWERED.map(({ answer }) => answer as Answer).find(({ error, id }) => error?.data && id !== null);
	let hear: (text: string) => void = () => undefined;
	const transport: Transport = {
		send: () => hear(JSON.stringify({ jsonrpc: "2.0", ...refused, id: 1 })),
		onMessage: (listener) => (hear = listener),
		onClose: () => undefined,
		close: () => undefined,
	};
	const error = await new Client(transport).call("session.ping", {}).catch((failure: unknown) => failure);
	expect(error).toBeInstanceOf(CallFailed);
	const { code, message, data } = error as CallFailed;
	expect({ code, message, data }).toEqual(refused?.error);
});
