/** A panel while the librarian cannot answer: why, and what can be done about it. */

import type { State } from "../../state";
import type { Host } from "../host";
import { Button, Empty, Working } from "../parts";

/** Whether questions are answered now. */
export function isReady(state: State): boolean {
	return state.kind === "ready";
}

export function Unready({ host }: { host: Host }) {
	const state = host.state.value;
	switch (state.kind) {
		case "ready":
			return null;
		case "stopped":
			return (
				<Empty title="The librarian is stopped">
					<Button onClick={() => void host.acts.retry()}>Start it</Button>
				</Empty>
			);
		case "new":
		case "missing":
			return (
				<Empty title={state.kind === "new" ? "This vault is not set up yet" : "The librarian is not installed yet"}>
					<Button onClick={() => void host.show("welcome")}>Show how to begin</Button>
				</Empty>
			);
		case "starting":
			return <Working label="The librarian is starting" />;
		case "opening":
			return <Working label="Reading notes" done={state.progress?.done ?? 0} total={state.progress?.total ?? 0} />;
		case "degraded":
		case "failed":
			return (
				<div class="librarian-failure" role="alert">
					<p>
						<strong>{state.problem.title}</strong> {state.problem.detail} {state.problem.remedy}
					</p>
					<Button onClick={() => void host.show("status")}>Show status</Button>
				</div>
			);
	}
}
