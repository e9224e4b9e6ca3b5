/** Rows of the settings page: each kind is made in one way. */

import type { SettingDefinition } from "obsidian";

/** Words only, which nobody looks for. */
export function words(name: string, desc: string): SettingDefinition {
	return { name, desc, searchable: false };
}

/** Does something when it is clicked. */
export function button(name: string, desc: string, action: () => void): SettingDefinition {
	return { name, desc, searchable: false, action };
}

/** `validate` answers with what is wrong with what was typed. */
export function text(
	name: string,
	desc: string,
	key: string,
	placeholder: string,
	validate: (value: string) => string | undefined = () => undefined,
): SettingDefinition {
	return { name, desc, control: { type: "text", key, placeholder, validate } };
}

export function dropdown(name: string, desc: string, key: string, options: Record<string, string>): SettingDefinition {
	return { name, desc, control: { type: "dropdown", key, options } };
}

/** A whole number; `more` is its usual value, where that is known. */
export function number(name: string, desc: string, key: string, min: number, max: number, more?: { defaultValue: number }): SettingDefinition {
	const validate = (value: number) =>
		Number.isInteger(value) && value >= min && value <= max ? undefined : `A whole number from ${min} to ${max}.`;
	return { name, desc, control: { type: "number", key, min, max, step: 1, validate, ...more } };
}
