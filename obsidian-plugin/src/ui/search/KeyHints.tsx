/** What the keys do, for those who do not know yet. */

const KEYS = [
	["↑ ↓", "choose"],
	["↵", "open"],
	["Ctrl/⌘ ↵", "in a new tab"],
	["Ctrl/⌘ Alt ↵", "to the side"],
	["Alt ↵", "insert a link"],
	["Tab", "whole passage"],
	["Ctrl/⌘ I", "why it matched"],
];

export function KeyHints({ id }: { id: string }) {
	return (
		<p class="vl-keys" id={id}>
			{KEYS.map(([keys, does]) => (
				<span>
					<kbd>{keys}</kbd> {does}
				</span>
			))}
		</p>
	);
}
