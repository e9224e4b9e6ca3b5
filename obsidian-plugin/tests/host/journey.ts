/** Drives the host as a person drives Obsidian: a window with the plugin in it, keys, clicks, and what can be seen. */

import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, promises as fs, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { type Browser, type Page, chromium } from "playwright-core";

import { Bridge } from "./bridge";
import type { PageHost } from "./shim/page";

const HERE = import.meta.dirname;
export const PLUGIN = path.resolve(HERE, "../..");
const PROJECT = path.resolve(PLUGIN, "..");
/** Notices of what was done before would lie over a panel that is to be seen. */
const UNNOTICED = ".notice-container { visibility: hidden; }";
export const ARTIFACTS = path.join(PLUGIN, "tests", "artifacts");
export const SIDECAR = path.join(PROJECT, ".venv", "bin", "librarian");
export const EXAMPLE_VAULT = path.join(PROJECT, "example-vault");

const FLAGS = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];

/** Where Chromium is; null when it is not installed, which only a machine that is no CI may let pass. */
export function findChromium(): string | null {
	for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
		try {
			return execFileSync("which", [name], { encoding: "utf8" }).trim();
		} catch {
			continue;
		}
	}
	if (process.env["CI"]) throw new Error("Chromium is not installed: the host's journeys cannot run. On Debian: apt install chromium");
	console.warn("\n*** Chromium is not installed: the host's journeys are SKIPPED. On Debian: apt install chromium ***\n");
	return null;
}

let browser: Promise<Browser> | null = null;

/** One Chromium for all windows of a test file; it ends with the process that runs the file. */
function chromiumOnce(): Promise<Browser> {
	browser ??= chromium.launch({ executablePath: findChromium() ?? "", args: FLAGS });
	return browser;
}

/** A process that ends by itself has to close it; a test's worker is ended. */
export async function closeBrowser(): Promise<void> {
	await (await browser)?.close();
	browser = null;
}

export interface Setting {
	/** Fills the folder that is opened as the vault; with the example vault unless it is said. */
	vault?: (folder: string) => void;
	/** The release; the project's own unless it is said. */
	plugin?: string;
	/** Whether a `librarian` command can be found; on by default. */
	hasSidecar?: boolean;
	/** The command that is found; the project's own unless it is said. */
	sidecar?: string;
	size?: { width: number; height: number };
}

interface Premises {
	folder: string;
	vault: string;
	env: Record<string, string>;
}

/** A folder of its own for each host: home, data and vault. */
function premises(setting: Setting): Premises {
	const folder = mkdtempSync(path.join(os.tmpdir(), "librarian-host-"));
	const home = path.join(folder, "home");
	if (setting.hasSidecar ?? true) installIn(home, setting.sidecar ?? SIDECAR);
	const env = { HOME: home, PATH: "/usr/bin:/bin", SHELL: "/bin/sh", LANG: "C.UTF-8", XDG_DATA_HOME: path.join(folder, "data") };
	return { folder, vault: path.join(folder, "Example vault"), env };
}

function installIn(home: string, command: string): void {
	const bin = path.join(home, ".local", "bin");
	mkdirSync(bin, { recursive: true });
	symlinkSync(command, path.join(bin, "librarian"));
}

/** Fills a folder with the example vault, and with notes by their paths. */
export function exampleWith(notes: Readonly<Record<string, string>>): (folder: string) => void {
	return (folder) => {
		cpSync(EXAMPLE_VAULT, folder, { recursive: true });
		for (const [name, text] of Object.entries(notes)) {
			mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
			writeFileSync(path.join(folder, name), text);
		}
	};
}

export class Journey {
	/** Errors of the page that no test asked for. */
	readonly errors: string[] = [];

	private constructor(
		readonly bridge: Bridge,
		readonly page: Page,
		readonly vault: string,
		readonly env: Record<string, string>,
		private readonly folder: string,
	) {}

	static async open(setting: Setting = {}): Promise<Journey> {
		const place = premises(setting);
		if (setting.vault) setting.vault(place.vault);
		else await fs.cp(EXAMPLE_VAULT, place.vault, { recursive: true });
		return Journey.at(place, setting);
	}

	private static async at({ folder, vault, env }: Premises, setting: Setting): Promise<Journey> {
		const bridge = await Bridge.open({ vault, plugin: setting.plugin ?? PLUGIN, env });
		const context = await (await chromiumOnce()).newContext({
			viewport: setting.size ?? { width: 1200, height: 760 },
			reducedMotion: "reduce",
			// This machine's own addresses, too, which proxies are not asked for otherwise.
			proxy: { server: bridge.url, bypass: "<-loopback>" },
		});
		await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: new URL(bridge.url).origin });
		context.setDefaultTimeout(15_000);
		const page = await context.newPage();
		const journey = new Journey(bridge, page, vault, env, folder);
		page.on("pageerror", (error) => journey.errors.push(error.stack ?? error.message));
		page.on("console", (message) => {
			if (message.type() === "error") journey.errors.push(message.text());
		});
		await journey.load();
		return journey;
	}

	/** A window in which the plugin may read the vault, and has. */
	static async ready(setting: Setting = {}): Promise<Journey> {
		const journey = await Journey.open(setting);
		await journey.enable();
		await journey.allow();
		await journey.untilStatus("Librarian ready");
		await journey.page.evaluate(() => window.app.workspace.detachLeavesOfType("vault-librarian-welcome"));
		return journey;
	}

	/** Another window on the same vault, as another Obsidian of the same person has it. */
	another(): Promise<Journey> {
		return Journey.at({ folder: this.folder, vault: this.vault, env: this.env }, {});
	}

	/** Load the plugin where it was allowed to read the vault before, and wait until it has. */
	async begin(): Promise<void> {
		await this.page.evaluate(() => window.app.saveLocalStorage("vault-librarian:allowed", true));
		await this.enable();
		await this.untilStatus("Librarian ready");
	}

	/** Install a `librarian` command where it is looked for. */
	install(command: string): void {
		installIn(this.env["HOME"] ?? "", command);
	}

	/** Load the page, as when the window is opened. */
	async load(): Promise<void> {
		await this.page.goto(this.bridge.url);
		await this.page.evaluate(() => (window as unknown as { host: PageHost }).host.open());
	}

	/** Load the plugin; answers with what its `onload` took, in milliseconds. */
	enable(): Promise<number> {
		return this.page.evaluate(() => (window as unknown as { host: PageHost }).host.enable());
	}

	/** Let the vault be read, as the welcome asks for the first time. */
	async allow(): Promise<void> {
		await this.page.getByRole("button", { name: "Read this vault" }).click();
	}

	disable(): Promise<void> {
		return this.page.evaluate(() => (window as unknown as { host: PageHost }).host.disable());
	}

	quit(): Promise<void> {
		return this.page.evaluate(() => (window as unknown as { host: PageHost }).host.quit());
	}

	/** Run one of the plugin's commands, as from the palette. */
	async command(id: string): Promise<void> {
		const full = `vault-librarian:${id}`;
		const ran = await this.page.evaluate((name) => (window as unknown as { host: PageHost }).host.command(name), full);
		if (!ran) throw new Error(`the command ${id} cannot be run now`);
	}

	openNote(notePath: string): Promise<void> {
		return this.page.evaluate((name) => (window as unknown as { host: PageHost }).host.openNote(name), notePath);
	}

	openSettings(): Promise<void> {
		return this.page.evaluate(() => (window as unknown as { host: PageHost }).host.openSettings("vault-librarian"));
	}

	/** The path of the note that is open. */
	activeNote(): Promise<string | null> {
		return this.page.evaluate(() => window.app.workspace.getActiveFile()?.path ?? null);
	}

	/** What stands in the note that is open. */
	text(): Promise<string> {
		return this.page.evaluate(() => window.app.workspace.activeEditor?.editor?.getValue() ?? "");
	}

	/** Where the note that is open is written. */
	get editor() {
		return this.page.locator(".mod-root .cm-content");
	}

	/** Put the cursor somewhere in the note that is open, or select up to there. */
	select(from: number, to = from): Promise<void> {
		return this.page.evaluate(
			([start, end]) => {
				const editor = window.app.workspace.activeEditor?.editor;
				editor?.focus();
				editor?.setSelection(editor.offsetToPos(start), editor.offsetToPos(end));
			},
			[from, to] as const,
		);
	}

	/** Run the command line, which reaches the sidecar that the plugin started, which asks the plugin. */
	async librarian(...args: string[]): Promise<string> {
		const env = { ...process.env, ...this.env };
		return (await promisify(execFile)(SIDECAR, [...args, "--vault", this.vault], { env })).stdout;
	}

	/** Until the note that is open is saved, as it is a moment after the last key. */
	async saved(): Promise<void> {
		await this.page.waitForFunction(() => {
			const view = window.app.workspace.activeEditor as unknown as { data: string; editor: { getValue(): string } };
			return view.data === view.editor.getValue();
		});
	}

	/** The line that the cursor is on, in the note that is open. */
	cursorLine(): Promise<number> {
		return this.page.evaluate(() => window.app.workspace.activeEditor?.editor?.getCursor().line ?? -1);
	}

	/** Two frames later: what was to be drawn is drawn. */
	idle(): Promise<void> {
		return this.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))));
	}

	/** What the status bar says. */
	async status(): Promise<string> {
		return (await this.page.locator(".status-bar-item").first().textContent()) ?? "";
	}

	async untilStatus(text: string | RegExp, timeout_ms = 30_000): Promise<void> {
		await this.page.locator(".status-bar-item", { hasText: text }).first().waitFor({ timeout: timeout_ms });
	}

	notice(text: string | RegExp) {
		return this.page.locator(".notice", { hasText: text });
	}

	/** A file of the vault as it is on the disk. */
	bytesOf(relative: string): Buffer {
		return readFileSync(path.join(this.vault, relative));
	}

	has(relative: string): boolean {
		return existsSync(path.join(this.vault, relative));
	}

	async theme(name: "light" | "dark"): Promise<void> {
		await this.page.evaluate((theme) => {
			document.body.className = document.body.className.replace(/theme-\w+/, `theme-${theme}`);
			window.app.workspace.trigger("css-change");
		}, name);
	}

	/** Both themes of what is to be seen, kept as pictures; nothing in either keeps a person out, and nothing sticks out of its place. */
	async show(name: string, within: string): Promise<void> {
		const violations = await this.page.locator(within).evaluateAll(misfits);
		for (const theme of ["light", "dark"] as const) {
			await this.theme(theme);
			await this.picture(`${name}-${theme}`, within.includes("notice") ? "" : UNNOTICED);
			violations.push(...(await this.inaccessible(within)).map((one) => `${theme}: ${one}`));
		}
		if (violations.length > 0) throw new Error(`${name} keeps somebody out:\n${violations.join("\n")}`);
	}

	/** Keep a picture of what was to be seen when a test failed. */
	async after({ task }: { task: { name: string; result?: { state: string } | undefined } }): Promise<void> {
		if (task.result?.state === "fail") await this.picture(`failed ${task.name.slice(0, 60)}`);
	}

	/** Keep what is to be seen now. */
	async picture(name: string, style = ""): Promise<void> {
		mkdirSync(ARTIFACTS, { recursive: true });
		await this.page.screenshot({ path: path.join(ARTIFACTS, `${name}.png`), style });
	}

	/** What axe finds within an element that is serious. */
	async inaccessible(within: string): Promise<string[]> {
		const hasAxe = await this.page.evaluate(() => "axe" in window);
		if (!hasAxe) await this.page.addScriptTag({ content: await axeSource() });
		return this.page.evaluate(async (selector) => {
			const { axe } = window as unknown as { axe: typeof import("axe-core") };
			const { violations } = await axe.run(selector, { resultTypes: ["violations"] });
			return violations
				.filter(({ impact }) => impact === "serious" || impact === "critical")
				.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html} (${node.failureSummary ?? ""})`));
		}, within);
	}

	/** Processes that the plugin started and that still run. */
	processes(): number[] {
		return this.bridge.processes.running();
	}

	async untilNoProcess(within_ms = 10_000): Promise<void> {
		const last = Date.now() + within_ms;
		while (this.processes().length > 0) {
			if (Date.now() > last) throw new Error(`still running: ${this.processes().join(", ")}`);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}

	/** Close the window as the system does when it is killed. */
	async kill(): Promise<void> {
		await this.page.context().close();
	}

	async close(): Promise<void> {
		await this.page.context().close();
		await this.bridge.close();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** What is wider than the element that it stands in, and cannot be scrolled to; and a panel that begins with nothing. */
function misfits(shown: Element[]): string[] {
	const isSeen = (element: Element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
	const isForReaders = (element: Element) => element.getBoundingClientRect().width <= 1;
	const isScrolled = (element: Element | null, root: Element): boolean =>
		element !== null && element !== root && (getComputedStyle(element).overflowX !== "visible" || isScrolled(element.parentElement, root));
	return shown.filter(isSeen).flatMap((root) => {
		const { left, right, top } = root.getBoundingClientRect();
		const within = [...root.querySelectorAll("*")].filter((each) => isSeen(each) && !isForReaders(each));
		const wide = within.filter((each) => {
			const place = each.getBoundingClientRect();
			return (place.right > right + 1 || place.left < left - 1) && !isScrolled(each.parentElement, root);
		});
		const first = Math.min(...within.map((each) => each.getBoundingClientRect().top));
		const begins_px = root.matches(".vl-panel, .view-content") && root.scrollTop === 0 && within.length > 0 ? first - top : 0;
		return [
			...wide.map((each) => `it sticks out: ${each.outerHTML.slice(0, 200)}`),
			...(begins_px > 30 ? [`${Math.round(begins_px)} pixels of nothing above ${root.className}`] : []),
		];
	});
}

function axeSource(): Promise<string> {
	return fs.readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
}
