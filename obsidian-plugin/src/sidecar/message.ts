/** JSON-RPC 2.0: what the text of a frame says. */

import type { ErrorObject } from "../protocol";

export type Id = string | number;

export type Message =
	| { kind: "result"; id: Id; result: unknown }
	/** Without an id where the other side could not read ours. */
	| { kind: "error"; id: Id | null; error: ErrorObject }
	| { kind: "request"; id: Id; method: string; params: Record<string, unknown> }
	| { kind: "notice"; method: string; params: Record<string, unknown> };

/** What a frame says: one message, or those of a batch. `null` stands for what is no message. */
export function read(text: string): (Message | null)[] {
	let said: unknown;
	try {
		said = JSON.parse(text);
	} catch {
		return [null];
	}
	return Array.isArray(said) ? said.map(messageOf) : [messageOf(said)];
}

export function request(id: Id, method: string, params: object): string {
	return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}

export function notice(method: string, params: object): string {
	return JSON.stringify({ jsonrpc: "2.0", method, params });
}

export function result(id: Id, value: unknown): string {
	return JSON.stringify({ jsonrpc: "2.0", id, result: value ?? null });
}

export function failure(id: Id, error: ErrorObject): string {
	return JSON.stringify({ jsonrpc: "2.0", id, error });
}

function messageOf(said: unknown): Message | null {
	if (!isObject(said) || said["jsonrpc"] !== "2.0") return null;
	const { id, method, params = {}, error } = said;
	if (typeof method === "string") {
		if (!isObject(params)) return null;
		if (id === undefined) return { kind: "notice", method, params };
		return isId(id) ? { kind: "request", id, method, params } : null;
	}
	if (isError(error)) return isId(id) || id === null ? { kind: "error", id, error } : null;
	return isId(id) && "result" in said ? { kind: "result", id, result: said["result"] } : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is Id {
	return typeof value === "string" || typeof value === "number";
}

function isError(value: unknown): value is ErrorObject {
	return (
		isObject(value) &&
		Number.isInteger(value["code"]) &&
		typeof value["message"] === "string" &&
		(value["data"] === undefined || isObject(value["data"]))
	);
}
