/** What a change that was taken back left as it is, and the offer to take back what nobody touched. */

import { useEffect, useRef } from "preact/hooks";

import type { Applied } from "../../protocol";
import type { Host } from "../host";
import { Button } from "../parts";
import { hasKeyboard } from "./focus";
import { Conflicts } from "./Outcome";
import { Planned } from "./Planned";
import { useTelling } from "./telling";
import { filesCounted, pathsOf } from "./wording";

interface Props {
	host: Host;
	/** What taking back answered. */
	applied: Applied;
	/** With what is to be told, after the rest was taken back, too. */
	onClose: (told?: string) => void;
}

export function Undone({ host, applied: { conflicts, offer }, onClose }: Props) {
	const section = useRef<HTMLElement>(null);
	const telling = useTelling(host);
	useEffect(() => {
		if (hasKeyboard(section.current?.parentElement ?? null)) section.current?.focus();
	}, [conflicts]);
	const files = filesCounted(pathsOf(offer?.preview ?? []));
	const told = `Taken back what was left in ${files}.`;
	return (
		<section class="vl-outcome" aria-label="What was not taken back" ref={section} tabIndex={-1}>
			<Conflicts conflicts={conflicts} />
			{offer ? (
				<>
					<p>What nobody touched since can be taken back all the same:</p>
					<Planned
						host={host}
						plan={offer}
						act={`Take this back in ${files}`}
						onDone={() => void (telling.elsewhere(told) || onClose(told))}
						back="Leave it"
						onBack={() => onClose()}
					/>
				</>
			) : (
				<Button onClick={() => onClose()}>Close</Button>
			)}
		</section>
	);
}
