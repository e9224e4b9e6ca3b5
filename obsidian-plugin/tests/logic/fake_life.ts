/** A librarian on a fake machine, with a clock that stands still. */

import { expect } from "vitest";

import { Librarian, type LibrarianOptions } from "../../src/sidecar/librarian";
import { PATIENCE } from "../../src/sidecar/patience";
import type { State } from "../../src/state";
import { FakeClock } from "./fake_clock";
import { FakeMachine, VAULT } from "./fake_machine";

export interface FakeLife {
	machine: FakeMachine;
	clock: FakeClock;
	librarian: (options?: Partial<LibrarianOptions>) => Librarian;
	/** One that is ready. */
	running: (options?: Partial<LibrarianOptions>) => Promise<Librarian>;
}

export function fakeLife(): FakeLife {
	const machine = new FakeMachine();
	const clock = new FakeClock();
	let tokens = 0;
	const token = () => `token-${++tokens}`.padEnd(43, "x");
	const librarian: FakeLife["librarian"] = (options) => {
		const means = { system: machine, clock, connect: machine.connect, patience: PATIENCE, token };
		return new Librarian({ vaultPath: VAULT, version: "0.1.0", command: () => "", isAllowed: () => true, ...options }, means);
	};
	const running: FakeLife["running"] = async (options) => {
		const made = librarian(options);
		await made.start();
		expect(made.state.get().kind).toBe("ready");
		return made;
	};
	return { machine, clock, librarian, running };
}

/** The kinds of states from now on, each once until another one follows. */
export function kindsOf(made: Librarian): State["kind"][] {
	const kinds: State["kind"][] = [];
	made.state.subscribe(({ kind }) => kinds.at(-1) !== kind && kinds.push(kind));
	return kinds;
}

/** What a person reads of what is wrong. */
export function problemOf(made: Librarian): string {
	const state = made.state.get();
	return "problem" in state ? `${state.problem.title} ${state.problem.detail} ${state.problem.remedy}` : state.kind;
}
