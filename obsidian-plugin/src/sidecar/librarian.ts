/** Keeps a sidecar running for one vault: finds and starts it, asks it, starts it again when it ends, and lets it go. */

import { atom } from "nanostores";

import type { Client } from "./client";
import { windowClock } from "../clock";
import { report } from "./diagnostics";
import { loginPath } from "./login_shell";
import { News } from "./news";
import { PATIENCE } from "./patience";
import { absence, comingBack, gaveUp, judge } from "./problems";
import type { Change, MethodName, Progress, Status } from "../protocol";
import { type CallOptions, Disconnected, type Result, type VaultMethod, type VaultParams } from "../rpc";
import { Lost, type Means, type Ours, Session, randomToken } from "./session";
import type { State } from "../state";
import { StatusWatch, isNews } from "./status_watch";
import { machine } from "./system";
import { connect } from "./transport";
import { until } from "./until";
import { type Changes, type Tell, batched } from "../vault/changes";
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
	readonly state = atom<State>({ kind: "stopped" });
	/** Another number after anything was indexed anew. */
	readonly generation = atom(0);
	/** Where the command was found; empty when it was not. */
	command = "";
	/** Moves with every start, end and stop: what an earlier turn still has to say changes nothing. */
	#turn = 0;
	#session: Session | null = null;
	/** The last session, also when it is over, for what it logged. */
	#latest: Session | null = null;
	#standing: Standing | null = null;
	/** Until the processes that were let go are gone. */
	#leaving: Promise<unknown> = Promise.resolve();
	#rising: Promise<void> = Promise.resolve();
	#restarts = 0;
	#isExpected = false;
	#isEnded = false;
	#cancelTimer: () => void = () => undefined;
	#progressAt_ms = 0;
	readonly #errors: string[] = [];
	readonly #changes: Changes;
	/** Files may change without end, and whatever is shown is asked for anew each time. */
	readonly #news: News;

	readonly #means: Means;

	constructor(
		private readonly options: LibrarianOptions,
		means: Means,
	) {
		this.#means = means;
		this.#changes = batched(() => this.#listener(), means.clock);
		this.#news = new News(means.clock, means.patience.news_ms, () => this.#somethingNew());
	}

	/** It will be started before long: what is shown already is not to say that it is stopped, and calls wait. */
	expect(): void {
		this.#isExpected = true;
		this.state.set({ kind: "starting" });
	}

	/** Returns when searches are answered, or it is clear that they will not be. Never throws: `state` tells. */
	start(): Promise<void> {
		if (this.#isEnded) return Promise.resolve();
		if (this.#isExpected || (!isComing(this.state.get()) && this.state.get().kind !== "ready")) {
			this.#isExpected = false;
			this.#restarts = 0;
			// All files are looked at when the vault is opened.
			this.#changes.forget();
			this.#rising = this.#rise();
		}
		return this.#rising;
	}

	/** Returns when no process is left. */
	async stop(): Promise<void> {
		const session = this.#over();
		this.#isExpected = false;
		if (this.state.get().kind !== "new") this.state.set({ kind: "stopped" });
		this.#letGo(session, false);
		await this.#leaving;
	}

	/** Stop for good. Whatever is still open of the plugin can start nothing any more, which nobody would be there to stop. */
	end(): Promise<void> {
		this.#isEnded = true;
		return this.stop();
	}

	/** Look for the command again, and start the sidecar anew. */
	retry(): Promise<void> {
		void this.stop();
		return this.start();
	}

	/** Ask about the vault. While the sidecar is on its way, the call waits. Throws `CallFailed` or `Disconnected`. */
	async call<M extends VaultMethod>(method: M, params: VaultParams<M>, options: CallOptions = {}): Promise<Result<M>> {
		const { client, vaultId } = this.#standing ?? (await this.#ready(options.signal));
		const answer = await client.call(method, { ...params, vaultId }, options);
		if (CHANGING.has(method)) this.#somethingNew();
		return answer;
	}

	/** Something happened to a file, which is told before long. */
	changed(change: Change): void {
		this.#changes.add(change);
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
		await this.#standing?.watch.look();
	}

	/** What helps to find out what is wrong, without anything secret or any text of notes. */
	diagnostics(): string {
		const { version, vaultPath } = this.options;
		const { ready = null } = this.#latest ?? {};
		return report({
			version,
			vaultPath,
			sidecar: ready,
			system: this.#means.system,
			state: this.state.get(),
			command: this.command,
			errors: this.#errors,
			logged: this.#logged(),
		});
	}

	/** What went wrong, and the last lines that the sidecar logged. */
	lastErrors(): string[] {
		return [...this.#errors, ...this.#logged()];
	}

	#logged(): string[] {
		return this.#latest?.logged() ?? [];
	}

	async #rise(): Promise<void> {
		const turn = ++this.#turn;
		this.state.set({ kind: "starting" });
		try {
			await this.#leaving;
			const command = turn === this.#turn && (await this.#find(turn));
			if (command) await this.#run(turn, command);
		} catch (error) {
			await this.#fell(turn, error);
		}
	}

	/** Where the command is; empty when there is none, or it may not be started, or nobody wants to know any more. */
	async #find(turn: number): Promise<string> {
		const { system, clock } = this.#means;
		const { command = "", looked = [] } = await find(system, this.options.command(), () => loginPath(system, clock));
		if (turn !== this.#turn) return "";
		this.command = command;
		if (command && this.options.isAllowed()) return command;
		this.state.set(command ? { kind: "new" } : { kind: "missing", looked });
		return "";
	}

	/** Returns when the vault is open, and keeps watch from then on; throws why it could not be opened. */
	async #run(turn: number, command: string): Promise<void> {
		const session = new Session(this.#means, this.options, command);
		this.#session = this.#latest = session;
		const lost = session.lost.then((why) => Promise.reject(why));
		await Promise.race([this.#open(turn, session), lost]);
		lost.catch((error: unknown) => this.#fell(turn, error));
	}

	async #open(turn: number, session: Session): Promise<void> {
		const isOurs = () => turn === this.#turn;
		const listen = (client: Client) => {
			if (!isOurs()) return;
			this.state.set({ kind: "opening", progress: null });
			client.onNotice("vault.progress", () => this.#standing?.watch.soon());
		};
		const { client, vaultId } = await session.open(listen, (progress) => isOurs() && this.#progressed(progress));
		const status = await client.call("vault.status", { vaultId });
		if (isOurs()) this.#stand(client, vaultId, status);
	}

	/** From here on searches are answered. */
	#stand(client: Client, vaultId: string, status: Status): void {
		const { clock, patience } = this.#means;
		const watch = new StatusWatch(
			clock,
			patience,
			() => client.call("vault.status", { vaultId }),
			(now) => this.#saw(now),
		);
		this.#standing = { client, vaultId, watch };
		this.state.set({ kind: "ready", status });
		this.generation.set(this.generation.get() + 1);
		watch.soon();
		this.#cancelTimer = clock.after(patience.healthy_ms, () => (this.#restarts = 0));
		void this.#changes.flush();
	}

	#saw(status: Status): void {
		const before = this.state.get();
		if (before.kind !== "ready" || JSON.stringify(before.status) === JSON.stringify(status)) return;
		this.state.set({ kind: "ready", status });
		if (isNews(before.status, status)) this.generation.set(this.generation.get() + 1);
	}

	#progressed(progress: Progress): void {
		const now_ms = this.#means.clock.now();
		if (this.state.get().kind !== "opening" || now_ms - this.#progressAt_ms < this.#means.patience.progress_ms) return;
		this.#progressAt_ms = now_ms;
		this.state.set({ kind: "opening", progress });
	}

	/** It ended, or never came to stand: let it go, and start it again when that is worth a try. */
	async #fell(turn: number, error: unknown): Promise<void> {
		if (turn !== this.#turn) return;
		const session = this.#over();
		const problem = judge(error, this.options.version);
		const isFinal = problem.remedy !== "";
		this.#note(`${problem.title} ${problem.detail}`);
		const { clock, patience } = this.#means;
		const delay_ms = isFinal ? undefined : patience.restarts_ms[this.#restarts++];
		const next = this.#turn;
		this.state.set(delay_ms === undefined ? { kind: "failed", problem } : { kind: "degraded", problem: comingBack(problem) });
		this.#letGo(session, error instanceof Lost && error.why === "hung");
		await this.#leaving;
		if (next !== this.#turn) return;
		if (delay_ms !== undefined) {
			this.#cancelTimer = clock.after(delay_ms, () => void (this.#rising = this.#rise()));
		} else if (!isFinal) {
			this.state.set({ kind: "failed", problem: gaveUp(problem, session?.logged().at(-1) ?? "") });
		}
	}

	/** End this turn; what is returned is still to be let go. */
	#over(): Session | null {
		this.#turn += 1;
		this.#cancelTimer();
		this.#cancelTimer = () => undefined;
		this.#news.stop();
		this.#standing?.watch.stop();
		this.#standing = null;
		const session = this.#session;
		this.#session = null;
		return session;
	}

	#letGo(session: Session | null, hurried: boolean): void {
		if (session) this.#leaving = Promise.all([this.#leaving, session.end(hurried)]);
	}

	async #ready(signal: AbortSignal | undefined): Promise<Standing> {
		const { clock, patience } = this.#means;
		await until(this.state, (state) => !isComing(state), { clock, ms: patience.call_ms, signal });
		if (!this.#standing) throw new Disconnected(absence(this.state.get()));
		return this.#standing;
	}

	/** Who is told of changes to files: nobody while no vault is open. */
	#listener(): Tell | null {
		const standing = this.#standing;
		return (
			standing &&
			(async (changes) => {
				const { client, vaultId } = standing;
				await client.call("vault.changed", { vaultId, changes });
				this.#news.come();
			})
		);
	}

	#somethingNew(): void {
		this.generation.set(this.generation.get() + 1);
		this.#standing?.watch.soon();
	}

	#note(error: string): void {
		this.#errors.push(`${new Date(this.#means.clock.now()).toISOString()} ${error}`);
		this.#errors.splice(0, this.#errors.length - KEPT_ERRORS);
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
