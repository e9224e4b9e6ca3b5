/** The tiny model that `make test-llamacpp` installs with llama.cpp, for a vault whose notes it writes for. */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

import { type Journey, PLUGIN } from "./journey";

const ENVIRONMENT = path.resolve(PLUGIN, "..", ".venv-llamacpp");
const MODEL = path.join(ENVIRONMENT, "gemma-3-270m.gguf");
export const NAME = path.basename(MODEL);

/** The command of the sidecar that has llama.cpp; null when it is not installed, which CI may not let pass. */
export function findLlama(): string | null {
	const command = path.join(ENVIRONMENT, "bin", "librarian");
	if (existsSync(MODEL) && existsSync(command)) return onOneCore(command);
	if (process.env["CI"]) throw new Error("llama.cpp is not installed: make test-llamacpp");
	console.warn("\n*** llama.cpp is not installed: the journeys with a model file are SKIPPED. To run them: make test-llamacpp ***\n");
	return null;
}

/** Threads on cores that a browser uses, too, wait for one another many times as long as they compute. */
function onOneCore(command: string): string {
	try {
		execFileSync("taskset", ["-c", "0", "true"], { stdio: "ignore" });
	} catch {
		return command;
	}
	const script = path.join(mkdtempSync(path.join(os.tmpdir(), "librarian-llama-")), "librarian");
	writeFileSync(script, `#!/bin/sh\nexec taskset -c 0 '${command}' "$@"\n`);
	chmodSync(script, 0o755);
	return script;
}

/** A base model says again what it was given, so notes of one sentence are given to it. */
export const LAMP = "The lamp of the harbour was lit on 3 May 2025 by Greta Moll.\n";

/** Put the model where a download leaves it, under its name. */
export function downloaded(journey: Journey): void {
	const models = path.join(journey.env["XDG_DATA_HOME"] ?? "", "vault-librarian", "models");
	mkdirSync(models, { recursive: true, mode: 0o700 });
	symlinkSync(MODEL, path.join(models, NAME));
	const sha256 = createHash("sha256").update(readFileSync(MODEL)).digest("hex");
	const pin = { repository: "made/here", revision: "0".repeat(40), file: NAME, sha256, size: statSync(MODEL).size };
	writeFileSync(path.join(models, `${NAME}.json`), JSON.stringify(pin));
}
