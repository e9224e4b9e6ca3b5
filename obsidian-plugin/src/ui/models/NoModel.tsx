/** Says that no model is chosen, what is done without one, and how to choose one: the same words wherever that matters. */

import { ERRORS } from "../../protocol";
import { failedWith } from "../../rpc";
import type { Host } from "../host";
import { Button } from "../parts";

/** Whether nobody was chosen; of a provider that was chosen, what it lacks is told as it is. */
export function isNoModel(error: unknown): boolean {
	return failedWith(error, ERRORS.NoProvider) && !error.data["provider"];
}

/** `can`: what there is without one, as a sentence. */
export function NoModel({ host, can }: { host: Host; can: string }) {
	return (
		<div class="vl-no-model" role="note">
			<p>No model is chosen. {can} One on this machine, or one of a provider you have a key for, writes in its own words.</p>
			<Button onClick={host.acts.openSettings}>Choose a model</Button>
		</div>
	);
}
