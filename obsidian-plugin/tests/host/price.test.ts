import { beforeAll, describe, expect, it } from "vitest";

import { atDesk } from "./desk";
import { type Journey, findChromium } from "./journey";
import { type Provider, configure } from "./provider";

const NOTE = "Ecology/Redshank.md";
const WRITING = ".modal:has(.vl-write)";
const DEAR = { model_prices: "custom/tiny=400/400", budget_call_usd: "5", budget_run_usd: "20", ask_from_usd: "0.05" };
const CHEAP = { ...DEAR, model_prices: "custom/tiny=1/1" };

describe.skipIf(!findChromium())("what a model costs, before it is asked", () => {
	let journey: Journey;
	let provider: Provider;

	atDesk(
		(window, writer) => {
			[journey, provider] = [window, writer];
			configure(journey, DEAR);
		},
		{ chosen: "custom" },
	);
	beforeAll(() => journey.openNote(NOTE));

	const question = () => journey.page.locator(".modal", { hasText: "This will cost about" });
	const draft = () => journey.page.locator(".vl-draft-here");
	const panel = () => journey.page.locator(".mod-right-split .vl-ask");

	it.each(["summarise", "continue"])("is asked about by “%s” where it is much, and no request is made before yes", async (command) => {
		const before = await journey.text();
		await journey.command(command);
		await question().getByText("are sent to custom (tiny), in one request.").waitFor();
		await journey.show(`price-${command}`, ".modal");
		await question().getByRole("button", { name: "Cancel" }).click();
		await draft().waitFor({ state: "detached" });
		expect([provider.prompts.length, await journey.text()]).toEqual([0, before]);
		await journey.command(command);
		await question().waitFor();
		await journey.page.keyboard.press("Escape");
		await draft().waitFor({ state: "detached" });
		expect(provider.prompts).toEqual([]);
	});

	it("is asked about before a question is", async () => {
		await journey.command("ask");
		await panel().getByLabel("Question").fill("How many redshank nests were lost to the flood?");
		await panel().getByText(/^custom tiny · about /).waitFor();
		await journey.show("price-ask", ".mod-right-split .vl-panel");
		await journey.page.keyboard.press("Enter");
		await question().getByRole("button", { name: "Cancel" }).click();
		await panel().getByText("Stopped.").waitFor();
		expect(provider.prompts).toEqual([]);
	});

	it("stands below what is written, and is asked about before it is", async () => {
		await journey.openNote(NOTE);
		await journey.command("rewrite");
		const modal = journey.page.locator(WRITING);
		await modal.getByText(/^custom tiny · about /).waitFor();
		await journey.show("price-rewrite", WRITING);
		await modal.getByRole("button", { name: "Shorter" }).click();
		await question().getByRole("button", { name: "Cancel" }).click();
		expect(provider.prompts).toEqual([]);
		await modal.getByRole("button", { name: "Clearer" }).click();
		provider.says(["Said ", "clearly."]);
		await question().getByRole("button", { name: "Go on" }).click();
		await modal.getByRole("button", { name: "Put it into the note" }).waitFor();
		expect(provider.prompts).toHaveLength(1);
		await journey.page.keyboard.press("Escape");
		await modal.waitFor({ state: "detached" });
	});

	it("is told, and begun, where it is little", async () => {
		configure(journey, CHEAP);
		const asked = provider.prompts.length;
		provider.silentAfter = 2;
		provider.says(["Redshanks ", "nest ", "here."]);
		await journey.command("summarise");
		await draft().getByText(/custom tiny · (about \d\.\d|less than 0\.1) ¢/).waitFor();
		await draft().getByText("Redshanks nest").waitFor();
		await journey.picture("price-draft");
		expect([await question().count(), provider.prompts.length]).toEqual([0, asked + 1]);
		await journey.page.keyboard.press("Escape");
		await draft().waitFor({ state: "detached" });
		provider.silentAfter = Infinity;
	});

	it("that no budget leaves room for is told before, with the way to change it, and nothing is sent", async () => {
		configure(journey, { budget_day_usd: "0.0001" });
		const asked = provider.prompts.length;
		await journey.command("continue");
		await journey.notice("The budget for today leaves no room for it").waitFor();
		await draft().waitFor({ state: "detached" });
		expect(provider.prompts).toHaveLength(asked);
		await journey.command("write");
		const modal = journey.page.locator(WRITING);
		await modal.getByLabel("What should be written?").fill("A packing list");
		await modal.getByText("The budget for today leaves no room for it").waitFor();
		await journey.show("price-budget", WRITING);
		await modal.getByRole("button", { name: "Change it" }).click();
		await journey.page.locator(".setting-item", { hasText: "At most in a day" }).first().waitFor();
		await journey.page.locator(".setting-item", { hasText: "Ask first from" }).first().waitFor();
	});
});
