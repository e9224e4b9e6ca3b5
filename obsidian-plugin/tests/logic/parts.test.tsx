import { render } from "preact";
import { expect, test } from "vitest";

import { pathShown } from "../../src/ui/changes/wording";
import { Icon, Marked, counted, folderOf, nameOf } from "../../src/ui/parts";
import { FakeHost } from "../fake_host";

test("what matched is marked, and nothing of the text is lost", () => {
	const element = document.createElement("p");
	render(<Marked text="grüße an 🙂 alle" ranges={[[0, 5], [12, 16]]} />, element);
	expect([...element.querySelectorAll("mark")].map((mark) => mark.textContent)).toEqual(["grüße", "alle"]);
	expect(element.textContent).toBe("grüße an 🙂 alle");
});

test("a sign is drawn with what it stands in, and not a frame later", () => {
	const element = document.createElement("p");
	render(<Icon host={new FakeHost()} name="chevron-right" />, element);
	// What is drawn in the next frame has the sign: nothing else is waited for.
	expect(element.querySelector("[data-icon]")?.getAttribute("data-icon")).toBe("chevron-right");
});

test("paths are told by name and folder", () => {
	expect(nameOf("A/b/C d.md")).toBe("C d");
	expect(folderOf("A/b/C d.md")).toBe("A/b");
	expect(folderOf("C.md")).toBe("");
	expect(counted(1, "note")).toBe("1 note");
	expect(counted(2000, "note")).toBe("2,000 notes");
});

test("a name turns no sentence around, and keeps the letters of every script", () => {
	for (const shown of [nameOf, pathShown]) {
		expect(shown("keep \u202Egnihton\u2069.md")).toBe("keep gnihton");
		expect(shown("שלום نعم 👩‍🚀.md")).toBe("שלום نعم 👩‍🚀");
	}
	expect(nameOf("a\u202Efdp.exe.png")).toBe("afdp.exe.png");
});
