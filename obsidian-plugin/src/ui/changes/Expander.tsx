/** A heading that shows and hides what is below it. */

import type { ComponentChildren } from "preact";

import type { Host } from "../host";
import { Icon } from "../parts";
import { useRecalled } from "../recalled";

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

interface FoldProps {
	host: Host;
	class: string;
	/** What it is remembered under. */
	name: string;
	title: string;
	children: ComponentChildren;
}

/** A part of a panel that is drawn when it is wanted, and stays as it was put, also when it had nothing to show meanwhile. */
export function Fold({ host, class: looks, name, title, children }: FoldProps) {
	const [isOpen, setOpen] = useRecalled(host, name, false);
	return (
		<section class={looks}>
			<Expander host={host} level={3} isOpen={isOpen} onToggle={() => setOpen(!isOpen)}>
				{title}
			</Expander>
			{isOpen && children}
		</section>
	);
}
