import { expect, test } from "vitest";

import { briefly } from "../../src/state";

test("two words tell how far the librarian is", () => {
	const progress = { vaultId: "v", part: "keyword", phase: "reading", done: 1, total: 3 } as const;
	expect(briefly({ kind: "opening", progress })).toBe("Reading 33 %");
	expect(briefly({ kind: "opening", progress: null })).toBe("Reading notes");
	expect(briefly({ kind: "missing", looked: [] })).toBe("Librarian missing");
});
