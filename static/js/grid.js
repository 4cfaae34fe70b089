// Rows of a formset edited as a table: add, remove, move with the keyboard, paste from a spreadsheet.
// Listens to "grid:resize" ({rows}) so that another script can ask for a number of rows.

(() => {
  const TRUE_WORDS = new Set(["是", "有", "√", "✓", "1", "true", "yes", "y"]);

  class Grid {
    constructor(element) {
      this.element = element;
      this.prefix = element.dataset.gridPrefix;
      this.body = element.querySelector("tbody");
      this.template = element.querySelector("template");
      this.total = this.management("TOTAL_FORMS");
      this.maximum = Number(this.management("MAX_NUM_FORMS")?.value ?? 1000);
      this.status = element.querySelector("[data-grid-status]");
      this.listen();
      this.hideRemoved();
    }

    management(name) {
      return this.element.querySelector(`[name="${this.prefix}-${name}"]`);
    }

    listen() {
      this.element.addEventListener("click", (event) => {
        if (event.target.closest("[data-grid-add]")) this.addAndFocus();
        const remove = event.target.closest("[data-grid-remove]");
        if (remove) this.remove(remove.closest("tr"));
      });
      this.element.addEventListener("keydown", (event) => this.move(event));
      this.element.addEventListener("paste", (event) => this.paste(event));
      this.element.addEventListener("grid:resize", (event) => this.resize(event.detail.rows));
    }

    rows() {
      return [...this.body.rows].filter((row) => !row.classList.contains("is-removed"));
    }

    cells(row) {
      return [...row.cells].slice(1, -1).map((cell) => cell.querySelector("input:not([type=hidden]), select, textarea"));
    }

    add() {
      const index = Number(this.total.value);
      if (this.rows().length >= this.maximum) {
        this.say(`最多 ${this.maximum} 行，不能再添加。`);
        return null;
      }
      const holder = document.createElement("tbody");
      holder.innerHTML = this.template.innerHTML.replaceAll("__prefix__", String(index));
      const row = holder.rows[0];
      this.body.append(row);
      this.total.value = String(index + 1);
      this.renumber();
      return row;
    }

    addAndFocus() {
      const row = this.add();
      if (!row) return;
      this.cells(row)[0]?.focus();
      this.changed();
    }

    remove(row) {
      const rows = this.rows();
      const next = rows[rows.indexOf(row) + 1] ?? rows[rows.indexOf(row) - 1];
      const mark = row.querySelector("input[name$='-DELETE']");
      if (mark) mark.checked = true;
      row.classList.add("is-removed");
      this.renumber();
      this.say("已删除一行。");
      (next ? this.cells(next)[0] : this.element.querySelector("[data-grid-add]"))?.focus();
      this.changed();
    }

    resize(count) {
      while (Number(this.total.value) < count && this.add());
      [...this.body.rows].forEach((row, index) => {
        const mark = row.querySelector("input[name$='-DELETE']");
        const surplus = index >= count;
        if (mark) mark.checked = surplus;
        row.classList.toggle("is-removed", surplus);
      });
      this.renumber();
    }

    hideRemoved() {
      for (const row of this.body.rows) {
        if (row.querySelector("input[name$='-DELETE']")?.checked) row.classList.add("is-removed");
      }
      this.renumber();
    }

    renumber() {
      this.rows().forEach((row, index) => {
        row.cells[0].textContent = String(index + 1);
        for (const control of this.cells(row)) {
          if (!control) continue;
          control.dataset.column ??= control.getAttribute("aria-label") ?? "";
          control.setAttribute("aria-label", `第 ${index + 1} 行 ${control.dataset.column}`);
        }
      });
    }

    move(event) {
      const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
      const control = event.target;
      if (!step || !control.matches("td input, td select") || event.isComposing) return;
      if (event.key !== "Enter" && (control.nodeName === "SELECT" || ["number", "date"].includes(control.type))) return;
      const rows = this.rows();
      const row = control.closest("tr");
      const column = this.cells(row).indexOf(control);
      if (column < 0) return;
      event.preventDefault();
      let target = rows[rows.indexOf(row) + step];
      if (!target && event.key === "Enter") {
        target = this.add();
        if (target) this.changed();
      }
      if (target) this.cells(target)[column]?.focus();
    }

    paste(event) {
      const control = event.target.closest("td input, td select, td textarea");
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (!control || !/[\t\n]/.test(text.trim())) return;
      event.preventDefault();
      const first = control.closest("tr");
      const column = this.cells(first).indexOf(control);
      let lines = parseTable(text);
      if (this.isHead(lines[0], column)) lines = lines.slice(1);
      this.fill(lines, first, column);
    }

    isHead(line, column) {
      const heads = [...this.element.querySelectorAll("thead th")].slice(1, -1).map((head) => plain(head));
      return line?.length > 1 && line.every((value, offset) => heads[column + offset] === value.trim().replace(/\*$/, ""));
    }

    fill(lines, first, column) {
      const doubts = [];
      let position = this.rows().indexOf(first);
      let filled = 0;
      for (const line of lines) {
        const row = this.rows()[position] ?? this.add();
        if (!row) break;
        const controls = this.cells(row);
        line.forEach((value, offset) => {
          const control = controls[column + offset];
          if (control && !setValue(control, value.trim())) {
            doubts.push(`第 ${position + 1} 行“${control.dataset.column}”未识别“${value.trim()}”`);
          }
        });
        position += 1;
        filled += 1;
      }
      const left = lines.length - filled;
      this.say(`已粘贴 ${filled} 行。${left ? `另有 ${left} 行超出上限，没有粘贴。` : ""}${doubts.slice(0, 5).join("；")}`);
      this.changed();
    }

    say(text) {
      if (this.status) this.status.textContent = text;
    }

    changed() {
      this.total.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  function plain(head) {
    const copy = head.cloneNode(true);
    copy.querySelectorAll(".visually-hidden, .required-mark").forEach((part) => part.remove());
    return copy.textContent.trim();
  }

  // Tab-separated text as spreadsheets copy it: a cell with a line break or a quote is quoted, quotes inside are doubled.
  function parseTable(text) {
    const lines = [[]];
    let cell = "";
    let quoted = false;
    const source = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
    for (let index = 0; index < source.length; index += 1) {
      const character = source[index];
      if (quoted) {
        if (character === '"' && source[index + 1] === '"') {
          cell += '"';
          index += 1;
        } else if (character === '"') quoted = false;
        else cell += character;
      } else if (character === '"' && cell === "") quoted = true;
      else if (character === "\t" || character === "\n") {
        lines.at(-1).push(cell);
        cell = "";
        if (character === "\n") lines.push([]);
      } else cell += character;
    }
    lines.at(-1).push(cell);
    return lines;
  }

  // Returns false when the value does not fit the control; then the control stays as it was.
  function setValue(control, value) {
    if (control.nodeName === "SELECT") {
      const option = [...control.options].find((item) => item.text.trim() === value || item.value === value);
      if (option) control.value = option.value;
      return Boolean(option) || value === "";
    }
    if (control.type === "checkbox") {
      control.checked = TRUE_WORDS.has(value.toLowerCase());
      return true;
    }
    const text = control.type === "date" ? isoDate(value) : control.type === "number" ? value.replaceAll(",", "") : value;
    control.value = text;
    return control.value !== "" || value === "";
  }

  function isoDate(value) {
    const parts = value.match(/^(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?$/);
    return parts ? `${parts[1]}-${parts[2].padStart(2, "0")}-${(parts[3] ?? "1").padStart(2, "0")}` : value;
  }

  document.querySelectorAll("[data-grid]").forEach((element) => new Grid(element));
})();
