/** What a panel says while the librarian does not answer: why, and what can be done about it. */

import type { State } from "../../state";
import type { Host } from "../host";
import { Button, Working } from "../parts";
import { progressTold } from "../progress";
import { useStore } from "../store";

/** Whether questions are answered now. */
export function isReady(state: State): boolean {
	return state.kind === "ready";
}

export function useReady(host: Host): boolean {
	return isReady(useStore(host.state));
}

/** In the place of all that a panel shows otherwise. */
export function Unready({ host }: { host: Host }) {
	return (
		<div class="vl-unready">
			<StateLine host={host} />
		</div>
	);
}

interface Props {
	host: Host;
	/** Whether something from before is still shown. */
	isOld?: boolean;
}

/** What waits for somebody to do something: what is so, what that means, and what stands on the button. */
const STILL = {
	stopped: ["The librarian is stopped.", "It finds notes again once it is started.", "Start it"],
	new: ["Your notes have not been read yet.", "They can be searched once you allow it.", "See how it works"],
	missing: ["The librarian is not installed.", "It is a program of its own on this computer.", "Show how to install it"],
} as const;

/** Above what a panel shows. */
export function StateLine({ host, isOld }: Props) {
	const state = useStore(host.state);
	if (state.kind === "ready") return null;
	if (state.kind === "starting") return <Working label="The librarian is starting" />;
	if (state.kind === "opening") return <Working {...progressTold(state.progress)} />;
	if (state.kind === "degraded") {
		const { title, detail, remedy } = state.problem;
		return (
			<div class="vl-away" role="status">
				<strong>{title}</strong> {detail} {remedy}
				{isOld && " What is listed here is from before."}
			</div>
		);
	}
	const isFailed = state.kind === "failed";
	const [title, detail, label] = isFailed
		? [state.problem.title, `${state.problem.detail} ${state.problem.remedy}`, "Show what is wrong"]
		: STILL[state.kind];
	const act = () => (state.kind === "stopped" ? host.acts.retry() : host.show(isFailed ? "status" : "welcome"));
	return (
		<div class="vl-away" role={isFailed ? "alert" : "status"}>
			<p>
				<strong>{title}</strong> {detail}
			</p>
			<Button onClick={() => void act()}>{label}</Button>
		</div>
	);
}
