// What every page needs: menus, the small-screen navigation, error summaries, guarding against double submission.

(() => {
  const root = document.documentElement;
  root.classList.add("js");

  function setUpNavigation() {
    const toggle = document.querySelector(".nav-toggle");
    const navigation = document.getElementById("site-nav");
    if (!toggle || !navigation) return;
    toggle.addEventListener("click", () => {
      const open = navigation.classList.toggle("is-open");
      toggle.setAttribute("aria-expanded", String(open));
    });
  }

  function closeMenus(except) {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (menu !== except) menu.open = false;
    });
  }

  function setUpMenus() {
    document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      const menu = document.activeElement?.closest("details.menu[open]");
      closeMenus();
      menu?.querySelector("summary").focus();
    });
  }

  function focusField(id) {
    const field = document.getElementById(id);
    if (!field) return false;
    const group = field.closest(".field") ?? field;
    group.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
    return true;
  }

  function setUpErrorSummaries() {
    document.addEventListener("click", (event) => {
      const link = event.target.closest(".error-summary a[href^='#']");
      if (link && focusField(link.hash.slice(1))) event.preventDefault();
    });
    const summary = document.querySelector("[data-focus-on-load]");
    if (!summary) return;
    const first = summary.querySelector("a[href^='#']");
    const field = first && document.getElementById(first.hash.slice(1));
    (field ?? summary).focus({ preventScroll: true });
    summary.scrollIntoView({ block: "start" });
  }

  // A second click while a POST is under way is swallowed; the page's return from the history makes the form usable again.
  function setUpSubmissions() {
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (event.defaultPrevented || form.method !== "post") return;
      if (form.dataset.submitting) {
        event.preventDefault();
        return;
      }
      form.dataset.submitting = "yes";
      window.setTimeout(() => delete form.dataset.submitting, 8000);
    });
    window.addEventListener("pageshow", () => {
      document.querySelectorAll("form[data-submitting]").forEach((form) => delete form.dataset.submitting);
    });
  }

  function setUpSmallTools() {
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-print], [data-copy]");
      if (!button) return;
      if ("print" in button.dataset) window.print();
      else navigator.clipboard?.writeText(button.dataset.copy).then(() => announce("已复制"));
    });
  }

  function announce(text) {
    let region = document.getElementById("announcer");
    if (!region) {
      region = document.createElement("div");
      region.id = "announcer";
      region.className = "visually-hidden";
      region.setAttribute("role", "status");
      document.body.append(region);
    }
    region.textContent = text;
  }

  function reportFailedRequest(text) {
    const main = document.getElementById("main");
    document.getElementById("request-failed")?.remove();
    const notice = document.createElement("div");
    notice.id = "request-failed";
    notice.className = "notice notice-danger";
    notice.setAttribute("role", "alert");
    const body = document.createElement("div");
    body.className = "notice-body";
    body.textContent = text;
    notice.append(body);
    main.prepend(notice);
  }

  function setUpPartialRequests() {
    document.body.addEventListener("htmx:sendError", () => reportFailedRequest("网络未连通，操作没有完成。请检查网络后重试，已填写的内容仍在页面上。"));
    document.body.addEventListener("htmx:responseError", (event) => {
      const status = event.detail.xhr.status;
      reportFailedRequest(status === 403 ? "登录已过期或无权办理此步骤，请刷新页面。" : `操作没有完成（错误代码 ${status}），请刷新页面后重试。`);
    });
  }

  function setUp() {
    setUpNavigation();
    setUpMenus();
    setUpErrorSummaries();
    setUpSubmissions();
    setUpSmallTools();
    setUpPartialRequests();
  }

  setUp();
})();
