import { defineConfig } from "vitest/config";

export default defineConfig({
	oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
	test: {
		projects: [
			{
				extends: true,
				resolve: { alias: { obsidian: "obsidian-test-mocks/obsidian" } },
				test: {
					name: "logic",
					include: ["tests/logic/**/*.test.{ts,tsx}"],
					environment: "happy-dom",
					setupFiles: ["obsidian-test-mocks/vitest-setup"],
				},
			},
			{
				extends: true,
				test: { name: "release", include: ["tests/release/**/*.test.ts"], environment: "node", testTimeout: 60_000 },
			},
			{
				extends: true,
				test: {
					name: "sidecar",
					include: ["tests/sidecar/**/*.test.ts"],
					environment: "node",
					testTimeout: 60_000,
					hookTimeout: 60_000,
					fileParallelism: false,
				},
			},
			{
				extends: true,
				test: {
					name: "host",
					include: ["tests/host/**/*.test.ts"],
					environment: "node",
					testTimeout: 120_000,
					hookTimeout: 120_000,
					fileParallelism: false,
				},
			},
		],
	},
});
