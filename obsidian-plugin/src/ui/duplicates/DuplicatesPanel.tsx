/** The panel with notes that say the same: found, compared, and made one. */

import { useRef, useState } from "preact/hooks";

import { Undone } from "../changes/Outcome";
import { Unready, isReady } from "../changes/Unready";
import type { Host } from "../host";
import { Controls } from "./Controls";
import { useDeciding } from "./deciding";
import { Dismissed } from "./Dismissed";
import { Edges } from "./Edges";
import { useNextFocus } from "./focus";
import { Groups } from "./Groups";
import { useLooking } from "./looking";
import { LookStatus } from "./LookStatus";
import type { Kind } from "./wording";
import { useStore } from "../store";

export function DuplicatesPanel({ host }: { host: Host }) {
	const panel = useRef<HTMLDivElement>(null);
	const looking = useLooking(host);
	const deciding = useDeciding(host, looking, useNextFocus(panel));
	const [kind, setKind] = useState<Kind | null>(null);
	const found = useStore(looking.look.found);
	const ready = isReady(useStore(host.state));
	const isBlank = !ready && Object.keys(found).length === 0;
	return (
		<div class="vl-panel vl-duplicates" ref={panel}>
			<Unready host={host} />
			{!isBlank && (
				<>
					<Controls looking={looking} kind={kind} onKind={setKind} />
					<p class="vl-told" role="status" tabIndex={-1} data-focus="told">
						{deciding.told}
					</p>
					{deciding.undone && (
						<Undone host={host} applied={deciding.undone} onClose={() => deciding.closeUndone()} onDone={deciding.closeUndone} />
					)}
					<LookStatus host={host} looking={looking} />
					<Groups host={host} looking={looking} kind={kind} decide={deciding.decide} />
					<Edges host={host} edges={found.near?.edges ?? []} threshold={looking.threshold} />
					{ready && <Dismissed host={host} turn={deciding.dismissals} onRestored={deciding.restored} />}
				</>
			)}
		</div>
	);
}
