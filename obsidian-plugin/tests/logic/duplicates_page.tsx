/** The panel of duplicates in a page, under a clock that only a test moves. */

import { afterEach, beforeEach, vi } from "vitest";

import { DuplicatesPanel } from "../../src/ui/duplicates/DuplicatesPanel";
import type { FakeHost } from "../fake_host";
import { SCANS, hostWith } from "./duplicates_recorded";
import { type Page, show } from "./panel_page";

/** The head of the recipe's group. */
export const RYE_HEAD = /^Rye Sourdough \(revised\) and Rye Sourdough/;

export let page: Page;
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(async () => {
	await page.close();
	vi.useRealTimers();
});

export async function shown(host: FakeHost): Promise<void> {
	page = await show(<DuplicatesPanel host={host} />);
}

/** The panel with the recipe's group open. */
export async function opened(host = hostWith(SCANS)): Promise<FakeHost> {
	await shown(host);
	await page.press(RYE_HEAD);
	return host;
}

export function notices(host: FakeHost): { text: string; action?: { label: string; run: () => void } }[] {
	return host.did("notice") as never;
}

/** Take back what the last notice told. */
export async function undo(host: FakeHost): Promise<void> {
	notices(host).at(-1)?.action?.run();
	await page.settle();
}
