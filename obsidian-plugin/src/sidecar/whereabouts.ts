/**
 * Where the `librarian` command is. Programs that are started from a desktop have a poorer PATH than a terminal, so the
 * folders that installers use are looked at first, and a login shell is asked last.
 */

import type { System } from "./system";

export type Surroundings = Pick<System, "platform" | "env" | "home" | "isExecutable">;

/** PATH as a login shell has it; null when there is none, or it does not answer. */
export type AskLoginPath = () => Promise<string | null>;

/** The command, or where it was looked for in vain. */
export type Whereabouts = { command: string; looked?: never } | { command?: never; looked: string[] };

/** Find the command. A path that the person set is the only one that is looked at. */
export async function find(around: Surroundings, set: string, askLoginPath: AskLoginPath): Promise<Whereabouts> {
	const chosen = set.trim();
	if (chosen) {
		const command = fromHome(chosen, around);
		return (await around.isExecutable(command)) ? { command } : { looked: [command] };
	}
	const looked: string[] = [];
	for (const places of [installers, ownPath, loginPath]) {
		for (const folder of await places(around, askLoginPath)) {
			const command = inFolder(folder, around);
			if (looked.includes(command)) continue;
			if (await around.isExecutable(command)) return { command };
			looked.push(command);
		}
	}
	return { looked };
}

/** Shows a text without the name of the person whose folder it is in, nor that of anybody else who has one on this machine. */
export function withoutHome(text: string, home: string): string {
	const told = text.normalize();
	return (home.length > 1 ? told.replace(spellingsOf(home), "~") : told).replace(HOMES, "~");
}

/** Of people: behind a link, or on another disk, the person's own folder may have another path, too. */
const HOMES = /(?:\/home|\/Users|\b[a-z]:[\\/]+Users)[\\/]+(?:[^\\/"'\n]+(?=[\\/])|[^\\/"'\s]+)/giu;

/** A folder as texts have it: with either slash, doubled where it is quoted, and in other letters where systems do not tell them apart. */
export function spellingsOf(folder: string): RegExp {
	const bare = folder.normalize().replace(/(?<=[^\\/])[\\/]+$/, "");
	const names = bare.split(/[\\/]+/).map((name) => name.replace(/[.*+?^${}()|[\]]/g, "\\$&"));
	return new RegExp(`${names.join("[\\\\/]+")}(?![\\p{L}\\p{N}_-])`, "giu");
}

/** Where uv and pipx put commands. */
async function installers({ env, home, platform }: Surroundings): Promise<string[]> {
	const separator = platform === "win32" ? "\\" : "/";
	const data = env["XDG_DATA_HOME"];
	const named = [env["UV_TOOL_BIN_DIR"], env["XDG_BIN_HOME"], data && [data, "..", "bin"].join(separator), env["PIPX_BIN_DIR"]];
	return [[home, ".local", "bin"].join(separator), ...absolute(named, platform)];
}

async function ownPath({ env, platform }: Surroundings): Promise<string[]> {
	return folders(env["PATH"] ?? env["Path"], platform);
}

async function loginPath({ platform }: Surroundings, askLoginPath: AskLoginPath): Promise<string[]> {
	return platform === "win32" ? [] : folders(await askLoginPath(), platform);
}

function folders(path: string | null | undefined, platform: string): string[] {
	const parts = (path ?? "").split(platform === "win32" ? ";" : ":");
	return absolute(
		parts.map((part) => part.trim().replace(/^"(.*)"$/, "$1")),
		platform,
	);
}

/** What is relative would depend on where Obsidian was started: anybody's folder. */
function absolute(paths: (string | undefined)[], platform: string): string[] {
	const pattern = platform === "win32" ? /^([A-Za-z]:[\\/]|\\\\)/ : /^\//;
	return paths.filter((path): path is string => path !== undefined && pattern.test(path));
}

function inFolder(folder: string, { platform }: Surroundings): string {
	return platform === "win32" ? `${folder.replace(/[\\/]+$/, "")}\\librarian.exe` : `${folder.replace(/\/+$/, "")}/librarian`;
}

function fromHome(path: string, { home }: Surroundings): string {
	return /^~[\\/]/.test(path) ? home + path.slice(1) : path;
}
