// Boxes that scroll sideways (long equations, wide outputs) become stops for the tab key, so that
// they can be scrolled without a mouse. The theme does this for tables and code only.
(function () {
  'use strict';
  var BOXES = '.bd-article div.math, .bd-article div.math mjx-container, .bd-article div.cell_output, .bd-article figure, .bd-article p:has(> img), .bd-article table, .bd-article .pst-scrollable-table-container';

  function update() {
    document.querySelectorAll(BOXES).forEach(function (box) {
      var wide = box.scrollWidth > box.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(box).overflowX);
      if (wide) {
        box.setAttribute('tabindex', '0');
      } else if (box.getAttribute('tabindex') === '0') {
        box.removeAttribute('tabindex');
      }
    });
  }

  window.addEventListener('load', function () {
    update();
    if (window.MathJax && window.MathJax.startup) { window.MathJax.startup.promise.then(update); }
  });
  window.addEventListener('resize', update);
})();
