// The console's behaviour on top of plain links and forms: everything works without it, only less smoothly.
// Attributes it honours: data-autosave, data-filter, data-confirm, data-command, data-live, data-local,
// data-copy, data-toast, data-open, data-reload, data-tick-all, data-tick, data-once, data-letters.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const csrf = () => $('meta[name="csrf"]')?.content ?? "";
  const main = () => document.getElementById("main");
  const say = document.body.dataset; // texts in the reader's language
  const isDialog = (element) => element instanceof HTMLDialogElement;

  // ── htmx ────────────────────────────────────────────────────────────────────────────────────────────
  // Text is never run as code, whatever attribute asks for it, and a morph keeps what the reader unfolded.
  const refuse = class { constructor() { throw new Error("evaluating text is switched off"); } };
  window.htmx?.registerExtension("ringfence", {
    init: (api) => api.initSecurity(null, refuse, refuse),
    htmx_before_morph_attr: (element, { attrName }) =>
      !(attrName === "open" && (element instanceof HTMLDetailsElement || isDialog(element))),
  });

  const latest = new WeakMap(); // the newest request of each form: answers to older ones would undo later clicks
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    ctx.request.headers["x-csrf-token"] = csrf();
    latest.set(ctx.sourceElement, ctx);
    // Empty filters stay out of the address.
    if (ctx.request.method !== "GET") return;
    const fields = ctx.request.body;
    for (const [name, value] of [...fields]) {
      if (value !== "") continue;
      const filled = fields.getAll(name).filter((other) => other !== "");
      fields.delete(name);
      for (const other of filled) fields.append(name, other);
    }
  });

  // An answer that is no console page (sign-in, a proxy's error) must not empty the page.
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx, tasks } = event.detail;
    if (ctx.live && ctx.live !== location.href) return event.preventDefault(); // the reader has gone elsewhere
    if (ctx.live && !ctx.forced && shownOnce()) return event.preventDefault();
    if (ctx.live && sending > 0) { missed = true; return event.preventDefault(); }
    if (ctx.sourceElement.matches?.("[data-autosave]") && latest.get(ctx.sourceElement) !== ctx) return event.preventDefault();
    if (ctx.live && !ctx.forced && hasUnsavedInput()) { event.preventDefault(); return offerReload(); }
    const page = tasks.find((task) => task.type === "main");
    if (page && staysHere(ctx)) page.swapSpec.show = "none";
    if (ctx.select !== "#main" || !page || page.fragment.childElementCount > 0) return;
    event.preventDefault();
    const answer = ctx.response?.raw;
    if (ctx.request.method === "GET" || answer?.redirected) location.assign(answer?.url ?? ctx.request.action);
    else toast(say.sayFailed, "tone-bad");
  });

  // Whoever changes something on a page stays where they were on it.
  function staysHere({ request, response }) {
    const there = response?.raw?.redirected && response.status < 400 && new URL(response.raw.url).pathname;
    return request.method !== "GET" && there === location.pathname;
  }

  // A refused form keeps the address of its page.
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    if (ctx.request.method !== "GET" && ctx.response.status >= 400) ctx.push = ctx.replace = "false";
  });

  document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
    if (!ctx?.request) return;
    const form = ctx.sourceElement;
    if (form?.matches?.("[data-autosave]")) return saveState(form.id, "bad", say.sayNotSavedOffline);
    toast(say.sayOffline, "tone-bad");
  });

  document.addEventListener("htmx:before:settle", ({ detail: { task } }) => { adoptAnswer(task.target); enhance(); });

  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    const source = ctx.sourceElement;
    const ask = $("#ask > dialog");
    const refusal = $("#toasts > [data-refused]");
    // What is refused in the window that asks first is said in it.
    if (ask?.contains(source)) { if (!refusal) ask.remove(); }
    else if (ask && !ctx.live && source instanceof HTMLFormElement) return askedFirst(ask, source);
    if (refusal) { showRefusal(refusal, source); return sayInDialog(); }
    if (!ctx.live) sayInDialog();
    if (ctx.live || source?.matches?.("[data-autosave], [data-filter]")) return;
    $("#nav:popover-open")?.hidePopover();
    $("#user-menu:popover-open")?.hidePopover();
    showChangedBar(false);
    const wrong = $('#main [aria-invalid="true"]');
    if (wrong && ctx.response?.status >= 400) wrong.focus();
    else if (ctx.select === "#main" && !main()?.contains(document.activeElement)) main()?.focus({ preventScroll: true });
  });

  // A form that saves by itself shows again what holds, unless what it would do is agreed to.
  function askedFirst(ask, form) {
    enhance();
    ($("input[type=password]", ask) ?? $(".button.primary", ask))?.focus();
    if (!form.matches("[data-autosave]")) return;
    ask.addEventListener("close", () => form.reset(), { once: true });
  }

  // A refused form stays as it is, with the message at the field that it names; one that saves by itself shows again
  // what holds, since what was clicked does not.
  function showRefusal(refusal, form) {
    const { field } = refusal.dataset;
    delete refusal.dataset.refused;
    if (!(form instanceof HTMLFormElement)) return;
    if (form.matches("[data-autosave]")) return form.reset();
    const named = field && form.elements[field];
    const control = named instanceof RadioNodeList ? named[0] : named;
    const place = control?.closest(".field");
    if (!place) return;
    const text = $(".toast span", refusal)?.textContent ?? "";
    const label = $("label", place)?.firstChild?.textContent.trim() || field;
    const message = document.createElement("p");
    message.className = "error";
    message.id = `${control.id}-error`;
    message.textContent = text.toLowerCase().startsWith(`${field} `) ? label + text.slice(field.length) : text;
    $(".error", place)?.remove();
    control.after(message);
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", [message.id, $(".hint", place)?.id].filter(Boolean).join(" "));
    control.focus();
    refusal.remove();
    control.addEventListener("input", () => { message.remove(); control.removeAttribute("aria-invalid"); }, { once: true });
  }

  // An open dialog covers the page and its messages, also for screen readers: what comes meanwhile is said in it, where
  // its form was sent, and stays until it is sent again or closed.
  function sayInDialog() {
    const dialog = $$("dialog:modal").at(-1);
    const said = $("#toasts .toast");
    if (!dialog || !said) return;
    unsay(dialog);
    const note = document.createElement("div");
    note.className = `dialog-said notice ${[...said.classList].find((name) => name.startsWith("tone-")) ?? ""}`;
    note.role = "alert";
    note.append(...said.childNodes);
    const place = $(".form-actions", dialog);
    if (place) place.before(note); else dialog.append(note);
    $("#toasts").replaceChildren();
    note.scrollIntoView({ block: "nearest" });
    dialog.addEventListener("close", () => note.remove(), { once: true });
  }
  const unsay = (dialog) => $(".dialog-said", dialog)?.remove();

  // After a morph, boxes and lists show what the server says, not what was last clicked.
  function adoptAnswer(part) {
    for (const box of $$('input:is([type="checkbox"], [type="radio"])', part)) box.checked = box.defaultChecked;
    for (const option of $$("option", part)) {
      if (option.selected !== option.defaultSelected && option.parentElement.matches("select:has(option[selected])")) {
        option.selected = option.defaultSelected;
      }
    }
  }

  // ── Forms ───────────────────────────────────────────────────────────────────────────────────────────
  document.addEventListener("change", ({ target }) => {
    const form = target.form;
    if (!form?.matches("[data-autosave], [data-filter]")) return;
    if (target.type === "search") return; // sent while typing
    if (form.reportValidity()) form.requestSubmit();
  });

  // Where letters choose: the one that a choice's value begins with, and on to the next place.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
    const place = event.target.closest?.("[data-letters]");
    const choice = place && $(`input[type="radio"][value^="${CSS.escape(event.key.toLowerCase())}"]`, place);
    if (!choice) return;
    event.preventDefault();
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    const places = $$("[data-letters]");
    $('input[type="radio"]', places[places.indexOf(place) + 1] ?? place)?.focus();
  });

  // The box in a table's head ticks all of its form; and shows whether all or some of them are ticked.
  document.addEventListener("change", ({ target }) => {
    if (!target.matches?.("[data-tick], [data-tick-all]")) return;
    const form = target.dataset.tickAll ?? target.getAttribute("form");
    const boxes = $$("[data-tick]").filter((box) => box.getAttribute("form") === form);
    const all = $$("[data-tick-all]").find((box) => box.dataset.tickAll === form);
    if (target === all) for (const box of boxes) box.checked = all.checked;
    const ticked = boxes.filter((box) => box.checked).length;
    if (all) { all.checked = ticked === boxes.length; all.indeterminate = ticked > 0 && ticked < boxes.length; }
    for (const count of $$("[data-ticked]")) count.textContent = String(ticked);
  });

  let typing;
  document.addEventListener("input", ({ target }) => {
    if (target.type !== "search" || !target.form?.matches("[data-filter]")) return;
    clearTimeout(typing);
    typing = setTimeout(() => target.form?.requestSubmit(), 250);
  });

  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    const dialog = ctx.sourceElement.closest?.("dialog");
    if (dialog) unsay(dialog);
    if (ctx.sourceElement.matches?.("[data-autosave]")) saveState(ctx.sourceElement.id, "busy", say.saySaving);
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (!ctx.response || !ctx.sourceElement?.id || !$(`[data-autosave]#${CSS.escape(ctx.sourceElement.id)}`)) return;
    if ($("#ask > dialog")) saveState(ctx.sourceElement.id, "", "");
    else if (ctx.response.status < 400) saveState(ctx.sourceElement.id, "good", say.saySaved);
    else saveState(ctx.sourceElement.id, "bad", say.sayNotSaved);
  });

  function saveState(form, state, text) {
    const output = document.getElementById(form)?.querySelector(".save-state");
    if (!output) return;
    output.dataset.state = state;
    output.textContent = text;
    clearTimeout(output.timer);
    if (state === "good") output.timer = setTimeout(() => { output.textContent = ""; }, 4000);
  }

  const confirmed = new WeakSet();
  function askFirst(event, act, question) {
    if (!question || confirmed.delete(act)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const dialog = $("#confirm");
    if (!dialog) return window.confirm(question) && proceed(act);
    $("#confirm-question").textContent = question;
    $('[value="yes"]', dialog).textContent = act.textContent.trim() || say.sayContinue;
    dialog.returnValue = "";
    dialog.addEventListener("close", () => dialog.returnValue === "yes" && proceed(act), { once: true });
    dialog.showModal();
  }
  // Whoever has been asked once is not asked by the server again.
  function sayYes(form) {
    if (!(form instanceof HTMLFormElement) || form.elements.sure) return;
    const yes = document.createElement("input");
    Object.assign(yes, { type: "hidden", name: "sure", value: "1" });
    form.append(yes);
  }
  function proceed(act) {
    if (!act.isConnected) return;
    confirmed.add(act);
    sayYes(act.form ?? act);
    if (act instanceof HTMLFormElement) act.requestSubmit();
    else act.click();
  }
  document.addEventListener("click", (event) => {
    const act = event.target.closest("a[data-confirm], button[data-confirm]");
    if (act) askFirst(event, act, act.dataset.confirm);
  }, true);
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.confirm) askFirst(event, event.target, event.target.dataset.confirm);
  }, true);

  // ── Small things ────────────────────────────────────────────────────────────────────────────────────
  function toast(text, tone = "tone-neutral") {
    const note = document.createElement("div");
    note.className = `toast ${tone}`;
    note.dataset.toast = "";
    note.textContent = text;
    $("#toasts")?.replaceChildren(note);
    sayInDialog();
    enhance();
  }

  // Dates of this year do without it.
  const clock = { hour: document.documentElement.lang === "en" ? "numeric" : "2-digit", minute: "2-digit" };
  const day = { day: "numeric", month: "short" };
  const formats = { datetime: { ...day, ...clock }, date: day, time: clock };
  const language = document.documentElement.lang || undefined;
  const written = new Map();
  function format(moment, show) {
    const otherYear = show !== "time" && moment.getFullYear() !== new Date().getFullYear();
    const key = `${show}${otherYear}`;
    const options = { ...(formats[show] ?? formats.datetime), ...(otherYear && { year: "numeric" }) };
    if (!written.has(key)) written.set(key, new Intl.DateTimeFormat(language, options));
    return written.get(key).format(moment);
  }
  const inFull = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });

  // What has been done is said once, not again with every reload.
  function forgetDone() {
    const here = new URL(location.href);
    const said = ["done", "undo", "came", "went"].filter((name) => here.searchParams.has(name));
    if (!said.length) return;
    for (const name of said) here.searchParams.delete(name);
    history.replaceState(history.state, "", here);
  }

  function enhance() {
    forgetDone();
    for (const time of $$("time[data-local]")) {
      const moment = new Date(time.dateTime);
      if (Number.isNaN(moment.getTime())) continue;
      const text = format(moment, time.dataset.local);
      if (time.textContent !== text) time.textContent = text;
      time.title = inFull.format(moment);
    }
    for (const note of $$("[data-toast]:not([data-timed])")) {
      note.dataset.timed = "";
      const leave = () => (note.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : note.remove());
      setTimeout(leave, $("button", note) ? 10000 : 5000);
    }
    for (const dialog of $$("dialog[data-open]")) {
      dialog.removeAttribute("data-open");
      if (!dialog.open) dialog.showModal();
    }
  }

  document.addEventListener("click", ({ target, clientX, clientY }) => {
    const copy = target.closest("[data-copy]");
    if (copy) {
      const source = $(copy.dataset.copy);
      navigator.clipboard?.writeText(source.value ?? source.textContent).then(() => {
        const label = $("span", copy) ?? copy;
        const before = label.textContent;
        label.textContent = say.sayCopied;
        setTimeout(() => { label.textContent = before; }, 2000);
      }, () => source.select?.());
    }
    if (target.closest("[data-reload]")) refresh(true);
    if (isDialog(target) && target.open) { // a click beside the box
      const box = target.getBoundingClientRect();
      const inside = (at, from, to) => at >= from && at <= to;
      if (!inside(clientX, box.left, box.right) || !inside(clientY, box.top, box.bottom)) target.close();
    }
    // Browsers that do not know invoker commands yet.
    const opener = target.closest("button[commandfor]");
    if (opener && !("command" in HTMLButtonElement.prototype)) {
      const dialog = document.getElementById(opener.getAttribute("commandfor"));
      if (opener.getAttribute("command") === "close") dialog?.close(); else dialog?.showModal();
    }
  });

  document.addEventListener("play", ({ target }) => {
    for (const audio of $$("audio")) if (audio !== target) audio.pause();
  }, true);

  // ── Live ────────────────────────────────────────────────────────────────────────────────────────────
  const edited = (control) => {
    if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
    if (control.tagName === "SELECT") {
      return [...control.options].some((option) => option.selected !== option.defaultSelected)
        && [...control.options].some((option) => option.defaultSelected);
    }
    return "defaultValue" in control && control.type !== "hidden" && control.value !== control.defaultValue;
  };
  const hasUnsavedInput = () => $("#main .dialog-said") !== null ||
    $$("#main form:not([data-autosave], [data-filter])").some((form) => [...form.elements].some(edited));

  // A page with a secret on it is the only place where it can be read: it is never loaded again by itself.
  const shownOnce = () => $("#main :is(.secret, [data-once])") !== null;

  function showChangedBar(show) {
    const note = $("#changed > p");
    if (note) note.hidden = !show;
  }

  // What was refused has only been written into the log: nothing that this page shows is another.
  let refusedAt = -Infinity;
  const offerReload = () => performance.now() - refusedAt > 1500 && showChangedBar(true);

  // While a form of this page is on its way, its answer comes first: the page may be about to go elsewhere.
  let sending = 0;
  let missed = false;
  const changes = ({ ctx }) => ctx?.request && ctx.request.method !== "GET";
  document.addEventListener("htmx:before:request", ({ detail }) => { if (changes(detail)) sending += 1; });
  document.addEventListener("htmx:finally:request", ({ detail }) => {
    if (!changes(detail)) return;
    sending = Math.max(0, sending - 1);
    if (detail.ctx.response?.status >= 400) refusedAt = performance.now();
    if (sending === 0 && missed) { missed = false; refresh(); }
  });

  let refreshing = false;
  let again = false;
  async function refresh(force = false) {
    if (!main() || (!force && shownOnce())) return;
    if (sending > 0) { missed = true; return; }
    if (!force && hasUnsavedInput()) return offerReload();
    if (refreshing) { again = true; return; }
    refreshing = true;
    showChangedBar(false);
    try {
      await window.htmx.ajax("GET", location.pathname + location.search, {
        target: "#main", select: "#main", swap: force ? "outerHTML show:none" : "outerMorph show:none",
        selectOOB: "#nav:outerMorph,#banner:outerMorph", push: "false", live: location.href, forced: force,
      });
    } finally {
      refreshing = false;
      if (again) { again = false; refresh(); }
    }
  }

  function receive({ type, data }) {
    // A refusal only changes with somebody's access; asking again would write another one into the audit log.
    if (type === "change" && data === "data" && $("#main [data-refusal]")) return;
    if (type === "change") return refresh();
    const address = new URL(data || "/", location.href);
    if (address.origin === location.origin) location.assign(address);
  }

  // Somebody with very many pages open: this one asks again when it is looked at, else now and then.
  function rest(wake) {
    const stop = new AbortController();
    const once = () => { stop.abort(); clearTimeout(timer); wake(); };
    const timer = setTimeout(once, 60000 * (1 + Math.random()));
    const seen = () => { if (document.visibilityState === "visible") once(); };
    document.addEventListener("visibilitychange", seen, { signal: stop.signal });
  }

  function openStream(url, tell) {
    let wait = 500;
    let lost = false;
    const connect = () => {
      const stream = new EventSource(url);
      for (const type of ["change", "signed-out"]) {
        stream.addEventListener(type, ({ data }) => tell({ type, data }));
      }
      stream.addEventListener("rest", () => { stream.close(); lost = true; rest(connect); });
      stream.onopen = () => {
        wait = 500;
        if (lost) tell({ type: "change", data: "" }); // something may have been missed meanwhile
        lost = false;
      };
      stream.onerror = () => {
        lost = true;
        if (stream.readyState !== EventSource.CLOSED) return; // the browser reconnects by itself
        setTimeout(connect, wait * (0.5 + Math.random()));
        wait = Math.min(wait * 2, 30000);
      };
    };
    connect();
  }

  // Browsers allow six connections to a server over HTTP/1.1: all pages of one session share one stream.
  function live(url) {
    const name = `live ${url} ${csrf()}`;
    if (!navigator.locks || !window.BroadcastChannel) return openStream(url, receive);
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => receive(data);
    navigator.locks.request(name, () => {
      openStream(url, (message) => { channel.postMessage(message); receive(message); });
      return new Promise(() => {}); // kept until this page closes; then the next page takes over
    });
  }

  // ── Command palette ─────────────────────────────────────────────────────────────────────────────────
  const palette = $("#palette");
  const list = $("#palette-list");
  const box = palette && $("input", palette);
  let commands = [];

  function collect() {
    const links = [...$$("#nav a"), ...$$("#user-menu a")].map((link) => ({ link, label: $("span", link)?.textContent ?? link.textContent, group: say.sayGoTo }));
    const marked = $$("[data-command]").map((link) => ({ link, label: link.dataset.command || link.textContent, group: say.sayHere }));
    return [...links, ...marked];
  }

  function showMatches() {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = commands.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
    list.replaceChildren(...found.map(({ link, label, group }, index) => {
      const item = document.createElement("li");
      item.id = `palette-${index}`;
      item.role = "option";
      item.command = link;
      const picture = $("svg.icon", link)?.cloneNode(true);
      const name = document.createElement("span");
      name.textContent = label.trim();
      const where = document.createElement("small");
      where.textContent = group;
      item.append(...(picture ? [picture] : []), name, where);
      return item;
    }));
    $(".palette-none", palette).hidden = found.length > 0;
    choose(0);
  }

  function choose(index) {
    const items = [...list.children];
    const chosen = items.at(items.length ? index % items.length : 0);
    for (const item of items) item.ariaSelected = String(item === chosen);
    if (chosen) box.setAttribute("aria-activedescendant", chosen.id);
    else box.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  }
  const chosen = () => [...list.children].findIndex((item) => item.ariaSelected === "true");

  function run(item) {
    palette.close();
    item?.command.click();
  }

  if (palette) {
    palette.addEventListener("beforetoggle", ({ newState }) => {
      if (newState !== "open") return;
      box.value = "";
      commands = collect();
      showMatches();
    });
    box.addEventListener("input", showMatches);
    box.addEventListener("keydown", (event) => {
      const steps = { ArrowDown: 1, ArrowUp: -1 };
      if (event.key in steps) { event.preventDefault(); choose(chosen() + steps[event.key]); }
      else if (event.key === "Enter") { event.preventDefault(); run(list.children[chosen()]); }
    });
    list.addEventListener("click", ({ target }) => run(target.closest("li")));
    document.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      event.preventDefault();
      if (palette.open) palette.close();
      else if (!$("dialog[open]")) palette.showModal();
    });
  }

  if (/Mac|iPhone|iPad/.test(navigator.platform)) for (const key of $$(".palette-button kbd")) key.textContent = "⌘ K";
  enhance();
  if (document.body.dataset.live) live(document.body.dataset.live);
})();
