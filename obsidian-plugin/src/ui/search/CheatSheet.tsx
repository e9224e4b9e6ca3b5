/** What can be typed beside words; a click puts it into the box. */

import { OPERATORS, type Operator } from "./operators";

export function CheatSheet({ onPick }: { onPick: (operator: Operator) => void }) {
	return (
		<div class="vl-sheet" role="group" aria-label="What you can type">
			<h6 class="vl-group">You can also type</h6>
			{OPERATORS.map((operator) => (
				<button type="button" class="vl-operator" onClick={() => onPick(operator)}>
					<code>{operator.sample}</code>
					<span>{operator.means}</span>
				</button>
			))}
		</div>
	);
}
