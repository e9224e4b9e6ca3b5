import obsidianmd from "eslint-plugin-obsidianmd";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const CODE = ["**/*.{ts,tsx,mjs}"];

export default defineConfig([
	globalIgnores(["main.js", "node_modules", "src/protocol.ts", "tests/artifacts", "tests/obsidian", "tests/host/.demo.mjs"]),
	{
		files: CODE,
		extends: [...obsidianmd.configs.recommended],
		languageOptions: {
			parserOptions: { projectService: { allowDefaultProject: ["eslint.config.mjs", "esbuild.config.mjs"] } },
		},
	},
	// Tests run in pages of their own, not in Obsidian's.
	{ files: ["tests/**"], rules: { "obsidianmd/prefer-create-el": "off", "obsidianmd/prefer-active-doc": "off" } },
	// Whoever installs by hand has no Obsidian to ask where its settings are.
	{ files: ["tests/release/**"], rules: { "obsidianmd/hardcoded-config-path": "off" } },
	// The host stands in the place of Obsidian itself: what plugins are asked to leave to Obsidian is done here.
	{
		files: ["tests/host/**"],
		rules: {
			"no-restricted-globals": "off",
			"obsidianmd/hardcoded-config-path": "off",
			"obsidianmd/no-static-styles-assignment": "off",
			"obsidianmd/no-tfile-tfolder-cast": "off",
			"obsidianmd/no-unsupported-api": "off",
			"obsidianmd/prefer-file-manager-trash-file": "off",
			"obsidianmd/prefer-instanceof": "off",
			"obsidianmd/prefer-window-timers": "off",
		},
	},
	// The store's rules for the manifest, which the recommended set leaves out.
	{
		files: ["manifest.json"],
		plugins: { obsidianmd },
		languageOptions: { parser: tseslint.parser },
		rules: { "obsidianmd/validate-manifest": "error" },
	},
]);
