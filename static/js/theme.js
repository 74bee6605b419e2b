// Runs before the first paint, so that a chosen theme never flashes. The key is the one that
// Django's admin uses: staff choose once.
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
})();
