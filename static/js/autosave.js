// Saves a form while it is filled in and never loses what was typed.
//
// <form data-autosave-url="…" data-version="3"> with a [data-save-state] element in it. The form is sent as it would be
// submitted, plus `version`. The server answers
//   200 {"version", "saved_at", "errors": {field: [text]}, "completeness": {...}, "html": optional fragment}
//   409 {"version", "saved_by", "saved_at", "values": {field: value}} when somebody saved after this page was read.
// Until a save has succeeded the content is kept in this browser under the person and the address.

(() => {
  const DELAY = 1200;
  const MAXIMUM_DELAY = 8000;
  const RETRY_FIRST = 2000;
  const RETRY_LAST = 60000;
  const KEEP_DAYS = 7;
  const PREFIX = "autosave:";
  const IGNORED = new Set(["csrfmiddlewaretoken", "version"]);

  class Autosave {
    constructor(form) {
      this.form = form;
      this.url = form.dataset.autosaveUrl;
      this.key = `${PREFIX}${document.body.dataset.user}:${this.url}`;
      this.state = form.querySelector("[data-save-state]") ?? document.querySelector("[data-save-state]");
      this.base = snapshot(form);
      this.baseVersion = this.version;
      this.retryDelay = RETRY_FIRST;
      this.listen();
      this.offerLocalCopy();
    }

    get version() {
      return Number(this.form.elements.namedItem("version")?.value ?? this.form.dataset.version ?? 0);
    }

    set version(value) {
      this.form.dataset.version = String(value);
      const input = this.form.elements.namedItem("version");
      if (input) input.value = String(value);
    }

    get dirty() {
      return !same(snapshot(this.form), this.base);
    }

    listen() {
      const note = (event) => {
        if (event.target.type !== "file" && !event.target.closest(".conflict")) this.edited();
      };
      this.form.addEventListener("input", note);
      this.form.addEventListener("change", note);
      this.form.addEventListener("submit", (event) => this.beforeSubmit(event));
      document.addEventListener("submit", (event) => this.beforeOtherForm(event));
      window.addEventListener("online", () => this.dirty && this.save());
      window.addEventListener("pageshow", () => {
        this.submitting = false;
        this.resubmitting = false;
      });
      window.addEventListener("beforeunload", (event) => {
        if (this.dirty && !this.submitting) event.preventDefault();
      });
      document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "hidden" && this.dirty) this.save({ keepalive: true });
      });
    }

    edited() {
      if (!this.dirty) return;
      this.keepLocally();
      if (this.conflict) return;
      this.show("pending", "有改动，即将保存");
      window.clearTimeout(this.timer);
      this.firstEdit ??= Date.now();
      const wait = Math.max(0, Math.min(DELAY, this.firstEdit + MAXIMUM_DELAY - Date.now()));
      this.timer = window.setTimeout(() => this.save(), wait);
    }

    show(state, text) {
      if (!this.state) return;
      this.state.dataset.state = state;
      if (this.state.textContent !== text) this.state.textContent = text;
    }

    async save({ keepalive = false } = {}) {
      // What is being submitted must not be saved once more behind it: the server would see a stale version.
      if (this.conflict || this.submitting) return;
      if (this.saving) {
        this.again = true;
        return this.saving;
      }
      window.clearTimeout(this.timer);
      this.firstEdit = undefined;
      this.saving = this.send(keepalive).finally(() => {
        this.saving = undefined;
      });
      await this.saving;
      if (this.again) {
        this.again = false;
        if (this.dirty) await this.save();
      }
    }

    async send(keepalive) {
      const sent = snapshot(this.form);
      this.show("saving", "正在保存…");
      let response;
      try {
        response = await fetch(this.url, {
          method: "POST",
          body: encode(this.form, this.version),
          headers: {
            Accept: "application/json",
            "X-CSRFToken": this.form.elements.namedItem("csrfmiddlewaretoken")?.value ?? "",
            "X-Requested-With": "XMLHttpRequest",
          },
          credentials: "same-origin",
          keepalive,
        });
      } catch {
        this.failed();
        return;
      }
      const answer = await readJson(response);
      if (response.ok && answer) this.saved(sent, answer);
      else if (response.status === 409 && answer) this.conflicting(answer);
      else if (response.status >= 500) this.failed();
      else this.refused(response, answer);
    }

    saved(sent, answer) {
      this.retryDelay = RETRY_FIRST;
      this.version = answer.version;
      this.baseVersion = answer.version;
      this.base = sent;
      if (this.dirty) this.keepLocally();
      else localStorage.removeItem(this.key);
      this.show("saved", `已保存 ${clock(answer.saved_at)}`);
      showErrors(this.form, answer.errors ?? {});
      showCompleteness(answer.completeness);
      showFragment(answer.html);
      this.form.dispatchEvent(new CustomEvent("autosave:saved", { bubbles: true, detail: answer }));
      if (this.dirty) this.edited();
    }

    failed() {
      this.keepLocally();
      this.show("unsaved", "未保存（已在本机保留，将自动重试）");
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.save(), this.retryDelay);
      this.retryDelay = Math.min(this.retryDelay * 2, RETRY_LAST);
    }

    refused(response, answer) {
      this.keepLocally();
      const expired = response.redirected || response.status === 401 || response.status === 403;
      const reason = answer?.detail ?? (expired ? "登录已过期，请在新窗口重新登录后继续填写" : "服务器没有接受本次保存");
      this.show("unsaved", `未保存（已在本机保留）：${reason}`);
      showErrors(this.form, answer?.errors ?? {});
    }

    keepLocally() {
      const copy = { version: this.baseVersion, at: Date.now(), data: snapshot(this.form), base: this.base };
      try {
        localStorage.setItem(this.key, JSON.stringify(copy));
      } catch {
        this.show("unsaved", "本机存储空间已满，请保持页面打开直至保存成功");
      }
    }

    async beforeSubmit(event) {
      if (this.conflict) {
        event.preventDefault();
        this.conflict.remind();
        return;
      }
      if (this.resubmitting) {
        this.submitting = true;
        return;
      }
      window.clearTimeout(this.timer);
      if (!this.saving) {
        this.submitting = true;
        return;
      }
      event.preventDefault();
      const submitter = event.submitter;
      this.again = false;
      await this.saving;
      if (this.conflict) return;
      this.resubmitting = true;
      delete this.form.dataset.submitting;
      this.form.requestSubmit(submitter);
    }

    // Another form of the page (an upload, say) loads the page anew: what is typed here is saved first.
    async beforeOtherForm(event) {
      const other = event.target;
      if (other === this.form || event.defaultPrevented || other === this.letGo) return;
      if (this.conflict || !(this.dirty || this.saving)) return;
      event.preventDefault();
      if (this.saving) await this.saving;
      if (this.dirty) await this.save();
      this.letGo = other;
      delete other.dataset.submitting;
      other.requestSubmit(event.submitter);
      this.letGo = undefined;
    }

    offerLocalCopy() {
      forgetOldCopies();
      const copy = readCopy(this.key);
      if (!copy) return;
      if (same(copy.data, this.base)) {
        localStorage.removeItem(this.key);
        return;
      }
      const box = build("div", "notice notice-warning");
      box.setAttribute("role", "status");
      const body = build("div", "notice-body");
      const title = build("p", "notice-title", "本机保留有尚未保存的内容");
      const text = build("p", "", `上次填写于 ${clock(copy.at, true)}，当时没有保存成功。可以恢复后继续填写，也可以丢弃。`);
      const row = build("div", "button-row");
      const restore = button("btn btn-primary", "恢复这些内容", () => {
        box.remove();
        this.restore(copy);
      });
      const discard = button("btn btn-secondary", "丢弃", () => {
        localStorage.removeItem(this.key);
        box.remove();
      });
      row.append(restore, discard);
      body.append(title, text, row);
      box.append(body);
      this.form.prepend(box);
    }

    restore(copy) {
      applyAll(this.form, copy.data);
      if (copy.version !== this.version) {
        this.base = copy.base ?? this.base;
        this.baseVersion = copy.version;
        this.version = copy.version;
      }
      this.edited();
    }

    conflicting(answer) {
      this.keepLocally();
      const mine = snapshot(this.form);
      const theirs = valuesAsSnapshot(this.form, answer.values ?? {});
      const differing = unitsOf(this.form, mine, theirs).filter((unit) => !same(unit.mine, unit.theirs));
      const changedByMe = (unit) => !same(pick(this.base, unit), unit.mine);
      const changedByThem = (unit) => !same(pick(this.base, unit), unit.theirs);
      const asked = differing.filter((unit) => changedByMe(unit) && changedByThem(unit));
      const untouched = differing.filter((unit) => !changedByMe(unit));
      const who = `${answer.saved_by ?? "另一处"}已于 ${clock(answer.saved_at)} 保存了本部分`;
      untouched.forEach((unit) => applyUnit(this.form, unit, unit.theirs));
      this.version = answer.version;
      this.baseVersion = answer.version;
      this.base = { ...this.base, ...theirs };
      if (asked.length === 0) {
        this.notify(`${who}，您没有改动的内容已更新为对方所填，您改动的内容保持不变。`);
        this.show("saved", `已保存 ${clock(answer.saved_at)}`);
        this.again = true;
        return;
      }
      this.show("conflict", "未保存：请先选择保留哪一份内容");
      this.conflict = new ConflictPanel(this, asked, who);
    }

    resolved(choices) {
      choices.filter(({ side }) => side === "theirs").forEach(({ unit }) => applyUnit(this.form, unit, unit.theirs));
      this.conflict = undefined;
      this.keepLocally();
      this.save();
    }

    notify(text) {
      this.form.querySelector("[data-autosave-note]")?.remove();
      const box = build("div", "notice notice-info");
      box.dataset.autosaveNote = "";
      box.setAttribute("role", "status");
      box.append(build("div", "notice-body", text));
      this.form.prepend(box);
    }
  }

  // Both values of every field that two people changed; nothing is saved before each has been chosen.
  class ConflictPanel {
    constructor(autosave, units, who) {
      this.autosave = autosave;
      this.units = units;
      this.element = build("section", "conflict");
      this.element.setAttribute("role", "alertdialog");
      this.element.setAttribute("aria-labelledby", "conflict-title");
      const head = document.createElement("header");
      const title = build("h2", "", "这部分内容已被更新");
      title.id = "conflict-title";
      title.tabIndex = -1;
      head.append(title, build("p", "", `${who}，与您填写的有 ${units.length} 处不同。请逐处选择保留哪一份，选择前不会覆盖任何一方的内容。`));
      this.element.append(head, ...units.map((unit, index) => this.question(unit, index)), this.buttons());
      autosave.form.prepend(this.element);
      title.focus();
    }

    question(unit, index) {
      const set = document.createElement("fieldset");
      set.append(build("legend", "", unit.label));
      [["mine", "您填写的"], ["theirs", "已保存的"]].forEach(([side, source]) => {
        const choice = build("div", "choice");
        const radio = document.createElement("input");
        Object.assign(radio, { type: "radio", className: "form-check-input", id: `conflict-${index}-${side}`, value: side });
        radio.name = `conflict-${index}`;
        radio.setAttribute("form", "conflict-choices");
        const label = build("label", "choice");
        label.htmlFor = radio.id;
        label.append(build("span", "choice-source", source), build("span", "choice-value", describe(unit, unit[side])));
        choice.append(radio, label);
        set.append(choice);
      });
      return set;
    }

    buttons() {
      const row = build("div", "button-row");
      this.message = build("p", "field-error");
      this.message.setAttribute("role", "alert");
      row.append(
        button("btn btn-primary", "按所选内容保存", () => this.finish()),
        button("btn btn-secondary", "全部用我填写的", () => this.chooseAll("mine")),
        button("btn btn-secondary", "全部用已保存的", () => this.chooseAll("theirs")),
        this.message,
      );
      return row;
    }

    remind() {
      this.message.textContent = "请先选择保留哪一份内容，再继续。";
      this.element.querySelector("h2").focus();
    }

    chooseAll(side) {
      this.element.querySelectorAll(`input[value="${side}"]`).forEach((radio) => {
        radio.checked = true;
      });
    }

    finish() {
      const choices = this.units.map((unit, index) => {
        const side = this.element.querySelector(`input[name="conflict-${index}"]:checked`)?.value;
        return { unit, side };
      });
      const open = choices.filter((choice) => !choice.side).length;
      if (open) {
        this.message.textContent = `还有 ${open} 处没有选择。`;
        return;
      }
      this.element.remove();
      this.autosave.resolved(choices);
    }
  }

  // --- the form's content as {name: [values]} -------------------------------------------------------------------

  function snapshot(form) {
    const data = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value !== "string" || IGNORED.has(name) || isSecret(form, name)) continue;
      (data[name] ??= []).push(value.replaceAll("\r\n", "\n"));
    }
    return data;
  }

  function isSecret(form, name) {
    return form.querySelector(`input[type="password"][name="${CSS.escape(name)}"]`) !== null;
  }

  function encode(form, version) {
    const body = new URLSearchParams();
    for (const [name, values] of Object.entries(snapshot(form))) values.forEach((value) => body.append(name, value));
    body.set("version", String(version));
    return body;
  }

  function same(one, other) {
    return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
  }

  function sorted(value) {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
    return Object.fromEntries(Object.keys(value).sort().filter((key) => !isBlank(value[key])).map((key) => [key, value[key]]));
  }

  function isBlank(values) {
    return !values || values.every((value) => value === "");
  }

  function controlsNamed(form, name) {
    return [...form.elements].filter((control) => control.name === name);
  }

  function applyField(form, name, values) {
    for (const control of controlsNamed(form, name)) {
      if (control.type === "checkbox" || control.type === "radio") control.checked = values.includes(control.value);
      else if (control.multiple) [...control.options].forEach((option) => (option.selected = values.includes(option.value)));
      else if (control.type !== "file") control.value = values[0] ?? "";
    }
  }

  function applyAll(form, data) {
    gridsOf(form).forEach((prefix) => resizeGrid(form, prefix, data));
    const names = new Set([...form.elements].map((control) => control.name).filter((name) => name && !IGNORED.has(name)));
    names.forEach((name) => !isSecret(form, name) && !name.startsWith("conflict-") && applyField(form, name, data[name] ?? []));
  }

  // A JSON value of the server as the strings a form would send for that field.
  function valuesAsSnapshot(form, values) {
    const data = {};
    for (const [name, value] of Object.entries(values)) {
      const list = Array.isArray(value) ? value : [value];
      const box = controlsNamed(form, name).find((control) => control.type === "checkbox");
      data[name] = list.flatMap((item) => {
        if (item === null || item === undefined || item === false) return [];
        return item === true ? [box?.value ?? "on"] : [String(item).replaceAll("\r\n", "\n")];
      });
    }
    return data;
  }

  // --- units of choice: a field, or a table as a whole because its rows belong together ---------------------------

  function gridsOf(form) {
    return [...form.querySelectorAll("[data-grid]")].map((grid) => grid.dataset.gridPrefix);
  }

  function unitsOf(form, mine, theirs) {
    const grids = gridsOf(form);
    const units = new Map();
    for (const name of Object.keys(theirs)) {
      const prefix = grids.find((grid) => name.startsWith(`${grid}-`));
      const id = prefix ?? name;
      if (!units.has(id)) units.set(id, { id, prefix, label: labelOf(form, prefix, name), form });
    }
    for (const unit of units.values()) {
      unit.mine = pick(mine, unit);
      unit.theirs = pick(theirs, unit);
    }
    return [...units.values()];
  }

  function pick(data, unit) {
    if (!unit.prefix) return data[unit.id] ? { [unit.id]: data[unit.id] } : {};
    return Object.fromEntries(Object.entries(data).filter(([name]) => name.startsWith(`${unit.prefix}-`)));
  }

  function applyUnit(form, unit, value) {
    if (!unit.prefix) {
      applyField(form, unit.id, value[unit.id] ?? []);
      return;
    }
    resizeGrid(form, unit.prefix, value);
    [...form.elements]
      .filter((control) => control.name.startsWith(`${unit.prefix}-`))
      .forEach((control) => applyField(form, control.name, value[control.name] ?? []));
  }

  function resizeGrid(form, prefix, data) {
    const rows = Number(data[`${prefix}-TOTAL_FORMS`]?.[0] ?? 0);
    const grid = form.querySelector(`[data-grid-prefix="${prefix}"]`);
    grid?.dispatchEvent(new CustomEvent("grid:resize", { detail: { rows } }));
  }

  function labelOf(form, prefix, name) {
    if (prefix) return form.querySelector(`[data-grid-prefix="${prefix}"] caption`)?.textContent.trim() ?? "表格";
    const control = controlsNamed(form, name)[0];
    const label = control?.closest("fieldset.field")?.querySelector("legend") ?? control?.labels?.[0];
    if (!label) return control?.getAttribute("aria-label") ?? name;
    const copy = label.cloneNode(true);
    copy.querySelectorAll(".visually-hidden, .required-mark").forEach((part) => part.remove());
    return copy.textContent.trim();
  }

  function describe(unit, data) {
    if (unit.prefix) {
      const removed = Object.keys(data).filter((name) => name.endsWith("-DELETE")).length;
      return `${Number(data[`${unit.prefix}-TOTAL_FORMS`]?.[0] ?? 0) - removed} 行`;
    }
    const values = data[unit.id] ?? [];
    if (isBlank(values)) return "（空）";
    const control = controlsNamed(unit.form, unit.id)[0];
    return values.map((value) => wordFor(unit.form, control, value)).join("、");
  }

  function wordFor(form, control, value) {
    if (control?.nodeName === "SELECT") return [...control.options].find((option) => option.value === value)?.text ?? value;
    if (control?.type === "radio" || control?.type === "checkbox") {
      const option = controlsNamed(form, control.name).find((item) => item.value === value);
      return option?.labels?.[0]?.textContent.trim() ?? "是";
    }
    return value;
  }

  // --- what the server's answer changes on the page ---------------------------------------------------------------

  function showErrors(form, errors) {
    form.querySelectorAll("[data-errors-for]").forEach((place) => {
      const texts = errors[place.dataset.errorsFor] ?? [];
      const id = `${place.dataset.errorsFor}_live_error`;
      place.textContent = "";
      place.closest(".field")?.classList.toggle("has-error", texts.length > 0);
      if (texts.length) {
        const line = build("p", "field-error", texts.join("；"));
        line.id = id;
        place.append(line);
      }
      controlsNamed(form, place.dataset.errorsFor).forEach((control) => markInvalid(control, texts.length > 0, id));
    });
  }

  function markInvalid(control, invalid, id) {
    control.classList.toggle("is-invalid", invalid);
    const references = (control.getAttribute("aria-describedby") ?? "").split(" ");
    const kept = references.filter((reference) => reference && !reference.endsWith("_error"));
    if (invalid) {
      control.setAttribute("aria-invalid", "true");
      kept.push(id);
    } else control.removeAttribute("aria-invalid");
    if (kept.length) control.setAttribute("aria-describedby", kept.join(" "));
    else control.removeAttribute("aria-describedby");
  }

  const SECTION_ICONS = { complete: "check-circle-fill", errors: "exclamation-circle-fill", partial: "circle-half", empty: "circle" };

  function sectionWords(section) {
    if (section.status === "complete") return "已填完";
    if (section.status === "errors") return `有 ${section.errors} 处需要修改`;
    return section.status === "partial" ? `已填 ${section.filled} / ${section.required} 项` : "尚未填写";
  }

  function showCompleteness(completeness) {
    if (!completeness) return;
    const count = document.querySelector("[data-sections-complete]");
    const bar = document.querySelector("[data-sections-progress]");
    if (count && completeness.complete !== undefined) count.textContent = String(completeness.complete);
    if (bar && completeness.complete !== undefined) bar.value = completeness.complete;
    for (const [code, section] of Object.entries(completeness.sections ?? {})) {
      const item = document.querySelector(`[data-section="${CSS.escape(code)}"]`);
      if (!item) continue;
      item.className = `section-${section.status}`;
      item.querySelector("small").textContent = sectionWords(section);
      item.querySelector(".bi").className = `bi bi-${SECTION_ICONS[section.status] ?? "circle"}`;
    }
  }

  function showFragment(html) {
    const place = document.querySelector("[data-autosave-fragment]");
    if (html === undefined || html === null || !place) return;
    place.innerHTML = html;
    window.htmx?.process(place);
  }

  // --- small tools ------------------------------------------------------------------------------------------------

  async function readJson(response) {
    if (!response.headers.get("content-type")?.includes("json")) return null;
    try {
      return await response.json();
    } catch {
      return null;
    }
  }

  function readCopy(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  function forgetOldCopies() {
    const limit = Date.now() - KEEP_DAYS * 86400000;
    Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX) && (readCopy(key)?.at ?? 0) < limit)
      .forEach((key) => localStorage.removeItem(key));
  }

  function clock(moment, withDate = false) {
    const day = withDate ? { month: "long", day: "numeric" } : {};
    const options = { ...day, hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" };
    return new Intl.DateTimeFormat("zh-CN", options).format(moment ? new Date(moment) : new Date());
  }

  function build(tag, className, text = "") {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  }

  function button(className, text, action) {
    const element = build("button", className, text);
    element.type = "button";
    element.addEventListener("click", action);
    return element;
  }

  document.querySelectorAll("form[data-autosave-url]").forEach((form) => new Autosave(form));
})();
