/** Obsidian itself is killed: nothing of ours outlives it. */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { build } from "esbuild";
import { afterEach, beforeEach, expect, test } from "vitest";

import { isLinux, lives, withEnvironment } from "./processes";
import { holds } from "./world";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "librarian-parent-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.runIf(isLinux)("when Obsidian is killed, the sidecar and its children are gone within 5 seconds", async () => {
	const script = join(folder, "parent.mjs");
	await build({
		entryPoints: [join(import.meta.dirname, "parent.ts")],
		outfile: script,
		bundle: true,
		platform: "node",
		format: "esm",
		banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
		define: { "import.meta.dirname": JSON.stringify(import.meta.dirname) },
		logLevel: "warning",
	});
	const parent = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "inherit"] });
	const pid = await new Promise<number>((resolve, reject) => {
		parent.stdout.once("data", (line: Buffer) => resolve(Number(line.toString())));
		parent.once("exit", () => reject(new Error("the parent ended")));
	});
	expect(lives(pid)).toBe(true);
	parent.kill("SIGKILL");
	await holds(() => !lives(pid) && withEnvironment(folder).length === 0, 5_000);
});
