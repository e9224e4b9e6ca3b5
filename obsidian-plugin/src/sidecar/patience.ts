/** How long is waited for what, in milliseconds. */

export interface Patience {
	/** For the sidecar's first word. A cold disk and a virus scanner may both be in its way. */
	readonly ready_ms: number;
	readonly connect_ms: number;
	/** For a vault that another process holds: it may be the one before us, which has 4 s to leave. */
	readonly held_ms: number;
	readonly held_again_ms: number;
	/** Between two looks at whether the sidecar still answers. */
	readonly ping_ms: number;
	/** So many without an answer, and it hangs. */
	readonly pings: number;
	/** For the sidecar to leave once it is told to, or its lifeline is cut. */
	readonly leave_ms: number;
	readonly terminate_ms: number;
	readonly kill_ms: number;
	/** Before each restart; there are no more than these. */
	readonly restarts_ms: readonly number[];
	/** After so long without trouble, restarts are counted from zero again. */
	readonly healthy_ms: number;
	/** How long a call waits for a sidecar that is on its way. */
	readonly call_ms: number;
	/** Between two looks at what the indexes are doing, while they are busy and while they are not. */
	readonly busy_ms: number;
	readonly idle_ms: number;
	/** Between two times that answers are said to be out of date because files changed. */
	readonly news_ms: number;
	/** Between two steps of the progress that is shown. */
	readonly progress_ms: number;
}

export const PATIENCE: Patience = {
	ready_ms: 30_000,
	connect_ms: 10_000,
	held_ms: 5_000,
	held_again_ms: 250,
	ping_ms: 10_000,
	pings: 3,
	leave_ms: 5_000,
	terminate_ms: 2_000,
	kill_ms: 3_000,
	restarts_ms: [1_000, 4_000, 15_000],
	healthy_ms: 300_000,
	call_ms: 20_000,
	busy_ms: 1_000,
	idle_ms: 30_000,
	news_ms: 1_500,
	progress_ms: 100,
};
