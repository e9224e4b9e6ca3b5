/** The panel with notes that say the same: found, compared, and made one. */

import { useRef } from "preact/hooks";

import { Undone } from "../changes/Undone";
import { Unready, useReady } from "../changes/Unready";
import type { Host } from "../host";
import { Controls } from "./Controls";
import { useDeciding } from "./deciding";
import { Dismissed } from "./Dismissed";
import { Edges } from "./Edges";
import { useNextFocus } from "./focus";
import { Groups } from "./Groups";
import { useLooking } from "./looking";
import { LookStatus } from "./LookStatus";

export function DuplicatesPanel({ host }: { host: Host }) {
	const panel = useRef<HTMLDivElement>(null);
	const looking = useLooking(host);
	const deciding = useDeciding(host, looking, useNextFocus(panel));
	const ready = useReady(host);
	const isBlank = !ready && Object.keys(looking.found).length === 0;
	return (
		<div class="vl-panel vl-duplicates" ref={panel}>
			<Unready host={host} />
			{!isBlank && (
				<>
					<Controls looking={looking} />
					<p class="vl-told" role="status" tabIndex={-1} data-focus="told">
						{deciding.told}
					</p>
					{deciding.undone && <Undone host={host} applied={deciding.undone} onClose={deciding.closeUndone} />}
					<LookStatus host={host} looking={looking} />
					<Groups host={host} looking={looking} deciding={deciding} />
					<Edges host={host} edges={looking.found.near?.edges ?? []} threshold={looking.threshold} />
					{ready && <Dismissed host={host} deciding={deciding} />}
				</>
			)}
		</div>
	);
}
