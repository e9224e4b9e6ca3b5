import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { expect, test } from "vitest";

import { installCommands } from "../../src/sidecar/install";

test("what is installed is the sidecar of the same version", () => {
	const project = readFileSync(resolve(import.meta.dirname, "../../../pyproject.toml"), "utf8");
	const name = /^name = "(.+)"/m.exec(project)?.[1];
	expect(installCommands("1.2.3").map(({ label, command }) => `${label}: ${command}`)).toEqual([
		`uv: uv tool install ${name}==1.2.3`,
		`pipx: pipx install --force ${name}==1.2.3`,
	]);
});
