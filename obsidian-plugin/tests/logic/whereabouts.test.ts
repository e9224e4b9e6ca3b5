import { expect, test } from "vitest";

import { type Surroundings, find, withoutHome } from "../../src/sidecar/whereabouts";

function linux(files: string[], env: Record<string, string> = {}): Surroundings {
	return { platform: "linux", home: "/home/ann", env, isExecutable: async (path) => files.includes(path) };
}

function windows(files: string[], env: Record<string, string> = {}): Surroundings {
	return { platform: "win32", home: "C:\\Users\\Ann", env, isExecutable: async (path) => files.includes(path) };
}

const silent = async () => null;
const unasked = () => Promise.reject(new Error("the shell was asked"));

test("what the person set is the only place, even when it is wrong", async () => {
	const around = linux(["/opt/librarian", "/home/ann/.local/bin/librarian"]);
	expect(await find(around, " /opt/librarian ", unasked)).toEqual({ command: "/opt/librarian" });
	expect(await find(around, "/opt/wrong", unasked)).toEqual({ looked: ["/opt/wrong"] });
	expect(await find(around, "~/.local/bin/librarian", unasked)).toEqual({ command: "/home/ann/.local/bin/librarian" });
	expect(await find(around, "  ", unasked)).toEqual({ command: "/home/ann/.local/bin/librarian" });
});

test.each([
	["UV_TOOL_BIN_DIR", "/tools", "/tools/librarian"],
	["XDG_BIN_HOME", "/xdg/bin/", "/xdg/bin/librarian"],
	["XDG_DATA_HOME", "/xdg/share", "/xdg/share/../bin/librarian"],
	["PIPX_BIN_DIR", "/pipx", "/pipx/librarian"],
	["PATH", "/usr/bin:/somewhere", "/somewhere/librarian"],
])("it is found by %s, before a shell is asked", async (name, value, command) => {
	expect(await find(linux([command], { [name]: value }), "", unasked)).toEqual({ command });
});

test("installers' folders go before PATH", async () => {
	const around = linux(["/home/ann/.local/bin/librarian", "/usr/bin/librarian"], { PATH: "/usr/bin" });
	expect(await find(around, "", unasked)).toEqual({ command: "/home/ann/.local/bin/librarian" });
});

test("on a Mac a login shell knows of more folders than a program from the dock", async () => {
	const mac: Surroundings = {
		platform: "darwin",
		home: "/Users/ann",
		env: { PATH: "/usr/bin:/bin" },
		isExecutable: async (path) => path === "/opt/homebrew/bin/librarian",
	};
	expect(await find(mac, "", async () => "/usr/bin:/opt/homebrew/bin")).toEqual({ command: "/opt/homebrew/bin/librarian" });
	expect(await find(mac, "", silent)).toEqual({
		looked: ["/Users/ann/.local/bin/librarian", "/usr/bin/librarian", "/bin/librarian"],
	});
});

test("every place is told once, in the order in which it was looked at", async () => {
	const around = linux([], { PATH: "/home/ann/.local/bin:/usr/bin:/usr/bin/" });
	expect(await find(around, "", async () => "/usr/bin:/snap/bin")).toEqual({
		looked: ["/home/ann/.local/bin/librarian", "/usr/bin/librarian", "/snap/bin/librarian"],
	});
});

test("folders that depend on where Obsidian was started are never looked at", async () => {
	const around = linux(["./librarian", "bin/librarian", "/librarian"], { PATH: ".:bin::~/bin", UV_TOOL_BIN_DIR: "tools" });
	expect(await find(around, "", async () => "")).toEqual({ looked: ["/home/ann/.local/bin/librarian"] });
});

test("on Windows it is an .exe, and no shell is asked", async () => {
	const env = { Path: '"C:\\Program Files\\Tools\\";C:\\Windows;relative;\\\\server\\tools' };
	expect(await find(windows([], env), "", unasked)).toEqual({
		looked: [
			"C:\\Users\\Ann\\.local\\bin\\librarian.exe",
			"C:\\Program Files\\Tools\\librarian.exe",
			"C:\\Windows\\librarian.exe",
			"\\\\server\\tools\\librarian.exe",
		],
	});
	const command = "C:\\Users\\Ann\\.local\\bin\\librarian.exe";
	expect(await find(windows([command], env), "", unasked)).toEqual({ command });
	expect(await find(windows([command]), "~\\.local\\bin\\librarian.exe", unasked)).toEqual({ command });
});

test("a person's folder is not told", () => {
	expect(withoutHome("/home/ann/.local/bin and /home/ann/x", "/home/ann")).toBe("~/.local/bin and ~/x");
	expect(withoutHome("/usr/bin", "/")).toBe("/usr/bin");
});

test.each([
	["C:\\Users\\Ann\\AppData", "~\\AppData"],
	["denied: 'C:\\\\Users\\\\Ann\\\\AppData'", "denied: '~\\\\AppData'"],
	["c:/users/ann/AppData and C:/Users/Ann", "~/AppData and ~"],
	["of another: D:\\Users\\Bea Berg\\x", "of another: ~\\x"],
	["C:\\Users\\Annabel\\x", "~\\x"],
])("on Windows a home is told in none of its spellings: %s", (text, told) => {
	expect(withoutHome(text, "C:\\Users\\Ann")).toBe(told);
});

test("a home that is a link, has accents, or is somebody else's is not told either", () => {
	expect(withoutHome("/data/home/ann/x and /Users/bea/y", "/home/ann")).toBe("/data~/x and ~/y");
	expect(withoutHome("/srv/Andre\u0301/x", "/srv/Andr\u00e9")).toBe("~/x");
	expect(withoutHome("/srv/ann-marie/x", "/srv/ann")).toBe("/srv/ann-marie/x");
});
