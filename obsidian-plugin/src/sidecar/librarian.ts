/** Keeps a sidecar running for one vault: finds and starts it, asks it, starts it again when it ends, and lets it go. */

import { type ReadableAtom, atom } from "nanostores";

import type { Client } from "./client";
import { windowClock } from "../clock";
import { type Facts, report } from "./diagnostics";
import { loginPath } from "./login_shell";
import { News } from "./news";
import { PATIENCE } from "./patience";
import { PendingChanges } from "./pending_changes";
import { absence, comingBack, gaveUp, judge } from "./problems";
import type { Change, MethodName, Progress, Status } from "../protocol";
import { type CallOptions, Disconnected, type Result, type VaultMethod, type VaultParams } from "../rpc";
import { Lost, type Means, type Ours, Session, randomToken } from "./session";
import type { State } from "../state";
import { StatusWatch, isNews } from "./status_watch";
import { machine } from "./system";
import { connect } from "./transport";
import { until } from "./until";
import { find } from "./whereabouts";

export interface LibrarianOptions extends Ours {
	/** Where the person says that the command is; empty when they say nothing. */
	readonly command: () => string;
	/** Whether the person said that this vault may be read. */
	readonly isAllowed: () => boolean;
}

const KEPT_ERRORS = 20;
/** After these, what is found is another thing than before. */
const CHANGING: ReadonlySet<MethodName> = new Set(["edits.apply", "edits.undo", "vault.rebuild"]);

/** A vault that answers, and what keeps it so. */
interface Standing {
	client: Client;
	vaultId: string;
	watch: StatusWatch;
}

export class Librarian {
	private readonly told = atom<State>({ kind: "stopped" });
	private readonly moved = atom(0);
	/** Moves with every start, end and stop: what an earlier turn still has to say changes nothing. */
	private turn = 0;
	private session: Session | null = null;
	/** The last session, also when it is over, for what it logged. */
	private latest: Session | null = null;
	private standing: Standing | null = null;
	/** Until the processes that were let go are gone. */
	private leaving: Promise<unknown> = Promise.resolve();
	private rising: Promise<void> = Promise.resolve();
	private restarts = 0;
	private isExpected = false;
	private isEnded = false;
	private cancelTimer: () => void = () => undefined;
	private progressAt_ms = 0;
	private found = "";
	private readonly errors: string[] = [];
	private readonly pending: PendingChanges;
	/** Files may change without end, and whatever is shown is asked for anew each time. */
	private readonly news: News;

	constructor(
		private readonly options: LibrarianOptions,
		private readonly means: Means,
	) {
		this.pending = new PendingChanges((changes) => this.report(changes));
		this.news = new News(means.clock, means.patience.news_ms, () => this.somethingNew());
	}

	get state(): ReadableAtom<State> {
		return this.told;
	}

	/** Another number after anything was indexed anew. */
	get generation(): ReadableAtom<number> {
		return this.moved;
	}

	/** It will be started before long: what is shown already is not to say that it is stopped, and calls wait. */
	expect(): void {
		this.isExpected = true;
		this.told.set({ kind: "starting" });
	}

	/** Returns when searches are answered, or it is clear that they will not be. Never throws: `state` tells. */
	start(): Promise<void> {
		if (this.isEnded) return Promise.resolve();
		if (this.isExpected || (!isComing(this.told.get()) && this.told.get().kind !== "ready")) {
			this.isExpected = false;
			this.restarts = 0;
			this.rising = this.rise();
		}
		return this.rising;
	}

	/** Returns when no process is left. */
	async stop(): Promise<void> {
		const session = this.over();
		this.isExpected = false;
		if (this.told.get().kind !== "new") this.told.set({ kind: "stopped" });
		this.pending.forget();
		this.letGo(session, false);
		await this.leaving;
	}

	/** Stop for good. Whatever is still open of the plugin can start nothing any more, which nobody would be there to stop. */
	end(): Promise<void> {
		this.isEnded = true;
		return this.stop();
	}

	/** Look for the command again, and start the sidecar anew. */
	retry(): Promise<void> {
		void this.stop();
		return this.start();
	}

	/** Ask about the vault. While the sidecar is on its way, the call waits. Throws `CallFailed` or `Disconnected`. */
	async call<M extends VaultMethod>(method: M, params: VaultParams<M>, options: CallOptions = {}): Promise<Result<M>> {
		const { client, vaultId } = this.standing ?? (await this.ready(this.means.patience.call_ms, options.signal));
		const answer = await client.call(method, { ...params, vaultId }, options);
		if (CHANGING.has(method)) this.somethingNew();
		return answer;
	}

	/** Tell what happened to files; returns when it can be found, or need not be told because all will be looked at anyway. */
	changed(changes: readonly Change[]): Promise<void> {
		const { kind } = this.told.get();
		return kind === "ready" || isComing(this.told.get()) ? this.pending.add(changes) : Promise.resolve();
	}

	/** Let slow reading of notes rest. */
	async pause(): Promise<void> {
		await this.call("embedding.pause", {});
		await this.refresh();
	}

	async resume(): Promise<void> {
		await this.call("embedding.resume", {});
		await this.refresh();
	}

	/** Have `state` tell what the indexes do just now. */
	async refresh(): Promise<void> {
		await this.standing?.watch.look();
	}

	/** Where the command was found; empty when it was not. */
	get command(): string {
		return this.found;
	}

	/** What helps to find out what is wrong, without anything secret or any text of notes. */
	diagnostics(): string {
		return report(this.facts());
	}

	/** What went wrong, and the last lines that the sidecar logged. */
	lastErrors(): string[] {
		return [...this.errors, ...(this.latest?.logged() ?? [])];
	}

	private facts(): Facts {
		const { system } = this.means;
		const { version, vaultPath } = this.options;
		const state = this.told.get();
		return {
			version,
			sidecar: this.latest?.ready ?? null,
			system,
			state,
			command: this.found,
			errors: this.errors,
			logged: this.latest?.logged() ?? [],
			vaultPath,
		};
	}

	private async rise(): Promise<void> {
		const turn = ++this.turn;
		this.told.set({ kind: "starting" });
		try {
			await this.leaving;
			const command = turn === this.turn ? await this.find(turn) : null;
			if (command !== null) await this.run(turn, command);
		} catch (error) {
			await this.fell(turn, error);
		}
	}

	/** Where the command is; null when there is none, or it may not be started, or nobody wants to know any more. */
	private async find(turn: number): Promise<string | null> {
		const { system, clock } = this.means;
		const where = await find(system, this.options.command(), () => loginPath(system, clock));
		if (turn !== this.turn) return null;
		this.found = "command" in where ? where.command : "";
		if ("command" in where && this.options.isAllowed()) return where.command;
		this.told.set("command" in where ? { kind: "new" } : { kind: "missing", looked: where.looked });
		this.pending.forget();
		return null;
	}

	/** Returns when the vault is open, and keeps watch from then on; throws why it could not be opened. */
	private async run(turn: number, command: string): Promise<void> {
		const session = new Session(this.means, this.options, command);
		this.session = this.latest = session;
		const lost = session.lost.then((why) => Promise.reject(why));
		await Promise.race([this.open(turn, session), lost]);
		lost.catch((error: unknown) => this.fell(turn, error));
	}

	private async open(turn: number, session: Session): Promise<void> {
		const isOurs = () => turn === this.turn;
		const listen = (client: Client) => {
			if (!isOurs()) return;
			this.told.set({ kind: "opening", progress: null });
			client.onNotice("vault.progress", () => this.standing?.watch.soon());
		};
		const { client, vaultId } = await session.open(listen, (progress) => isOurs() && this.progressed(progress));
		const status = await client.call("vault.status", { vaultId });
		if (isOurs()) this.stand(client, vaultId, status);
	}

	/** From here on searches are answered. */
	private stand(client: Client, vaultId: string, status: Status): void {
		const { clock, patience } = this.means;
		const watch = new StatusWatch(
			clock,
			patience,
			() => client.call("vault.status", { vaultId }),
			(now) => this.saw(now),
		);
		this.standing = { client, vaultId, watch };
		this.told.set({ kind: "ready", status });
		this.moved.set(this.moved.get() + 1);
		watch.soon();
		this.cancelTimer = clock.after(patience.healthy_ms, () => (this.restarts = 0));
		void this.pending.flush();
	}

	private saw(status: Status): void {
		const before = this.told.get();
		if (before.kind !== "ready" || JSON.stringify(before.status) === JSON.stringify(status)) return;
		this.told.set({ kind: "ready", status });
		if (isNews(before.status, status)) this.moved.set(this.moved.get() + 1);
	}

	private progressed(progress: Progress): void {
		const now_ms = this.means.clock.now();
		if (this.told.get().kind !== "opening" || now_ms - this.progressAt_ms < this.means.patience.progress_ms) return;
		this.progressAt_ms = now_ms;
		this.told.set({ kind: "opening", progress });
	}

	/** It ended, or never came to stand: let it go, and start it again when that is worth a try. */
	private async fell(turn: number, error: unknown): Promise<void> {
		if (turn !== this.turn) return;
		const session = this.over();
		const { problem, isFinal } = judge(error, this.options.version);
		this.note(`${problem.title} ${problem.detail}`);
		const delay_ms = isFinal ? undefined : this.means.patience.restarts_ms[this.restarts++];
		const next = this.turn;
		this.told.set(delay_ms === undefined ? { kind: "failed", problem } : { kind: "degraded", problem: comingBack(problem) });
		this.letGo(session, error instanceof Lost && error.why === "hung");
		await this.leaving;
		if (next !== this.turn) return;
		if (delay_ms !== undefined) {
			this.cancelTimer = this.means.clock.after(delay_ms, () => void (this.rising = this.rise()));
		} else if (!isFinal) {
			this.told.set({ kind: "failed", problem: gaveUp(problem, session?.logged().at(-1) ?? "") });
		}
		if (delay_ms === undefined) this.pending.forget();
	}

	/** End this turn; what is returned is still to be let go. */
	private over(): Session | null {
		this.turn += 1;
		this.cancelTimer();
		this.cancelTimer = () => undefined;
		this.news.stop();
		this.standing?.watch.stop();
		this.standing = null;
		const session = this.session;
		this.session = null;
		return session;
	}

	private letGo(session: Session | null, hurried: boolean): void {
		if (session) this.leaving = Promise.all([this.leaving, session.end(hurried)]);
	}

	private async ready(ms: number, signal?: AbortSignal): Promise<Standing> {
		const isSettled = (state: State) => !isComing(state);
		await until(this.told, isSettled, { clock: this.means.clock, ms, ...(signal && { signal }) });
		if (!this.standing) throw new Disconnected(absence(this.told.get()));
		return this.standing;
	}

	private async report(changes: Change[]): Promise<boolean> {
		if (!this.standing) return false;
		const { client, vaultId } = this.standing;
		await client.call("vault.changed", { vaultId, changes });
		this.news.come();
		return true;
	}

	private somethingNew(): void {
		this.moved.set(this.moved.get() + 1);
		this.standing?.watch.soon();
	}

	private note(error: string): void {
		this.errors.push(`${new Date(this.means.clock.now()).toISOString()} ${error}`);
		this.errors.splice(0, this.errors.length - KEPT_ERRORS);
	}
}

/** Whether it will be ready, or fail, by itself. */
function isComing({ kind }: State): boolean {
	return kind === "starting" || kind === "opening" || kind === "degraded";
}

/** The means of the window that the plugin runs in. */
export function means(): Means {
	return { system: machine(), clock: windowClock, connect, patience: PATIENCE, token: randomToken };
}
