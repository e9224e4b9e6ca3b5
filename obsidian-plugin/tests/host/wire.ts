/** What the page asks of Node, and what Node tells the page: the bridge's own little protocol. */

/** A file or folder as the file system has it. */
export interface Entry {
	/** Relative to the vault, with `/`. */
	path: string;
	isFolder: boolean;
	ctime: number;
	mtime: number;
	size: number;
}

export interface Operations {
	/** The outside of the plugin's process: what it would find in `process` and `os`. */
	"system.facts": (question: object) => { env: Record<string, string>; platform: string; home: string; pid: number };
	"system.spawn": (question: SpawnQuestion) => { id: number; pid: number | undefined };
	"system.stdin": (question: { id: number; text: string }) => null;
	"system.endStdin": (question: { id: number }) => null;
	"system.kill": (question: { id: number; signal: string }) => boolean;
	"system.access": (question: { path: string; mode: number }) => null;
	"system.stat": (question: { path: string }) => { isFile: boolean; isDirectory: boolean; size: number; mtimeMs: number };

	"vault.facts": (question: object) => { name: string; path: string };
	"vault.list": (question: object) => Entry[];
	/** One folder, not what lies in its folders; nothing when it is gone. */
	"vault.folder": (question: { path: string }) => Entry[];
	"vault.stat": (question: { path: string }) => Entry | null;
	/** Bytes cross in base64. */
	"vault.read": (question: { path: string }) => string;
	"vault.write": (question: { path: string; bytes: string; isNew: boolean }) => Entry;
	"vault.rename": (question: { path: string; to: string }) => null;
	"vault.remove": (question: { path: string }) => null;
	"vault.trash": (question: { path: string }) => null;
	"vault.mkdir": (question: { path: string }) => Entry;

	/** What a plugin keeps in its data.json. */
	"plugin.read": (question: object) => string | null;
	"plugin.write": (question: { text: string }) => null;
}

export type Operation = keyof Operations;
export type Question<O extends Operation> = Parameters<Operations[O]>[0];
export type Answer<O extends Operation> = ReturnType<Operations[O]>;
/** The same on Node's side, where an answer may take its time. */
export type Served = { [O in Operation]: (question: Question<O>) => Answer<O> | Promise<Answer<O>> };

export interface SpawnQuestion {
	command: string;
	args: string[];
	env: Record<string, string> | undefined;
	cwd: string | undefined;
	windowsHide: boolean;
	shell: boolean;
}

/** How an operation ends: as Node does, with its error's code. */
export type Reply = { value: unknown } | { error: { message: string; code: string | undefined } };

export type HostEvent =
	/** Bytes cross in base64. */
	| { kind: "output"; id: number; stream: "stdout" | "stderr"; bytes: string }
	| { kind: "ended"; id: number; stream: "stdout" | "stderr" }
	| { kind: "failed"; id: number; message: string; code: string | undefined }
	| { kind: "stdinFailed"; id: number; message: string; code: string | undefined }
	| { kind: "exit" | "close"; id: number; code: number | null; signal: string | null }
	/** Something in this folder of the vault is not what it was. */
	| { kind: "folder"; path: string };
