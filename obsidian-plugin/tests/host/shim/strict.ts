/**
 * What keeps the shim true to Obsidian: its objects have no member that Obsidian's have not, with the same types, and looking for one
 * that is not there throws instead of being undefined.
 */

/** Members that the language and its tools look for on anything. */
const LOOKED_FOR = new Set(["then", "toJSON", "nodeType", "asymmetricMatch", "$$typeof", "tagName"]);

/** Members of an object of Obsidian's, as many as the shim has. Methods that return their object may do so with the shim's. */
export type Part<T> = {
	[K in keyof T]?: T[K] extends (...args: infer A) => infer R ? (...args: A) => R extends T ? unknown : R : T[K];
};

/** The root of all classes of the shim, and through them of those that the plugin derives. */
export class Strict {
	constructor() {
		return new Proxy(this, { get: lookUp });
	}
}

function lookUp(target: object, key: string | symbol, receiver: unknown): unknown {
	if (typeof key === "symbol" || key in target || LOOKED_FOR.has(key)) return Reflect.get(target, key, receiver);
	throw new Error(`the shim has no ${key} (of ${target.constructor.name})`);
}

/** An object of the shim as the one of Obsidian's that it stands for. */
export function as<T>(part: Part<T>): T {
	return part as T;
}

/** A module, or any object without a class, that throws for what it does not have. */
export function strictly<T extends object>(name: string, members: Part<T>): T {
	const get = (target: object, key: string | symbol, receiver: unknown): unknown => {
		if (typeof key === "symbol" || key in target || LOOKED_FOR.has(key)) return Reflect.get(target, key, receiver);
		throw new Error(`the shim has no ${name}.${key}`);
	};
	return new Proxy(members, { get }) as T;
}

/** An object that is no Obsidian's, whose methods work on itself and that throws for what it does not have. */
export function guarded<T extends object>(name: string, object: T): T {
	return new Proxy(object, {
		get(target, key) {
			if (typeof key === "string" && !(key in target) && !LOOKED_FOR.has(key)) throw new Error(`the shim has no ${name}.${key}`);
			const value = Reflect.get(target, key) as unknown;
			return typeof value === "function" ? (value.bind(target) as unknown) : value;
		},
	});
}
