/** The one app of this page, for what is made before anybody hands it the app. */

import type * as obs from "obsidian";

export const current = {} as { app: obs.App };
