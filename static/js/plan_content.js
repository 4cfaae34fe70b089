// A plan's table while it is filled in: each line's amount and the totals at once, a forbidden use refused at once with
// its article, and rows moved up and down by button or Alt+arrow. Sums are BigInt fen: nothing is ever rounded.
//
// <div data-plan-content data-facts='{"refusals": {code: text}, "agreed": [code]}'> around a [data-grid]; totals stand in
// [data-sum="total"], and [data-sum="rest" data-of="FEN"] shows what remains of FEN.

(() => {
  const PRICE = /^(\d{1,13})(?:\.(\d{0,2}))?$/;
  const QUANTITY = /^\d{1,7}$/;

  function plain(text) {
    return text.trim().replace(/[,，]/g, "").replace(/元$/, "");
  }

  function fenOf(text) {
    const match = PRICE.exec(plain(text));
    return match ? BigInt(match[1] + (match[2] ?? "").padEnd(2, "0")) : null;
  }

  function yuan(fen) {
    const sign = fen < 0n ? "-" : "";
    const whole = fen < 0n ? -fen : fen;
    const grouped = String(whole / 100n).replace(/\B(?=(\d{3})+$)/g, ",");
    return `${sign}¥${grouped}.${String(whole % 100n).padStart(2, "0")}`;
  }

  class PlanTable {
    constructor(element) {
      this.element = element;
      this.grid = element.querySelector("[data-grid]");
      this.prefix = this.grid.dataset.gridPrefix;
      this.facts = JSON.parse(element.dataset.facts || "{}");
      element.addEventListener("input", () => this.refresh());
      element.addEventListener("change", () => this.refresh());
      element.addEventListener("click", (event) => this.clicked(event));
      element.addEventListener("keydown", (event) => this.pressed(event), true);
      document.addEventListener("autosave:saved", () => this.refresh());
      this.refresh();
    }

    rows() {
      return [...this.grid.querySelector("tbody").rows].filter((row) => !row.classList.contains("is-removed"));
    }

    control(row, name) {
      return row.querySelector(`[name$="-${name}"]`);
    }

    refresh() {
      let total = 0n;
      for (const row of this.rows()) {
        total += this.amount(row);
        this.refuse(row);
        this.agreed(row);
      }
      document.querySelectorAll("[data-sum]").forEach((place) => {
        const value = place.dataset.sum === "total" ? total : BigInt(place.dataset.of) - total;
        place.textContent = yuan(value);
        place.classList.toggle("is-below", value < 0n);
      });
    }

    amount(row) {
      const price = this.control(row, "unit_price_fen");
      const quantity = this.control(row, "quantity");
      if (!price || !quantity) return 0n;
      let place = row.querySelector("[data-row-amount]");
      if (!place) {
        place = document.createElement("output");
        place.className = "row-amount";
        place.dataset.rowAmount = "";
        quantity.after(place);
      }
      const fen = fenOf(price.value);
      const count = QUANTITY.test(plain(quantity.value)) ? BigInt(plain(quantity.value)) : null;
      const blank = !price.value.trim() && !quantity.value.trim();
      const known = fen !== null && count !== null;
      place.textContent = known ? `= ${yuan(fen * count)}` : blank ? "" : "单价或数量有误";
      place.classList.toggle("is-below", !known && !blank);
      const refused = this.facts.refusals?.[this.control(row, "category")?.value];
      return known && !refused ? fen * count : 0n;
    }

    refuse(row) {
      const select = this.control(row, "category");
      if (!select || !this.facts.refusals) return;
      const text = this.facts.refusals[select.value] ?? "";
      let place = row.querySelector("[data-row-refusal]");
      if (!place && text) {
        place = document.createElement("p");
        place.className = "field-error";
        place.dataset.rowRefusal = "";
        place.setAttribute("role", "alert");
        select.after(place);
      }
      if (place && place.textContent !== text) place.textContent = text;
      row.classList.toggle("is-refused", Boolean(text));
      if (text) select.setAttribute("aria-invalid", "true");
      else if (place) select.removeAttribute("aria-invalid");
    }

    agreed(row) {
      const wanted = this.facts.agreed?.includes(this.control(row, "category")?.value);
      for (const name of ["finance_approval", "schedule"]) {
        const control = this.control(row, name);
        if (control) control.closest("td").classList.toggle("is-idle", !wanted && !control.value);
      }
    }

    clicked(event) {
      const button = event.target.closest("[data-row-up], [data-row-down]");
      if (button) this.shift(button.closest("tr"), button.matches("[data-row-up]") ? -1 : 1, button);
      if (event.target.closest("[data-grid-add], [data-grid-remove]")) window.setTimeout(() => this.refresh());
    }

    pressed(event) {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      const row = event.target.closest("tbody tr");
      if (!event.altKey || !step || !row) return;
      event.preventDefault();
      event.stopPropagation();
      this.shift(row, step, event.target);
    }

    // The rows keep their place in the form, what stands in them changes places: names and order stay the form's own.
    shift(row, step, origin) {
      const rows = this.rows();
      const other = rows[rows.indexOf(row) + step];
      const status = this.grid.querySelector("[data-grid-status]");
      if (!other) {
        status.textContent = step < 0 ? "已是第一行。" : "已是最后一行。";
        return;
      }
      for (const control of row.querySelectorAll("[name]")) {
        const name = control.name.split("-").pop();
        const partner = this.control(other, name);
        if (name !== "DELETE" && partner) swap(control, partner);
      }
      status.textContent = `已移到第 ${rows.indexOf(other) + 1} 行。`;
      const selector = origin.name
        ? `[name$="-${origin.name.split("-").pop()}"]`
        : origin.matches("[data-row-up]")
          ? "[data-row-up]"
          : "[data-row-down]";
      other.querySelector(selector)?.focus();
      this.grid
        .querySelector(`[name="${this.prefix}-TOTAL_FORMS"]`)
        .dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  function swap(one, other) {
    const [first, second] = [one.value, other.value];
    put(one, second);
    put(other, first);
  }

  function put(control, value) {
    if (control.nodeName === "SELECT" && ![...control.options].some((option) => option.value === value)) {
      control.add(new Option(`${value}（不可识别）`, value));
    }
    control.value = value;
  }

  document.querySelectorAll("[data-plan-content]").forEach((element) => new PlanTable(element));
})();
