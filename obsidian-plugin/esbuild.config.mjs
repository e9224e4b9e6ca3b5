// Builds main.js and styles.css, the same bytes from the same sources.
import { build } from "esbuild";
import { builtinModules } from "node:module";

const notice = "/* Vault Librarian. MIT licence. Its sources: obsidian-plugin/src. */";

await build({
	entryPoints: { main: "src/main.ts", styles: "src/ui/styles.css" },
	outdir: ".",
	bundle: true,
	format: "cjs",
	platform: "browser",
	target: ["es2022", "chrome130"],
	external: ["obsidian", "electron", ...builtinModules, ...builtinModules.map((name) => `node:${name}`)],
	jsx: "automatic",
	jsxImportSource: "preact",
	minify: true,
	legalComments: "inline",
	sourcemap: false,
	charset: "utf8",
	banner: { js: notice, css: notice },
	logLevel: "warning",
});
