// The side bar follows the page: its entry is on the screen when the bar is, be it at the start or
// because a phone's drawer opens. The theme puts back where the bar stood on the page before.
(function () {
  'use strict';
  const bar = document.querySelector('.bd-sidebar-primary');
  const entries = bar ? bar.querySelectorAll('.bd-docs-nav li.current > a, .bd-docs-nav li.active > a') : [];
  const here = entries[entries.length - 1];
  if (!here) { return; }
  here.setAttribute('aria-current', 'page');

  function follow() {
    const entry = here.getBoundingClientRect(), box = bar.getBoundingClientRect();
    const bottom = Math.min(box.bottom, innerHeight);
    if (entry.top < box.top || entry.bottom > bottom) {
      bar.scrollTop += entry.top - box.top - (bottom - box.top) / 3;
    }
  }

  window.addEventListener('DOMContentLoaded', follow);
  // A phone's drawer has no size before it opens, and slides in.
  document.querySelectorAll('.primary-toggle').forEach(function (button) {
    button.addEventListener('click', function () { requestAnimationFrame(follow); });
  });
  bar.addEventListener('transitionend', follow);
})();
