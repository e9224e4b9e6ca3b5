/** What is done with a note that was found. */

import type { Passage } from "../../protocol";
import { attempt } from "../attempt";
import type { Host, Where } from "../host";

/** Open a note at a passage of it. */
export function openAt(host: Host, path: string, passage: Passage, where: Where): void {
	const line = passage.text === "" ? undefined : passage.line;
	attempt(host, host.openNote(path, where, line));
}

export function insertLink(host: Host, path: string): void {
	if (!host.insertLink(path)) host.notice("There is no note to put the link into. Open one for editing first.");
}
