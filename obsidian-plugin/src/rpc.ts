/** The wire in types: what a method takes and answers with, and the error that it may end in. */

import { ERRORS, type MethodName, type Methods, type Progress, type Step } from "./protocol";

export type Params<M extends MethodName> = Methods[M]["params"];
export type Result<M extends MethodName> = Methods[M]["result"];

/** Methods that are asked of one vault. */
export type VaultMethod = { [M in MethodName]: "vaultId" extends keyof Params<M> ? M : never }[MethodName];

/** What a caller says about a vault, which need not be named: there is one. */
export type VaultParams<M extends VaultMethod> = Omit<Params<M>, "vaultId" | "progressToken">;

export interface CallOptions {
	/** Aborting it cancels the call in the sidecar, too. */
	signal?: AbortSignal;
	/** Only for methods with a `progressToken`. */
	onProgress?: (progress: Progress) => void;
	/** Told the pieces of a text that is being written, as they come; only for methods with a `progressToken`. */
	onText?: (piece: string) => void;
	/** Told how far a work of several steps is; likewise. */
	onStep?: (step: Step) => void;
}

/** A call that the sidecar could not carry out, in words for a person. */
export class CallFailed extends Error {
	override readonly name = "CallFailed";

	constructor(
		/** A newer sidecar may have others. */
		readonly code: ERRORS,
		message: string,
		readonly data: Record<string, unknown> = {},
	) {
		super(message);
	}
}

/** Whether a call failed with one of these. */
export function failedWith(error: unknown, ...codes: readonly ERRORS[]): error is CallFailed {
	return error instanceof CallFailed && codes.includes(error.code);
}

/** A call that cannot be made, or was cut short: no sidecar is connected. */
export class Disconnected extends Error {
	override readonly name = "Disconnected";
}

/** Whether a call ended because its caller no longer wanted it. */
export function isCancelled(error: unknown): boolean {
	return failedWith(error, ERRORS.Cancelled) || (error instanceof Error && error.name === "AbortError");
}
