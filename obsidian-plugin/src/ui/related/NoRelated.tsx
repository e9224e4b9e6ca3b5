/** Why there are no related notes, and what can be done about it. */

import type { Coverage } from "../../protocol";
import type { Host } from "../host";
import { Button, Empty, isNote } from "../parts";
import { meaningOf } from "../search/modes";
import { useStore } from "../store";

interface Props {
	host: Host;
	note: string;
	coverage: Coverage;
	isHidingLinked: boolean;
	onShowLinked: () => void;
}

export function NoRelated({ host, note, coverage, isHidingLinked, onShowLinked }: Props) {
	const state = useStore(host.state);
	const meaning = meaningOf(state);
	const skipped = state.kind === "ready" ? state.status.skipped.find((each) => each.path === note) : undefined;
	if (!isNote(note)) return <Empty title="Only notes are compared by meaning" />;
	if (skipped) {
		return (
			<Empty title="This note is left out">
				<p>{skipped.reason}</p>
			</Empty>
		);
	}
	if (meaning.isMendable) {
		return (
			<Empty title="Related notes are found by meaning">
				<p>{meaning.detail} It can be changed in the settings; nothing leaves this computer for it.</p>
				<Button onClick={() => host.acts.openSettings()}>Open the settings</Button>
			</Empty>
		);
	}
	const isBehind = coverage.embedded == null || coverage.embedded < coverage.searched || coverage.checking === true;
	if (isBehind || meaning.detail) {
		return (
			<Empty title="This note may not have been read yet">
				<p>{meaning.detail} Related notes appear here as soon as they are known.</p>
			</Empty>
		);
	}
	return (
		<Empty title={isHidingLinked ? "No related notes that are not linked yet" : "No related notes"}>
			{isHidingLinked ? (
				<Button onClick={onShowLinked}>Show linked notes</Button>
			) : (
				<p>No other note says anything like it. In a note with little text there is little to compare.</p>
			)}
		</Empty>
	);
}
