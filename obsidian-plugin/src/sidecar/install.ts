/** What a person types to install the sidecar that goes with this version of the plugin. */

const DISTRIBUTION = "vault-librarian";

export interface InstallCommand {
	label: string;
	command: string;
}

/** Either of these also replaces another version that is there. */
export function installCommands(version: string): InstallCommand[] {
	const wanted = `${DISTRIBUTION}==${version}`;
	return [
		{ label: "uv", command: `uv tool install ${wanted}` },
		{ label: "pipx", command: `pipx install --force ${wanted}` },
	];
}
