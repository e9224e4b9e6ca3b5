/** How many were found, how, and among how many notes. */

import type { Host } from "../host";
import { CoverageLine, counted } from "../parts";
import { meaningOf, phraseOf } from "./modes";
import type { Found } from "./results";

export function Foot({ host, found }: { host: Host; found: Found }) {
	const { answer } = found;
	return (
		<div class="librarian-search-foot">
			<p class="librarian-coverage" role="status">
				{`${counted(answer.total, "result")}${answer.mode === found.mode ? "" : `, ${phraseOf(answer.mode)}`}`}
				{answer.mode !== found.mode && <Reason host={host} />}
			</p>
			<CoverageLine coverage={answer.coverage} />
		</div>
	);
}

/** Why it was answered otherwise than it was asked; nothing where the query itself is the reason: it is short, or has no words. */
function Reason({ host }: { host: Host }) {
	const { kind, detail } = meaningOf(host.state.value);
	if (kind === "ready" || kind === "unknown") return null;
	return (
		<>
			{". "}
			{detail}{" "}
			{kind !== "reading" && (
				<button type="button" class="librarian-link" onClick={() => host.acts.openSettings()}>
					Open the settings
				</button>
			)}
		</>
	);
}
