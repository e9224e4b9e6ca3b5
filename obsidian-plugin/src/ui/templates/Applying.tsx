/** A template for notes that are there: what each would get, and then the change. */

import { useState } from "preact/hooks";

import type { Applied } from "../../protocol";
import { CallFailed } from "../../rpc";
import { useAsked } from "../ask";
import { tellDone } from "../changes/done";
import { Planned } from "../changes/Planned";
import { filesCounted, pathsOf } from "../changes/wording";
import type { Host } from "../host";
import { Button, Buttons, Failure, Working } from "../parts";
import type { Template } from "./making";

interface Props {
	host: Host;
	template: Template;
	notes: readonly string[];
	onDone: () => void;
	onBack: () => void;
}

export function Applying({ host, template, notes: all, onDone, onBack }: Props) {
	const [notes, setNotes] = useState(all);
	const ask = (signal: AbortSignal) => host.call("templates.apply", { ...template, notes: [...notes] }, { signal });
	const { answer: plan, error, isAsking, again } = useAsked(ask, [notes]);
	const back = <Button onClick={onBack}>Back</Button>;
	if (plan === null || isAsking || error !== null) {
		const culprit = error instanceof CallFailed ? error.data["path"] : null;
		return (
			<>
				{isAsking || error === null ? <Working label={`Looking at ${filesCounted(notes)}`} /> : <Failure error={error} onRetry={again} />}
				<Buttons>
					{!isAsking && notes.length > 1 && notes.some((path) => path === culprit) && (
						<Button onClick={() => setNotes(notes.filter((path) => path !== culprit))}>Go on without it</Button>
					)}
					{back}
				</Buttons>
			</>
		);
	}
	const count = plan.edits.length;
	const done = (applied: Applied) => {
		tellDone(host, applied, `The template was applied to ${filesCounted(applied.applied)}.`);
		onDone();
	};
	return (
		<>
			<p role="status">
				{count > 0 && "Nothing is changed yet. Every value and word stays; what is missing is added. "}
				{count < notes.length && `${filesCounted(notes.slice(count))} with all of it. `}
				{notes.length < all.length && `${filesCounted(all.slice(notes.length))} left out.`}
			</p>
			{count === 0 ? (
				back
			) : (
				<Planned host={host} plan={plan} act={`Change ${filesCounted(pathsOf(plan.preview))}`} onDone={done} onBack={onBack} />
			)}
		</>
	);
}
