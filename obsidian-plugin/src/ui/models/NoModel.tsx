/** Says that no model is chosen, what is done without one, and how to choose one: the same words wherever that matters. */

import type { ComponentProps } from "preact";

import { ERRORS } from "../../protocol";
import { failedWith } from "../../rpc";
import type { Host } from "../host";
import { Button, Failure } from "../parts";

interface Props {
	host: Host;
	/** What there is without a model, as a sentence. */
	can: string;
}

/** What went wrong with a model. Of a provider that was chosen, what it lacks is told as it is. */
export function ModelFailure({ can, ...failure }: Props & ComponentProps<typeof Failure>) {
	const { host, error } = failure;
	if (failedWith(error, ERRORS.NoProvider) && !error.data["provider"]) return <NoModel host={host} can={can} />;
	return <Failure {...failure} />;
}

export function NoModel({ host, can }: Props) {
	return (
		<div class="vl-no-model" role="note">
			<p>No model is chosen. {can} One on this machine, or one of a provider you have a key for, writes in its own words.</p>
			<Button onClick={host.acts.openSettings}>Choose a model</Button>
		</div>
	);
}
