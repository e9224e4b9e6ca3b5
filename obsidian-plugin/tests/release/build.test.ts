import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

const plugin = path.resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(path.join(tmpdir(), "librarian-build-"));
const builds = ["one", "other"].map((name) => path.join(folder, name)) as [string, string];
const MOST_BYTES = 200_000;

beforeAll(() => {
	for (const build of builds) execFileSync(process.execPath, ["esbuild.config.mjs", build], { cwd: plugin });
});
afterAll(() => rmSync(folder, { recursive: true }));

function built(name: string, from = builds[0]): string {
	return readFileSync(path.join(from, name), "utf8");
}

test("two builds are the same to the byte, and are what the store takes", () => {
	expect(readdirSync(builds[0]).sort()).toEqual(["main.js", "styles.css"]);
	for (const name of ["main.js", "styles.css"]) expect(built(name, builds[1])).toBe(built(name));
	expect(Buffer.byteLength(built("main.js"))).toBeLessThan(MOST_BYTES);
});

test("nothing of the machine it was built on is in it", () => {
	for (const name of ["main.js", "styles.css"]) {
		expect(built(name)).not.toContain(plugin);
		expect(built(name)).not.toContain("sourceMappingURL");
	}
});

test("it asks for nothing but Obsidian and Node", () => {
	const asked = [...built("main.js").matchAll(/require\("([^"]+)"\)/g)].map((found) => found[1]);
	expect(new Set(asked)).toEqual(new Set(["obsidian", "@codemirror/commands", "@codemirror/state", "@codemirror/view", "node:child_process", "node:fs", "node:os"]));
});

test("the licences of what is compiled in go along", () => {
	const dependencies = (JSON.parse(readFileSync(path.join(plugin, "package.json"), "utf8")) as { dependencies: object }).dependencies;
	const words = (text: string) => text.replace(/[“”]/g, '"').replace(/\s+/g, " ");
	const told = words(built("main.js"));
	for (const name of Object.keys(dependencies)) {
		expect(built("main.js")).toContain(`\n${name} `);
		const licence = readFileSync(path.join(plugin, "node_modules", name, "LICENSE"), "utf8").trim();
		for (const paragraph of licence.split("\n\n")) expect(told).toContain(words(paragraph));
	}
});

test("the manifest at the root of the repository is the plugin's own", () => {
	const root = readFileSync(path.resolve(plugin, "../manifest.json"), "utf8");
	expect(root).toBe(readFileSync(path.join(plugin, "manifest.json"), "utf8"));
});

test("it is installed by hand into a vault, also where the shell leaves the ~ to others, and into nothing that is no vault", () => {
	const made = path.join(folder, "made");
	cpSync(builds[0], made, { recursive: true });
	cpSync(path.join(plugin, "manifest.json"), path.join(made, "manifest.json"));
	const settings = path.join(folder, "home/My  Vault/.obsidian");
	mkdirSync(settings, { recursive: true });
	const install = (vault: string) =>
		execFileSync("make", ["--silent", `PLUGIN=${made}`, "-o", `${made}/main.js`, "install-plugin", `VAULT=${vault}`], {
			cwd: path.resolve(plugin, ".."),
			env: { ...process.env, HOME: path.join(folder, "home") },
			stdio: "pipe",
		});
	install("~/My  Vault");
	expect(readdirSync(path.join(settings, "plugins/vault-librarian")).sort()).toEqual(["main.js", "manifest.json", "styles.css"]);
	expect(() => install("~/Nothing")).toThrow();
	expect(existsSync(path.join(folder, "home/Nothing"))).toBe(false);
});
