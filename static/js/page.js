// The theme toggle, and what htmx leaves to the page. Every page works without it.
(() => {
  const NEXT = { auto: "light", light: "dark", dark: "auto" };
  const NAMES = { auto: "automatic", light: "light", dark: "dark" };
  const root = document.documentElement;
  const toggle = document.querySelector("[data-theme-toggle]");

  const name = (theme) => toggle.setAttribute("aria-label", `Colours: ${NAMES[theme]}`);

  if (toggle) {
    name(root.dataset.theme || "auto");
    toggle.addEventListener("click", () => {
      const theme = NEXT[root.dataset.theme || "auto"];
      if (theme === "auto") delete root.dataset.theme;
      else root.dataset.theme = theme;
      localStorage.setItem("theme", theme);
      name(theme);
    });
  }

  // Empty fields stay out of addresses, whoever submits the form: htmx or the browser.
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("[data-filters]")) return;
    for (const [field, value] of [...event.formData.entries()]) {
      if (value === "") event.formData.delete(field);
    }
  });

  const failure = document.querySelector("[data-failure]");
  const list = document.querySelector("#results");
  if (!failure || !list) return;
  const say = (failed) => () => (failure.hidden = !failed);
  for (const trouble of ["responseError", "sendError", "timeout"]) {
    document.addEventListener(`htmx:${trouble}`, say(true));
  }
  document.addEventListener("htmx:beforeRequest", () => list.setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:afterRequest", () => list.removeAttribute("aria-busy"));
  document.addEventListener("htmx:afterSwap", say(false));
})();
