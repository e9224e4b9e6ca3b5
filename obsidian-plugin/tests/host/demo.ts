/** The plugin as a person meets it: the release in Chromium with a stand-in for Obsidian, and the real sidecar behind it, on a copy of the example vault. */

import path from "node:path";

import { EXAMPLE_VAULT, Journey, closeBrowser, findChromium } from "./journey";

/** Where `make install-plugin` put it. */
const INSTALLED = path.join(EXAMPLE_VAULT, ".obsidian", "plugins", "vault-librarian");

async function main(): Promise<void> {
	if (!findChromium()) return;
	const journey = await Journey.open({ plugin: INSTALLED });
	try {
		for (const step of [loaded, welcomed, searched, related, merged, summarised, asked]) say(await step(journey));
		await journey.disable();
		await journey.untilNoProcess();
		say("Plugin switched off: no process is left.");
		say("Open the folder example-vault in Obsidian to try it by hand: Settings, Community plugins, Vault Librarian.");
		if (journey.errors.length > 0) throw new Error(journey.errors.join("\n"));
	} finally {
		await journey.close();
		await closeBrowser();
	}
}

async function loaded(journey: Journey): Promise<string> {
	const took_ms = await journey.enable();
	return `Loaded in ${took_ms.toFixed(1)} ms; it waits to be allowed to read the vault.`;
}

async function welcomed({ page }: Journey): Promise<string> {
	await page.getByRole("button", { name: "Read this vault" }).click();
	const ready = page.getByText(/notes can be searched/);
	await ready.waitFor();
	return `Allowed: ${await ready.textContent()}`;
}

async function searched(journey: Journey): Promise<string> {
	await journey.command("search");
	await journey.page.keyboard.type("rye sourd");
	await journey.page.locator(".vl-hit", { hasText: "Rye Sourdough" }).first().waitFor();
	const found = await journey.page.locator(".vl-hit").count();
	await journey.page.keyboard.press("Enter");
	await journey.page.waitForFunction(() => window.app.workspace.getActiveFile()?.path === "Recipes/Rye Sourdough.md");
	return `Typed “rye sourd”: ${found} notes; Enter opened ${await journey.activeNote()}.`;
}

async function related(journey: Journey): Promise<string> {
	await journey.command("related");
	const title = journey.page.locator(".vl-related .vl-place .vl-hit-title").first();
	await title.waitFor();
	return `Related to it, first of all: ${await title.textContent()}.`;
}

async function merged(journey: Journey): Promise<string> {
	await journey.command("duplicates");
	const panel = journey.page.locator(".mod-root .vl-duplicates");
	const group = panel.locator("[data-group]", { hasText: "Challah and Challah (old laptop)" });
	await group.getByRole("button").first().click();
	await group.getByRole("button", { name: "Merge" }).click();
	await group.getByRole("button", { name: /^Change \d+ / }).click();
	await group.waitFor({ state: "detached" });
	const isGone = !journey.has("Archive/Challah (old laptop).md");
	await journey.notice(/Challah|erged/).getByRole("button", { name: "Undo" }).click();
	await group.waitFor();
	if (!isGone || !journey.has("Archive/Challah (old laptop).md")) throw new Error("the merge was not made, or not undone");
	return "Duplicates: two notes previewed, made one by Obsidian itself, and undone from the notice.";
}

/** Without a model: the note's own sentences, put in at its top as one change, and taken back. */
async function summarised(journey: Journey): Promise<string> {
	await journey.openNote("Projects/Samphire Survey.md");
	const before = await journey.text();
	await journey.command("summarise");
	const told = journey.notice(/^Summary put at the top/);
	await told.waitFor();
	const [, summary = ""] = /> \[!summary.*\n> (.*)/.exec(await journey.text()) ?? [];
	await told.getByRole("button", { name: "Undo" }).click();
	await journey.page.waitForFunction((text) => window.app.workspace.activeEditor?.editor?.getValue() === text, before);
	return `Summarised Samphire Survey, and undone: “${shortened(summary)}”`;
}

/** Without a model: the passages that answer the question, each to be opened. */
async function asked(journey: Journey): Promise<string> {
	await journey.command("ask");
	const panel = journey.page.locator(".mod-right-split .vl-ask");
	await panel.getByLabel("Question").fill("Which bread did Greta like best?");
	await journey.page.keyboard.press("Enter");
	const source = panel.locator(".vl-ask-source").first();
	await source.waitFor();
	const [note, quote] = await Promise.all([source.locator(".vl-link").textContent(), source.locator("blockquote").textContent()]);
	return `Asked which bread Greta liked best: ${note ?? ""}: “${shortened(quote ?? "")}”`;
}

function shortened(text: string): string {
	return text.length <= 90 ? text : `${text.slice(0, 89)}…`;
}

function say(text: string): void {
	process.stdout.write(`  ${text}\n`);
}

await main();
