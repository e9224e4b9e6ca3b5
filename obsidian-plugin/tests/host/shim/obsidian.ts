/** The module `obsidian` as the plugin gets it, held to the types of the real one. */

import type * as obs from "obsidian";

import { Component, Events } from "./component";
import * as controls from "./controls";
import { TAbstractFile, TFile, TFolder } from "./files";
import * as functions from "./functions";
import { setIcon } from "./icons";
import { Keymap, Scope } from "./keymap";
import { MarkdownRenderer } from "./markdown_renderer";
import { ConfirmationModal, Modal } from "./modal";
import { Menu, Notice } from "./notice";
import { Plugin } from "./plugin";
import { Setting, SettingGroup } from "./setting";
import { PluginSettingTab, SettingPage, SettingTab } from "./setting_tab";
import { type Part, strictly } from "./strict";
import { FuzzySuggestModal, SuggestModal } from "./suggest";
import { FileSystemAdapter, Vault } from "./vault";
import { FileView, ItemView, MarkdownView, TextFileView, View } from "./views";
import { WorkspaceLeaf } from "./leaf";
import { Workspace } from "./workspace";

/** A class of ours that stands for one of Obsidian's: each member that it has is of the same type there. */
type Bound<C> = C extends abstract new (...args: never[]) => infer I ? abstract new (...args: never[]) => Part<I> : C;

const classes = {
	ButtonComponent: controls.ButtonComponent,
	Component,
	ConfirmationModal,
	DropdownComponent: controls.DropdownComponent,
	Events,
	ExtraButtonComponent: controls.ExtraButtonComponent,
	FileSystemAdapter,
	FileView,
	FuzzySuggestModal,
	ItemView,
	Keymap,
	MarkdownRenderer,
	MarkdownView,
	Menu,
	Modal,
	Notice,
	Plugin,
	PluginSettingTab,
	ProgressBarComponent: controls.ProgressBarComponent,
	Scope,
	SearchComponent: controls.SearchComponent,
	SecretComponent: controls.SecretComponent,
	Setting,
	SettingGroup,
	SettingPage,
	SettingTab,
	SliderComponent: controls.SliderComponent,
	SuggestModal,
	TAbstractFile,
	TextAreaComponent: controls.TextAreaComponent,
	TextComponent: controls.TextComponent,
	TextFileView,
	TFile,
	TFolder,
	ToggleComponent: controls.ToggleComponent,
	Vault,
	View,
	Workspace,
	WorkspaceLeaf,
} satisfies { [K in keyof typeof obs]?: Bound<(typeof obs)[K]> };

type Ours = typeof classes;
/** Members of our classes that Obsidian's have not: there are none. */
type Additions = { [K in keyof Ours]: Exclude<keyof InstanceType<Ours[K]>, keyof InstanceType<(typeof obs)[K]>> }[keyof Ours];
const additions: [Additions] extends [never] ? true : Additions = true;
void additions;

const Platform: typeof obs.Platform = strictly<typeof obs.Platform>("Platform", {
	isDesktop: true,
	isMobile: false,
	isDesktopApp: true,
	isMobileApp: false,
	isIosApp: false,
	isAndroidApp: false,
	isPhone: false,
	isTablet: false,
	isMacOS: false,
	isWin: false,
	isLinux: true,
	isSafari: false,
	resourcePathPrefix: "app://local/",
});

export const obsidian = strictly<typeof obs>("obsidian", {
	...(classes as unknown as Part<typeof obs>),
	...functions,
	setIcon,
	Platform,
});
