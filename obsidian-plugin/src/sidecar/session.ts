/** One sidecar with one vault: started, connected to, introduced, the vault opened, and watched until it is of no more use. */

import { Client } from "./client";
import { type Clock, isOverIn, wait } from "../clock";
import type { Patience } from "./patience";
import { type ApplyEdit, ERRORS, type EditorAnswer, type Opened, PROTOCOL, type Progress } from "../protocol";
import { failedWith } from "../rpc";
import { type Ready, Sidecar, type Start } from "./sidecar";
import type { System } from "./system";
import type { Connect, Transport } from "./transport";

/** What life with a sidecar takes; tests give others. */
export interface Means {
	readonly system: System;
	readonly clock: Clock;
	readonly connect: Connect;
	readonly patience: Patience;
	/** Another one at every call, which nobody can guess. */
	readonly token: () => string;
}

/** What is ours in the conversation. */
export interface Ours {
	/** The vault's folder, absolute. */
	readonly vaultPath: string;
	/** The plugin's version. */
	readonly version: string;
	/** Keys of providers of models, by the provider's name: as they are when a sidecar is started. */
	readonly secrets?: () => Readonly<Record<string, string>>;
	/** Changes notes on the sidecar's behalf. Without it the sidecar does so itself. */
	readonly applyEdit?: (asked: ApplyEdit, signal: AbortSignal) => Promise<EditorAnswer>;
}

/** A conversation about a vault that is open. */
export interface Open {
	client: Client;
	vaultId: string;
}

/** A sidecar that speaks another version of the protocol. */
export class Mismatch extends Error {
	constructor(
		readonly theirs: number,
		readonly version: string,
	) {
		super();
	}
}

/** Why a sidecar is of no more use. */
export class Lost extends Error {
	constructor(
		readonly why: "ended" | "disconnected" | "hung",
		message: string,
	) {
		super(message);
	}
}

export class Session {
	/** Comes when it is of no more use; never rejects. */
	readonly lost: Promise<Lost>;
	/** What it said of itself; null before that. */
	ready: Ready | null = null;
	readonly #token: string;
	readonly #sidecar: Sidecar;
	#lose: (lost: Lost) => void = () => undefined;
	#connected: Client | null = null;
	#isOver = false;
	#cancelPing: () => void = () => undefined;

	readonly #means: Means;
	readonly #ours: Ours;

	/** Starts the process. */
	constructor(means: Means, ours: Ours, command: string) {
		this.#means = means;
		this.#ours = ours;
		this.#token = means.token();
		this.lost = new Promise((resolve) => (this.#lose = resolve));
		this.#sidecar = new Sidecar(means, command, this.#start());
		// Before that, `open` tells.
		void this.#sidecar.ready.then(() => this.#awaitEnd(), () => undefined);
	}

	logged(): string[] {
		return this.#sidecar.logged();
	}

	/** Throws `NotStarted`, `Mismatch`, `CallFailed`, or what came of being cut short. */
	async open(listen: (client: Client) => void, onProgress: (progress: Progress) => void): Promise<Open> {
		this.ready = await this.#sidecar.ready;
		if (this.ready.protocol !== PROTOCOL) throw new Mismatch(this.ready.protocol, this.ready.version);
		const client = await this.#connect(this.ready.port);
		listen(client);
		const { vaultPath, version, applyEdit } = this.#ours;
		if (applyEdit) client.answer("workspace.applyEdit", applyEdit);
		await client.call("session.initialize", {
			client: { name: "vault-librarian", version },
			protocol: PROTOCOL,
			capabilities: { applyEdit: applyEdit ? [vaultPath] : [] },
		});
		const { vaultId } = await this.#openVault(client, onProgress);
		return { client, vaultId };
	}

	/** Have the sidecar leave, and return when it is gone; `hurried` when it does not listen anyway. */
	async end(hurried: boolean): Promise<void> {
		this.#isOver = true;
		this.#cancelPing();
		const { clock, patience } = this.#means;
		if (this.#connected && !hurried) {
			const farewell = this.#connected.call("session.shutdown", {});
			await isOverIn(clock, patience.terminate_ms, farewell);
		}
		this.#connected?.close();
		await (hurried ? this.#sidecar.kill() : this.#sidecar.stop());
	}

	#start(): Start {
		const secrets = this.#ours.secrets?.() ?? {};
		return Object.keys(secrets).length > 0 ? { token: this.#token, secrets } : { token: this.#token };
	}

	async #awaitEnd(): Promise<void> {
		const { code, signal } = await this.#sidecar.exited;
		this.#lose(new Lost("ended", signal ? `It was ended by ${signal}.` : `It ended with code ${code}.`));
	}

	/** Never again to this port once the process has ended: anybody may listen there by then. */
	async #connect(port: number): Promise<Client> {
		const { clock, connect, patience } = this.#means;
		const coming = connect(port, this.#token);
		const first = Promise.race([coming, this.lost.then((lost) => Promise.reject(lost))]);
		try {
			if (!(await isOverIn(clock, patience.connect_ms, first))) throw new Lost("disconnected", "It does not take connections.");
			const transport = await first;
			if (this.#isOver) throw new Lost("disconnected", "It was let go before it was connected.");
			return this.#converse(transport);
		} catch (error) {
			coming.then(
				(late) => late.close(),
				() => undefined,
			);
			throw error;
		}
	}

	#converse(transport: Transport): Client {
		const client = new Client(transport);
		this.#connected = client;
		client.onClose(() => this.#lose(new Lost("disconnected", "The connection was cut.")));
		this.#watch(client);
		return client;
	}

	/** Look again and again whether it still answers. */
	#watch(client: Client): void {
		const { clock, patience } = this.#means;
		let missed = 0;
		let isAnswered = true;
		const look = () => {
			if (this.#isOver) return;
			missed = isAnswered ? 0 : missed + 1;
			if (missed >= patience.pings) return this.#lose(new Lost("hung", "It does not answer any more."));
			isAnswered = false;
			client.call("session.ping", {}).then(
				() => (isAnswered = true),
				() => undefined,
			);
			this.#cancelPing = clock.after(patience.ping_ms, look);
		};
		this.#cancelPing = clock.after(patience.ping_ms, look);
	}

	/** Asked for a while, when the vault is held: what holds it may be our own predecessor on its way out. */
	async #openVault(client: Client, onProgress: (progress: Progress) => void): Promise<Opened> {
		const { clock, patience } = this.#means;
		const until = clock.now() + patience.held_ms;
		for (;;) {
			try {
				return await client.call("vault.open", { path: this.#ours.vaultPath }, { onProgress });
			} catch (error) {
				if (!failedWith(error, ERRORS.VaultHeld) || clock.now() >= until) throw error;
			}
			await wait(clock, patience.held_again_ms);
		}
	}
}

/** 32 random bytes, as base64url. */
export function randomToken(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(32));
	return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
