import { describe, expect, it } from "vitest";

import { atDesk } from "./desk";
import { type Journey, findChromium } from "./journey";
import type { Provider } from "./provider";

const QUESTION = "How many redshank nests were lost to the flood of June 2025?";
const PANEL = ".mod-right-split .vl-ask";

describe.skipIf(!findChromium())("asking the vault", () => {
	let journey: Journey;
	let provider: Provider;

	atDesk((window, writer) => ([journey, provider] = [window, writer]));

	const panel = () => journey.page.locator(PANEL);
	const turn = () => panel().locator(".vl-ask-turn").last();
	const button = (name: string | RegExp) => panel().getByRole("button", { name });

	async function ask(question: string): Promise<void> {
		await panel().getByLabel("Question").fill(question);
		await journey.page.keyboard.press("Enter");
	}

	/** A sentence of a passage that has some words, with its number, as a model that reads would write it. */
	function cited(prompt: string, words: string): string {
		const [number, sentence] = prompt
			.split('<document name="')
			.flatMap((each) => [[/^\d+/.exec(each)?.[0], each.split(/(?<=[.!?])\s|\n/).find((one) => one.includes(words))] as const])
			.find(([id, found]) => id && found) ?? ["1", `Nothing of ${words}`];
		return `${sentence?.trim().replace(/^[-*>\s]+|[.]$/g, "") ?? ""} [${number ?? "1"}]`;
	}

	/** How much text an element has, frame by frame, until it is whole. */
	function lengthsOf(selector: string): Promise<number[]> {
		return journey.page.evaluate(async (wanted) => {
			const seen: number[] = [];
			for (let isWhole = false; !isWhole; ) {
				await new Promise(requestAnimationFrame);
				seen.push(document.querySelector(wanted)?.textContent.length ?? 0);
				isWhole = document.querySelector(`${wanted} button:enabled`) !== null;
			}
			return seen;
		}, selector);
	}

	it("shows what comes as Markdown, and the whole in its place without a jump", async () => {
		await journey.command("ask");
		await panel().getByText("Ask your notes").waitFor();
		await journey.show("ask-empty", PANEL);
		provider.silentAfter = 4;
		provider.says(() => ["Two things:\n\n- ", "**Nests** were lost [1]\n", "- Some chicks ", "fled [2]\n", "never said"]);
		await ask(QUESTION);
		await panel().locator(".vl-ask-text li").nth(1).waitFor();
		await panel().locator(".vl-ask-text strong", { hasText: "Nests" }).waitFor();
		expect(await panel().locator(".vl-ask-text .vl-ask-number").first().isDisabled()).toBe(true);
		await turn().getByText("Looked for: redshank").waitFor();
		await journey.show("ask-streaming", PANEL);
	});

	it("is stopped by its button, with the request itself, and keeps what came", async () => {
		const cut = provider.aborted_at.length;
		await button("Stop").click();
		await turn().getByText("Stopped.").waitFor();
		await expect.poll(() => provider.aborted_at.length).toBe(cut + 1);
		provider.silentAfter = Infinity;
		await turn().getByText("Nests", { exact: false }).first().waitFor();
		expect(await button("Ask").isVisible()).toBe(true);
	});

	it("answers with numbers that open each passage at its line, marks what none says, and is taken along", async () => {
		await button("Begin anew").click();
		provider.says((prompt) =>
			[
				"Here is what there is:\n\n",
				`- ${cited(prompt, "nests")}\n`,
				"- **All** of them moved to Brazil in 1871 [1]\n",
				"- Warm winters brought the parakeets.\n",
			].flatMap((each) => each.split(/(?<= )/)),
		);
		const text = turn().locator(".vl-ask-text");
		await ask(QUESTION);
		const lengths = lengthsOf(".vl-ask-text");
		await text.locator("li").first().waitFor();
		const coming = await text.boundingBox();
		await turn().getByText("llamacpp tiny · no cost").waitFor();
		const whole = await text.boundingBox();
		expect([whole?.x, whole?.y, whole?.width]).toEqual([coming?.x, coming?.y, coming?.width]);
		const grown = await lengths;
		expect(grown).toEqual([...grown].sort((one, other) => one - other));
		expect(new Set(grown).size).toBeGreaterThan(5);
		expect(await text.locator("li").count()).toBe(3);
		expect(await text.locator(".is-unsupported").count()).toBe(1);
		await text.getByRole("img", { name: "No passage is named for this" }).waitFor();
		await journey.show("ask-answer", PANEL);
		const quote = ((await turn().locator("blockquote").first().textContent()) ?? "").split("\n")[0] ?? "";
		await text.getByRole("button", { name: /^Passage/ }).first().focus();
		await journey.page.keyboard.press("Enter");
		await expect.poll(() => journey.cursorLine()).toBeGreaterThan(0);
		const line = (await journey.text()).split("\n")[await journey.cursorLine()];
		expect(line).toContain(quote.slice(0, 30));
		await button("Copy the answer").click();
		const copied = await journey.page.evaluate(() => navigator.clipboard.readText());
		expect(copied).toMatch(/\[\[[^\]]+\|1\??\]\]/);
		const before = await journey.text();
		await button("Insert the answer into the note").click();
		await journey.notice("Answer inserted.").waitFor();
		expect(await journey.text()).toContain(copied);
		await journey.command("undo");
		await expect.poll(() => journey.text()).toBe(before);
	});

	it("tells what was looked for, and asks again for what a person makes of it", async () => {
		await button("change").click();
		await turn().getByLabel("Look for this, too").fill("path:Ecology");
		await journey.page.keyboard.press("Enter");
		await turn().getByLabel("Look for this, too").fill("redshank census");
		await journey.page.keyboard.press("Enter");
		await turn().getByRole("button", { name: "Leave out lost" }).click();
		await journey.show("ask-understood", PANEL);
		provider.says((prompt) => [cited(prompt, "nests")]);
		const asked = provider.prompts.length;
		await button("Ask again").click();
		await turn().getByText("in Ecology").waitFor();
		await expect.poll(() => provider.prompts.length).toBe(asked + 1);
		await turn().getByText("llamacpp tiny").waitFor();
		expect(await panel().locator(".vl-ask-turn").count()).toBe(1);
		await turn().getByText("redshank census").waitFor();
	});

	it("shows that it looks for other words, and takes that back with the request itself", async () => {
		await button("change").click();
		const cut = provider.aborted_at.length;
		provider.silentAfter = 1;
		provider.says(['{"words": ["redshank"], ', '"expansions": ["sandpiper"], ', '"sub_questions": []}']);
		await button("Find other words").click();
		await turn().getByText("Looking for other words").waitFor();
		await journey.show("ask-other-words", PANEL);
		await turn().getByRole("button", { name: "Stop" }).click();
		await expect.poll(() => provider.aborted_at.length).toBe(cut + 1);
		provider.silentAfter = Infinity;
		expect(await turn().getByText(/Looking for other words|sandpiper/).count()).toBe(0);
		await button("leave it").click();
	});

	it("says so where the model finds no other words", async () => {
		await button("change").click();
		provider.fails(400, 1);
		await button("Find other words").click();
		await turn().getByText("The model did not answer, or not with words.").waitFor();
		await journey.show("ask-no-words", PANEL);
		await button("leave it").click();
	});

	it("finds other words with the model, to be looked at before they are used", async () => {
		await button("change").click();
		provider.says(['{"words": ["redshank", "nests"], "expansions": ["wader"], "sub_questions": []}']);
		await button("Find other words").click();
		await button("Leave out wader").waitFor();
		await button("leave it").click();
	});

	it("says that the vault does not say, with what comes closest, and asks nobody", async () => {
		const asked = provider.prompts.length;
		await ask("Who won the chess olympiad of 1998?");
		await turn().getByText("The vault does not say. These passages come closest:").waitFor();
		expect(provider.prompts.length).toBe(asked);
		await journey.show("ask-abstained", PANEL);
	});

	it("sends along what was asked and answered before", async () => {
		provider.says((prompt) => [cited(prompt, "nests")]);
		await ask(`${QUESTION} And how many hatched?`);
		await turn().getByText("llamacpp tiny").waitFor();
		expect(provider.prompts.at(-1)).toContain(`Asked: ${QUESTION}\nAnswered: `);
	});

	it("loads nothing and leads nowhere, whatever a model writes", async () => {
		const requested: string[] = [];
		journey.page.on("request", (request) => requested.push(request.url()));
		provider.says((prompt) => [
			`${cited(prompt, "nests")} ![x](https://canary.invalid/?q=a) `,
			"<img src='https://canary.invalid/b.png'> [here](https://canary.invalid/c) https://canary.invalid/d ",
			"![[https://canary.invalid/e]] [[https://canary.invalid/f|1]] <iframe src='https://canary.invalid/g'></iframe>",
		]);
		await ask(`${QUESTION} In the marsh?`);
		await turn().getByText("llamacpp tiny").waitFor();
		const text = turn().locator(".vl-ask-text");
		expect(await text.locator("a, img, iframe, [src], [href]").count()).toBe(0);
		expect(requested.filter((url) => url.includes("canary"))).toEqual([]);
		expect(await text.textContent()).not.toContain("://");
	});

	it("stays to be read while the librarian is started again, and goes on from there", async () => {
		const answered = await panel().locator(".vl-ask-turn").count();
		const [pid = 0] = journey.processes();
		process.kill(pid, "SIGKILL");
		await expect.poll(() => panel().getByLabel("Question").count()).toBe(0);
		expect(await panel().locator(".vl-ask-turn").count()).toBe(answered);
		await journey.untilStatus("Librarian ready");
		await panel().getByLabel("Question").waitFor();
		expect(await panel().locator(".vl-ask-turn").count()).toBe(answered);
	});

	it("tells a provider that cannot be reached, and asks again in the same place", async () => {
		await button("Begin anew").click();
		provider.refuses = true;
		await ask(`${QUESTION} By the tide?`);
		await turn().getByRole("alert").waitFor();
		await journey.show("ask-offline", PANEL);
		provider.refuses = false;
		provider.says((prompt) => [cited(prompt, "nests")]);
		await button("Try again").click();
		await turn().getByText("llamacpp tiny").waitFor();
		expect(await panel().locator(".vl-ask-turn").count()).toBe(1);
	});

	it("leads to the settings where a key lacks or a budget is used up", async () => {
		const row = (name: string) => journey.page.locator(`.setting-item:has(.setting-item-name:text-is("${name}"))`);
		const set = async (name: string, value: string) => {
			await row(name).locator("input").fill(value);
			await row(name).locator("input").press("Tab");
		};
		await journey.page.evaluate(() => window.app.secretStorage.setSecret("my-key", "sk-a-key-for-tests-0123456789"));
		await journey.openSettings();
		await row("Who writes").locator("select").selectOption({ label: "OpenAI" });
		await row("Key").locator("input").waitFor();
		await journey.page.keyboard.press("Escape");
		await button("Begin anew").click();
		await ask(QUESTION);
		await turn().getByText("OpenAI needs a key.").waitFor();
		await journey.show("ask-key", PANEL);
		await button("Open settings").click();
		const before = journey.processes();
		await set("Key", "my-key");
		await expect.poll(() => journey.processes().some((pid) => !before.includes(pid)), { timeout: 15_000 }).toBe(true);
		await journey.untilStatus("Librarian ready");
		await set("Writing model", "");
		await set("At most for one request", "0");
		await journey.page.keyboard.press("Escape");
		await panel().getByLabel("Question").waitFor();
		await button("Try again").click();
		await journey.notice("The budget for one request leaves no room for it").waitFor();
		expect(await panel().textContent()).not.toContain("librarian config");
		await journey.show("ask-budget", PANEL);
	});
});
