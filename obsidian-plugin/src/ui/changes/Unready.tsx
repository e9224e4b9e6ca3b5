/** What a panel says while the librarian does not answer: why, and what can be done about it. */

import type { Problem, State } from "../../state";
import type { Host } from "../host";
import { Button, Working } from "../parts";
import { progressTold } from "../progress";
import { useStore } from "../store";

/** Whether questions are answered now. */
export function isReady(state: State): boolean {
	return state.kind === "ready";
}

/** In the place of all that a panel shows otherwise. */
export function Unready({ host }: { host: Host }) {
	return (
		<div class="vl-unready">
			<StateLine host={host} isOld={false} />
		</div>
	);
}

interface Props {
	host: Host;
	/** Whether something from before is still shown. */
	isOld: boolean;
}

/** Above what a panel shows. */
export function StateLine({ host, isOld }: Props) {
	const state = useStore(host.state);
	switch (state.kind) {
		case "ready":
			return null;
		case "starting":
			return <Working label="The librarian is starting" />;
		case "opening":
			return <Working {...progressTold(state.progress)} />;
		case "degraded":
			return <Away problem={state.problem} isOld={isOld} />;
		default:
			return <Standstill host={host} state={state} />;
	}
}

/** It comes back without anybody's doing. */
function Away({ problem, isOld }: { problem: Problem; isOld: boolean }) {
	return (
		<div class="vl-away" role="status">
			<strong>{problem.title}</strong> {problem.detail} {problem.remedy}
			{isOld && " What is listed here is from before."}
		</div>
	);
}

type Still = Extract<State, { kind: "stopped" | "new" | "missing" | "failed" }>;

/** It waits for somebody to do something. */
function Standstill({ host, state }: { host: Host; state: Still }) {
	const { title, detail, label, run } = standstill(host, state);
	return (
		<div class="vl-away" role={state.kind === "failed" ? "alert" : "status"}>
			<p>
				<strong>{title}</strong> {detail}
			</p>
			<Button onClick={run}>{label}</Button>
		</div>
	);
}

function standstill(host: Host, state: Still) {
	const welcome = () => void host.show("welcome");
	switch (state.kind) {
		case "stopped":
			return {
				title: "The librarian is stopped.",
				detail: "It finds notes again once it is started.",
				label: "Start it",
				run: () => void host.acts.retry(),
			};
		case "new":
			return {
				title: "Your notes have not been read yet.",
				detail: "They can be searched once you allow it.",
				label: "See how it works",
				run: welcome,
			};
		case "missing":
			return {
				title: "The librarian is not installed.",
				detail: "It is a program of its own on this computer.",
				label: "Show how to install it",
				run: welcome,
			};
		case "failed":
			return {
				title: state.problem.title,
				detail: `${state.problem.detail} ${state.problem.remedy}`.trim(),
				label: "Show what is wrong",
				run: () => void host.show("status"),
			};
	}
}
