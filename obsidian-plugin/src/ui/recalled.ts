/** What somebody chose in a panel, which it keeps for the next time. */

import { useState } from "preact/hooks";

import type { Host } from "./host";

export function useRecalled<T>(host: Host, key: string, otherwise: T): [chosen: T, choose: (chosen: T) => void] {
	const [chosen, setChosen] = useState(() => host.recall<T>(key) ?? otherwise);
	const choose = (next: T) => {
		setChosen(next);
		host.remember(key, next);
	};
	return [chosen, choose];
}
