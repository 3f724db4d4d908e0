// The key D changes between a light and a dark deck; `?dark` in the address opens a dark one.
"use strict";

function setTheme(name) {
  document.documentElement.dataset.theme = name;
}

const address = new URLSearchParams(window.location.search);
setTheme(address.has("dark") && !address.has("print-pdf") ? "dark" : "light");

window.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "d" && !event.ctrlKey && !event.metaKey && !event.altKey) {
    setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  }
});
