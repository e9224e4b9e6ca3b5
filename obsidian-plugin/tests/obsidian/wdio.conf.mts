/// <reference types="wdio-obsidian-service" />
// Real Obsidian with the release build of the plugin: the oldest version that it supports, and the latest.
import path from "node:path";

const here = import.meta.dirname;
const plugin = path.resolve(here, "../..");
const vault = path.resolve(plugin, "../example-vault");

export const config: WebdriverIO.Config = {
	runner: "local",
	framework: "mocha",
	specs: [path.join(here, "*.e2e.ts")],
	maxInstances: 1,
	capabilities: ["earliest", "latest"].map((version) => ({
		browserName: "obsidian",
		browserVersion: version,
		"wdio:obsidianOptions": { installerVersion: version, plugins: [plugin], vault },
	})),
	services: ["obsidian"],
	reporters: ["obsidian"],
	cacheDir: path.join(here, ".obsidian-cache"),
	mochaOpts: { ui: "bdd", timeout: 120_000 },
	logLevel: "warn",
};
