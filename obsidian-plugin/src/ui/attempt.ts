/** What a click or a key begins and nobody waits for. */

import type { Host } from "./host";
import { worded } from "./parts";

/** Let it come to its end, and tell what went wrong with it. */
export function attempt(host: Pick<Host, "notice">, act: Promise<unknown>): void {
	act.catch((error: unknown) => host.notice(worded(error)));
}
