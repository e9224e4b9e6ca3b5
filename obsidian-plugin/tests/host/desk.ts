/** A window in which a provider writes that says what a test lays down: what journeys with a model begin and end with. */

import { afterAll, afterEach, beforeAll, expect } from "vitest";

import { Journey, type Setting } from "./journey";
import { Provider } from "./provider";

interface Seat extends Setting {
	/** As which provider it is chosen; null for nobody yet. */
	chosen?: string | null;
}

/**
 * To be called where tests are described. `take` is given both before the first of them, and before the plugin is loaded;
 * errors of the page fail the test that they came in.
 */
export function atDesk(take: (journey: Journey, provider: Provider) => unknown, { chosen = "llamacpp", ...setting }: Seat = {}): void {
	let journey: Journey | undefined;
	let provider: Provider | undefined;

	beforeAll(async () => {
		provider = await Provider.open();
		journey = await Journey.open(setting);
		if (chosen !== null) provider.chooseIn(journey, chosen);
		await take(journey, provider);
		await journey.begin();
	});

	afterEach(async (context) => {
		await journey?.after(context);
		expect(journey?.errors).toEqual([]);
	});

	afterAll(async () => {
		await journey?.close();
		await provider?.close();
	});
}
