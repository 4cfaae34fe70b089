// Notes and photos of an on-site visit, taken with or without a network.
//
// <div data-visit data-visit-url="…" data-visit-key="…"> holds one [data-visit-item] section per item, each with a
// [data-visit-form] and a [data-visit-entries] list. An entry gets its number here, is kept in this browser
// (IndexedDB) and sent when it can be; the server takes each number once and answers {"client_id", "received_at"}.
// What was typed and not yet recorded is kept too. Entries belong to the person who took them.

(() => {
  const RETRY_FIRST = 2000;
  const RETRY_LAST = 60000;
  const TIMEOUT = 90000;
  const LONGEST_SIDE = 2000;
  const DATABASE = "visit-entries";
  const STORE = "entries";
  const LABELS = { waiting: "未发送", sending: "正在发送…", sent: "已发送", refused: "没有收下" };

  const promised = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  class Shelf {
    // What is kept in this browser. Without IndexedDB entries live as long as the page.
    constructor(owner) {
      this.owner = owner;
      this.memory = new Map();
    }

    async open() {
      try {
        const request = indexedDB.open(DATABASE, 1);
        request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "client_id" });
        this.database = await promised(request);
      } catch {
        this.database = undefined;
      }
      return this.database !== undefined;
    }

    store(mode) {
      return this.database.transaction(STORE, mode).objectStore(STORE);
    }

    async all() {
      const found = this.database ? await promised(this.store("readonly").getAll()) : [...this.memory.values()];
      return found.filter((entry) => entry.owner === this.owner).sort((a, b) => a.noted_at.localeCompare(b.noted_at));
    }

    async put(entry) {
      if (!this.database) this.memory.set(entry.client_id, entry);
      else await promised(this.store("readwrite").put(entry));
    }

    async remove(id) {
      if (!this.database) this.memory.delete(id);
      else await promised(this.store("readwrite").delete(id));
    }
  }

  class Visit {
    constructor(root) {
      this.root = root;
      this.url = root.dataset.visitUrl;
      this.user = document.body.dataset.user;
      this.owner = `${this.user}:${root.dataset.visitKey}`;
      this.status = root.querySelector("[data-visit-status]");
      this.message = root.querySelector("[data-visit-message]");
      this.button = root.querySelector("[data-visit-send]");
      this.shelf = new Shelf(this.owner);
      this.retryDelay = RETRY_FIRST;
    }

    async start() {
      this.lasting = await this.shelf.open();
      for (const entry of await this.shelf.all()) {
        if (this.line(entry.client_id)) await this.shelf.remove(entry.client_id);
        else this.show(entry);
      }
      for (const form of this.root.querySelectorAll("[data-visit-form]")) this.prepare(form);
      this.button.addEventListener("click", () => this.send(true));
      window.addEventListener("online", () => this.send(true));
      document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.send(true));
      document.querySelector("[data-visit-close]")?.addEventListener("click", (event) => this.beforeClosing(event));
      this.root.dataset.ready = "true";
      await this.send(true);
    }

    prepare(form) {
      const key = `visit-draft:${this.owner}:${itemOf(form)}`;
      const kept = read(key);
      if (kept && !form.elements.text.value) {
        form.elements.text.value = kept.text;
        if (kept.verdict) form.elements.verdict.value = kept.verdict;
      }
      form.addEventListener("input", () =>
        write(key, { text: form.elements.text.value, verdict: form.elements.verdict.value }),
      );
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.record(form, key);
      });
    }

    async record(form, key) {
      if (form.dataset.busy) return;
      form.dataset.busy = "true";
      try {
        const photo = form.elements.photo.files[0];
        const entry = {
          client_id: newId(),
          owner: this.owner,
          item: itemOf(form),
          verdict: form.elements.verdict.value,
          text: form.elements.text.value.trim(),
          noted_at: new Date().toISOString(),
          photo: photo ? await smaller(photo) : null,
          photo_name: photo?.name ?? "",
          state: "waiting",
        };
        if (!entry.verdict && !entry.text && !entry.photo) {
          this.say("warning", "请至少填写判断、记录或添加照片中的一项");
          return;
        }
        await this.shelf.put(entry);
        this.show(entry);
        form.reset();
        form.elements.text.value = "";
        for (const radio of form.querySelectorAll("[type=radio]")) radio.checked = false;
        localStorage.removeItem(key);
      } catch {
        this.say("warning", "本机存储空间不足，这条没有记下；内容仍在原处，请先联网发送其他记录");
        return;
      } finally {
        delete form.dataset.busy;
      }
      await this.send(true);
    }

    async send(now = false) {
      if (this.sending) {
        this.again = true;
        return;
      }
      window.clearTimeout(this.timer);
      if (now) this.retryDelay = RETRY_FIRST;
      this.sending = true;
      try {
        do {
          this.again = false;
          await this.sendAll();
        } while (this.again);
      } finally {
        this.sending = false;
      }
    }

    async sendAll() {
      for (const entry of await this.shelf.all()) {
        if (entry.state !== "waiting") continue;
        this.mark(entry, "sending");
        const outcome = await this.sendOne(entry);
        if (outcome === "sent") continue;
        this.mark(entry, entry.state);
        if (outcome === "refused") continue;
        await this.tell(outcome);
        if (outcome === "later") {
          this.timer = window.setTimeout(() => this.send(), this.retryDelay);
          this.retryDelay = Math.min(this.retryDelay * 2, RETRY_LAST);
        }
        return;
      }
      await this.tell("done");
    }

    async sendOne(entry) {
      let response;
      try {
        response = await fetch(this.url, {
          method: "POST",
          body: this.body(entry),
          headers: { Accept: "application/json", "X-CSRFToken": token(), "X-Requested-With": "XMLHttpRequest" },
          credentials: "same-origin",
          redirect: "manual",
          signal: AbortSignal.timeout(TIMEOUT),
        });
      } catch {
        return "later";
      }
      const answer = await response.json().catch(() => null);
      if (response.ok && answer?.client_id === entry.client_id) {
        await this.shelf.remove(entry.client_id);
        this.mark(entry, "sent");
        this.retryDelay = RETRY_FIRST;
        return "sent";
      }
      if (answer?.final) {
        entry.state = "refused";
        entry.detail = answer.detail;
        await this.shelf.put(entry);
        return "refused";
      }
      const signedOut = response.type === "opaqueredirect" || [401, 403, 404].includes(response.status);
      return signedOut ? "signed-out" : "later";
    }

    body(entry) {
      const body = new FormData();
      for (const name of ["client_id", "item", "verdict", "text", "noted_at"]) body.append(name, entry[name]);
      body.append("noter", this.user);
      if (entry.photo) body.append("photo", entry.photo, entry.photo_name || "photo.jpg");
      return body;
    }

    async tell(outcome) {
      const entries = await this.shelf.all();
      const waiting = entries.filter((entry) => entry.state === "waiting").length;
      const refused = entries.length - waiting;
      this.button.hidden = waiting === 0;
      const place = this.lasting ? "已存在本机" : "本机不能保存，请不要关闭本页";
      if (outcome === "signed-out")
        this.say("warning", `登录已失效或已换人登录。${waiting} 条记录${place}；请在新窗口用原账号登录，再点“现在发送”`);
      else if (waiting) this.say("waiting", `${waiting} 条未发送（${place}），有网络时自动发送`);
      else if (refused) this.say("warning", `${refused} 条没有收下，原因见各条；内容仍存在本机`);
      else this.say("saved", this.root.querySelector("[data-client-id]") ? "全部已发送" : "可以开始记录");
    }

    say(state, text) {
      this.status.dataset.state = state;
      if (this.message.textContent !== text) this.message.textContent = text;
    }

    line(id) {
      return this.root.querySelector(`[data-client-id="${CSS.escape(id)}"]`);
    }

    show(entry) {
      const list = this.root.querySelector(`[data-visit-item="${CSS.escape(entry.item)}"] [data-visit-entries]`);
      if (!list) return;
      const line = document.createElement("li");
      line.dataset.clientId = entry.client_id;
      const state = document.createElement("span");
      state.className = "visit-entry-state";
      line.append(state, " ");
      const verdict = this.root.querySelector(`[name=verdict][value="${CSS.escape(entry.verdict)}"]`);
      if (entry.verdict && verdict) {
        const strong = document.createElement("strong");
        strong.textContent = verdict.closest("label").textContent.trim();
        line.append(strong, " ");
      }
      const text = document.createElement("span");
      text.className = "visit-entry-text";
      text.textContent = entry.text;
      line.append(text);
      if (entry.photo) line.append(` 照片：${entry.photo_name}`);
      list.append(line);
      this.mark(entry, entry.state);
    }

    mark(entry, state) {
      const line = this.line(entry.client_id);
      if (!line) return;
      line.dataset.state = state;
      line.querySelector(".visit-entry-state").textContent = LABELS[state];
      line.querySelector(".visit-entry-refused")?.remove();
      if (state === "refused") line.append(this.refusal(entry, line));
    }

    refusal(entry, line) {
      const box = document.createElement("div");
      box.className = "visit-entry-refused";
      const why = document.createElement("p");
      why.textContent = entry.detail ?? "";
      const again = button("再次发送", async () => {
        entry.state = "waiting";
        await this.shelf.put(entry);
        this.mark(entry, "waiting");
        await this.send(true);
      });
      const drop = button("删除这条", async () => {
        if (!window.confirm("这条记录没有送达，删除后不能找回。确定删除吗？")) return;
        await this.shelf.remove(entry.client_id);
        line.remove();
        await this.tell("done");
      });
      box.append(why, again, " ", drop);
      return box;
    }

    beforeClosing(event) {
      const unsent = this.root.querySelector('[data-state="waiting"][data-client-id], [data-state="sending"]');
      if (!event.target.closest("a") || !unsent) return;
      event.preventDefault();
      this.say("warning", "还有记录未发送，请等全部发送后再确认");
      this.status.scrollIntoView({ block: "center" });
    }
  }

  function button(label, action) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm btn-secondary";
    made.textContent = label;
    made.addEventListener("click", action);
    return made;
  }

  // A collection has a method of the field's name.
  function itemOf(form) {
    return form.elements.namedItem("item").value;
  }

  function newId() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  function token() {
    // The cookie follows a new sign-in in another window; the page's own field does not.
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return cookie ? cookie[1] : (document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
  }

  async function smaller(file) {
    // A phone's photo is many times what a report needs; what cannot be drawn again is sent as it is.
    try {
      const picture = await createImageBitmap(file);
      const scale = LONGEST_SIDE / Math.max(picture.width, picture.height);
      if (scale >= 1 && file.size < 1000000) return file;
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * Math.min(scale, 1));
      canvas.height = Math.round(picture.height * Math.min(scale, 1));
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return (await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85))) ?? file;
    } catch {
      return file;
    }
  }

  function read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  function write(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // Without storage the form still works while the page is open.
    }
  }

  for (const root of document.querySelectorAll("[data-visit]")) new Visit(root).start();
})();
