/** The panel in which many notes are summarised, each by itself. */

import "@preact/signals"; // components follow the signals of the host and of the batch

import { useEffect, useMemo } from "preact/hooks";

import { Unready, isReady } from "../changes/Unready";
import type { Host } from "../host";
import { batchOf } from "./batch";
import { Chooser } from "./Chooser";
import { RunView } from "./RunView";

export function SummariesPanel({ host }: { host: Host }) {
	const batch = useMemo(() => batchOf(host), [host]);
	const ready = isReady(host.state.value);
	useEffect(() => {
		if (ready && batch.going.peek() === null) void batch.refresh();
	}, [ready, batch]);
	useEffect(
		() => () => {
			if (batch.pause()) host.notice("Summaries are paused; what is done is kept.");
		},
		[host, batch],
	);
	if (!ready) return <Unready host={host} />;
	const isShown = batch.run.value !== null || batch.going.value !== null;
	return (
		<div class="vl-panel vl-summaries">
			{isShown ? <RunView host={host} batch={batch} /> : <Chooser host={host} batch={batch} />}
		</div>
	);
}
