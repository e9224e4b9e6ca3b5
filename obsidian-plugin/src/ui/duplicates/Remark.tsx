/** Something that is so, and what can be done about it. */

import { Button } from "../parts";

interface Props {
	told: string;
	disabled?: boolean;
	onClick: () => void;
	/** What stands on the button. */
	children: string;
}

export function Remark({ told, ...button }: Props) {
	return (
		<p class="vl-remark" role="status">
			<span>{told}</span>
			<Button {...button} />
		</p>
	);
}
