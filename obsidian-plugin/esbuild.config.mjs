// Builds main.js and styles.css, the same bytes from the same sources, here or into the folder that is named.
import { build } from "esbuild";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname } from "node:path";

const OURS = "/* Vault Librarian, MIT licence. Built from obsidian-plugin/src. */";

const { metafile, outputFiles } = await build({
	entryPoints: { main: "src/main.ts", styles: "src/ui/styles.css" },
	outdir: process.argv[2] ?? import.meta.dirname,
	absWorkingDir: import.meta.dirname,
	bundle: true,
	format: "cjs",
	platform: "browser",
	target: ["es2022", "chrome130"],
	external: ["obsidian", "electron", "@codemirror/*", ...builtinModules, ...builtinModules.map((name) => `node:${name}`)],
	define: { "process.env.NODE_ENV": '"production"' },
	inject: ["src/jsx.ts"],
	tsconfigRaw: {
		compilerOptions: { jsx: "react", jsxFactory: "h", jsxFragmentFactory: "Fragment", target: "ES2022", verbatimModuleSyntax: true },
	},
	minify: true,
	charset: "utf8",
	banner: { js: OURS, css: OURS },
	metafile: true,
	write: false,
	logLevel: "warning",
});

for (const { path, text } of outputFiles) {
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, path.endsWith(".js") ? `${text}/*\n${licences().join("\n\n")}\n*/\n` : text);
}

/** Licences ask that their text goes along with what is compiled in: each once, below whose it is. */
function licences() {
	const packages = Object.keys(metafile.inputs).flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
	const texts = new Map();
	for (const name of [...new Set(packages)].sort()) {
		const read = (file) => readFileSync(new URL(`node_modules/${name}/${file}`, import.meta.url), "utf8");
		const licence = read("LICENSE").trim();
		const whose = [`${name} ${JSON.parse(read("package.json")).version}`, ...(licence.match(/^Copyright .*$/gm) ?? [])].join("\n");
		const text = licence.replace(/^Copyright .*$/gm, "").replace(/\n{3,}/g, "\n\n").trim();
		// Those that differ in quotation marks and where lines end say the same.
		const words = text.replace(/[“”]/g, '"').replace(/\s+/g, " ");
		texts.set(words, { text, whose: [...(texts.get(words)?.whose ?? []), whose] });
	}
	return [...texts.values()].map(({ text, whose }) => [...whose, text].join("\n\n"));
}
