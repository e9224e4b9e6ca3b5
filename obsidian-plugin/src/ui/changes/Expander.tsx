/** A heading that shows and hides what is below it. */

import type { ComponentChildren } from "preact";

import type { Host } from "../host";
import { Icon } from "../parts";

interface Props {
	host: Host;
	/** Of the heading; panels begin with 3. */
	level: 3 | 4;
	isOpen: boolean;
	onToggle: () => void;
	children: ComponentChildren;
}

export function Expander({ host, level, isOpen, onToggle, children }: Props) {
	const Heading = `h${level}` as const;
	return (
		<Heading class="vl-expander">
			<button type="button" aria-expanded={isOpen} onClick={onToggle}>
				<Icon host={host} name={isOpen ? "chevron-down" : "chevron-right"} />
				<span class="vl-expander-label">{children}</span>
			</button>
		</Heading>
	);
}
