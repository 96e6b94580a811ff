/**
 * Types of `<after-word>`, the element that `embed.js` defines.
 *
 * Reference this file, or copy it into your project; nothing here is imported at run time.
 * What each attribute does, with its default, is told in docs/EMBEDDING.md.
 */

/** Order of the replies. `top`: most reactions first. */
export type AfterWordOrder = "oldest" | "newest" | "top";

/** When the replies are fetched. */
export type AfterWordLoading = "lazy" | "eager" | "interaction";

/** The attributes, for typed templates: `declare module "react" { namespace JSX { … } }` and the like. */
export interface AfterWordAttributes {
  /** Base address of a backend that follows the contract. Either this or `src`. */
  api?: string;
  /** Address of one JSON file with a thread, read-only. */
  src?: string;
  /** Id of the thread. Default: the page's canonical address. */
  thread?: string;
  /** Default: `oldest`. */
  order?: AfterWordOrder;
  /** Replies a page, 1 to 100. Default: 50. */
  "page-size"?: number | string;
  /** Pages come when a button is pressed, not as the reader scrolls. */
  "page-by-button"?: boolean | string;
  /** Keys do not move the focus from reply to reply. */
  "no-keys"?: boolean | string;
  /** Level of the heading "13 replies", 2 to 5. Default: 2. */
  "heading-level"?: number | string;
  /** `auto`, `light`, `dark`, or a CSS selector that matches while the page is dark. Default: `auto`. */
  theme?: string;
  /** Address of a style sheet, or the name of a theme that comes with Afterword. */
  stylesheet?: string;
  /** Default: `lazy`. */
  loading?: AfterWordLoading;
  /** Ask the backend for its first page, drawn, before everything else; `no`: never. Default: where it is known to draw. */
  html?: boolean | string;
  /** Language tag. Default: the language of the page around the element. */
  lang?: string;
  /** Direction. Default: that of `lang`, if the element has one, else the page's. */
  dir?: "ltr" | "rtl";
}

/** The first replies are shown. */
export interface AfterWordReadyDetail {
  thread: string;
  /** How many replies the thread has. */
  total: number;
}

/** The number of replies is another than before. */
export interface AfterWordCountChangedDetail {
  thread: string;
  total: number;
}

/** The viewer's reply was posted. */
export interface AfterWordReplyPostedDetail {
  thread: string;
  id: string;
  /** Null while it is held for approval. */
  number: number | null;
}

/** The viewer changed, deleted or brought back a reply, or chose a reaction tag or took one back. */
export interface AfterWordReplyChangedDetail {
  thread: string;
  id: string;
  number: number;
}

/** The viewer wants to sign in. */
export interface AfterWordSignInRequestedDetail {
  thread: string;
}

/**
 * Why the widget cannot start: an attribute is wrong; the script or the module cannot be loaded; WebAssembly is
 * switched off in the browser, or forbidden by the page; mounting failed; the module stopped.
 */
export type AfterWordFailureReason =
  | "attribute"
  | "script"
  | "module"
  | "webassembly-missing"
  | "webassembly-forbidden"
  | "mount"
  | "crash";

/** Something went wrong, and the reader has been told. */
export interface AfterWordErrorDetail {
  /** The sentence that the reader sees. */
  message: string;
  /** `request` when the widget works and the replies could not be fetched. */
  reason: AfterWordFailureReason | "request" | (string & {});
  /** With `request` alone. */
  thread?: string;
}

/** What `ready` rejects with. */
export interface AfterWordError extends Error {
  name: "AfterwordError";
  reason: AfterWordFailureReason;
}

export interface AfterWordEventMap {
  "afterword-ready": CustomEvent<AfterWordReadyDetail>;
  "afterword-error": CustomEvent<AfterWordErrorDetail>;
  "afterword-count-changed": CustomEvent<AfterWordCountChangedDetail>;
  "afterword-reply-posted": CustomEvent<AfterWordReplyPostedDetail>;
  "afterword-reply-edited": CustomEvent<AfterWordReplyChangedDetail>;
  "afterword-reply-deleted": CustomEvent<AfterWordReplyChangedDetail>;
  "afterword-reply-restored": CustomEvent<AfterWordReplyChangedDetail>;
  "afterword-reaction-changed": CustomEvent<AfterWordReplyChangedDetail>;
  "afterword-sign-in-requested": CustomEvent<AfterWordSignInRequestedDetail>;
}

export interface AfterWordElement extends HTMLElement {
  /** Each property is its attribute; null means that the attribute is absent. */
  api: string | null;
  src: string | null;
  thread: string | null;
  get order(): string | null;
  set order(value: AfterWordOrder | (string & {}) | null | undefined);
  get pageSize(): string | null;
  set pageSize(value: number | string | null | undefined);
  get pageByButton(): string | null;
  set pageByButton(value: boolean | string | null | undefined);
  get noKeys(): string | null;
  set noKeys(value: boolean | string | null | undefined);
  get headingLevel(): string | null;
  set headingLevel(value: number | string | null | undefined);
  theme: string | null;
  stylesheet: string | null;
  get loading(): string | null;
  set loading(value: AfterWordLoading | (string & {}) | null | undefined);
  get html(): string | null;
  set html(value: boolean | string | null | undefined);

  /** Set by the page: gives the viewer's token, or null where nobody is signed in. Hears which one was refused. */
  getToken: ((refused?: string) => Promise<string | null | undefined> | string | null | undefined) | null;

  /**
   * Resolves when the first replies are shown. Rejects with an `AfterWordError` when the widget itself cannot start;
   * replies that could not be fetched leave it open, because the reader can try again.
   * After another `thread`, or a retry, this is another promise.
   */
  readonly ready: Promise<void>;

  /** Fetches the replies again; shows the page's new thread if the `thread` attribute leaves it to the page. */
  reload(): void;

  /** Quotes a reply that is shown in what the reader is writing; nothing happens where it cannot be quoted. */
  quote(number: number): void;

  /** Scrolls to a reply and focuses it, and loads what that needs. */
  goTo(number: number): void;

  addEventListener<K extends keyof AfterWordEventMap>(
    type: K,
    listener: (this: AfterWordElement, event: AfterWordEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: AfterWordElement, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof AfterWordEventMap>(
    type: K,
    listener: (this: AfterWordElement, event: AfterWordEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: AfterWordElement, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "after-word": AfterWordElement;
  }
  /** The events bubble and leave shadow roots, so a page may listen once for all its threads. */
  interface DocumentEventMap extends AfterWordEventMap {}
  interface WindowEventMap extends AfterWordEventMap {}
}
