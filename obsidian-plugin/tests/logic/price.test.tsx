import { afterEach, expect, test, vi } from "vitest";

import type { CapLeft, CostEstimate } from "../../src/protocol";
import { CallFailed } from "../../src/rpc";
import { Price, agreed, priceTold } from "../../src/ui/models/price";
import { FREE, FakeHost } from "../fake_host";
import { type Page, show } from "./panel_page";

const PAID: CostEstimate = { ...FREE, provider: "openai", model: "gpt-5-mini", local: false, costUsd: "0.0032", atMostUsd: "0.0071" };
const DAY: CapLeft = { cap: "day", limitUsd: "5.00", spentUsd: "4.999", leftUsd: "0.001", setting: "budget_day_usd" };

let page: Page | undefined;
afterEach(async () => {
	await page?.close();
	page = undefined;
	vi.useRealTimers();
});

test.each([
	[{}, "openai gpt-5-mini · about 0.3 ¢"],
	[{ costUsd: "1.5" }, "openai gpt-5-mini · about $1.50"],
	[{ costUsd: "0.0002" }, "openai gpt-5-mini · less than 0.1 ¢"],
	[{ cached: 1 }, "openai gpt-5-mini · kept from before, no cost"],
	[{ calls: 0 }, ""],
	[{ provider: null, model: null, calls: 0 }, ""],
	[FREE, "ollama gemma3 · no cost"],
	[{ ...FREE, expectedMs: 11_200 }, "ollama gemma3 · no cost, about 12 s"],
])("a price is told in a line: %j", (some, told) => {
	expect(priceTold({ ...PAID, ...some })).toBe(told);
});

test("what costs little is wanted without a word", async () => {
	const host = new FakeHost();
	expect(await agreed(host, PAID)).toBe(true);
	expect(host.history).toEqual([]);
});

test("what is dear is asked about, with the sum, what is sent where, and what is left", async () => {
	const host = new FakeHost();
	host.isConfirming = false;
	const dear = { ...PAID, calls: 3, cached: 1, inputTokens: 12_500, costUsd: "0.21", atMostUsd: "0.40", leftUsd: "4.80", asks: true };
	expect(await agreed(host, dear)).toBe(false);
	expect(host.did("confirm")).toEqual([
		{
			title: "This will cost about $0.21",
			body:
				"Some 12,500 tokens of your notes are sent to openai (gpt-5-mini), in 2 requests. It costs $0.40 at most. " +
				"$4.80 may still be spent.",
			confirm: "Go on",
		},
	]);
});

test("a budget that is used up is told before, with the way to the settings, and nothing is begun", async () => {
	const host = new FakeHost();
	expect(await agreed(host, { ...PAID, exceeds: DAY })).toBe(false);
	const [notice] = host.did("notice") as { text: string; action: { label: string; run: () => void } }[];
	expect(notice?.text).toBe("The budget for today leaves no room for it: 0.1 ¢ of $5.00 is left.");
	notice?.action.run();
	expect(host.did("openSettings")).toHaveLength(1);
});

test("a run that a budget may end in its midst is asked about", async () => {
	const host = new FakeHost();
	expect(await agreed(host, { ...PAID, calls: 4, exceeds: DAY })).toBe(true);
	expect(JSON.stringify(host.did("confirm"))).toContain("What is done by then is kept.");
});

test("a price is asked for once nothing more is typed, and stays while the next one comes", async () => {
	vi.useFakeTimers();
	const host = new FakeHost();
	const ask = vi.fn(async () => PAID);
	page = await show(<Price host={host} ask={ask} inputs={["a"]} before="openai" />);
	expect(page.text()).toBe("openai");
	await page.wait(300);
	expect(ask).not.toHaveBeenCalled();
	await page.wait(200);
	expect(page.text()).toBe("openai gpt-5-mini · about 0.3 ¢");
});

test("a price that nobody knows is told as that, and what else is wrong is left to the act", async () => {
	vi.useFakeTimers();
	const host = new FakeHost();
	page = await show(<Price host={host} ask={() => Promise.reject(new CallFailed(-32092, "What it costs is not known."))} inputs={[]} />);
	await page.wait(500);
	expect(page.text()).toBe("What it costs is not known.");
	await page.close();
	page = await show(<Price host={host} ask={() => Promise.reject(new CallFailed(-32051, "No provider."))} inputs={[]} before="" />);
	await page.wait(500);
	expect(page.text()).toBe("");
});

test("a used up budget stands beside the price, with the way to change it", async () => {
	vi.useFakeTimers();
	const host = new FakeHost();
	page = await show(<Price host={host} ask={async () => ({ ...PAID, exceeds: DAY })} inputs={[]} />);
	await page.wait(500);
	expect(page.text()).toContain("0.1 ¢ of $5.00 is left.");
	await page.press("Change it");
	expect(host.did("openSettings")).toHaveLength(1);
});
