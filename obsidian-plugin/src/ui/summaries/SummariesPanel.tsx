/** The panel in which many notes are summarised, each by itself. */

import { useEffect, useMemo } from "preact/hooks";

import { Unready, isReady } from "../changes/Unready";
import type { Host } from "../host";
import { batchOf } from "./batch";
import { Chooser } from "./Chooser";
import { RunView } from "./RunView";
import { useStore } from "../store";

export function SummariesPanel({ host }: { host: Host }) {
	const batch = useMemo(() => batchOf(host), [host]);
	const ready = isReady(useStore(host.state));
	const run = useStore(batch.run);
	const going = useStore(batch.going);
	useEffect(() => {
		if (ready && batch.going.get() === null) void batch.refresh();
	}, [ready, batch]);
	useEffect(
		() => () => {
			if (batch.pause()) host.notice("Summaries are paused; what is done is kept.");
		},
		[host, batch],
	);
	if (!ready) return <Unready host={host} />;
	return (
		<div class="vl-panel vl-summaries">
			{run !== null || going !== null ? <RunView host={host} batch={batch} /> : <Chooser host={host} batch={batch} />}
		</div>
	);
}
