// Browsers run no modules, and so no Python, on pages opened straight from disk. Say so, and show the
// pictures of the charts.
(function () {
  'use strict';
  if (location.protocol !== 'file:') { return; }
  document.documentElement.dataset.charts = 'pictures';
  window.addEventListener('DOMContentLoaded', function () {
    document.querySelectorAll('.aimc-explorer, .aimc-live').forEach(function (box) {
      const note = document.createElement('p');
      note.className = 'aimc-from-disk';
      note.textContent = 'Opened from disk this shows its default state. To compute, serve the folder ' +
        '(python -m http.server) and open the address that it prints.';
      box.appendChild(note);
    });
  });
})();
