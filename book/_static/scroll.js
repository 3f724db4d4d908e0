// Boxes that scroll sideways (long equations, wide outputs) become stops for the tab key, so that
// they can be scrolled without a mouse. The theme does this for tables and code only. On which side
// there is more is shown by custom.css.
(function () {
  'use strict';
  const BOXES = '.bd-article div.math, .bd-article div.cell_output, .bd-article figure, .bd-article p:has(> img), .bd-article table, .bd-article .pst-scrollable-table-container';

  const HINTS = BOXES + ', .bd-article .pst-scrollable-table-container, .bd-article pre';

  function more(box) {
    const style = getComputedStyle(box);
    if (!/auto|scroll/.test(style.overflowX) || box.scrollWidth <= box.clientWidth + 1) {
      box.removeAttribute('data-more');
      return;
    }
    const sides = [];
    if (box.scrollLeft > 1) { sides.push('left'); }
    if (box.scrollLeft + box.clientWidth < box.scrollWidth - 1) { sides.push('right'); }
    box.setAttribute('data-more', sides.join(' '));
  }

  // Scrolling does not bubble.
  document.addEventListener('scroll', function (event) {
    if (event.target.matches && event.target.matches(HINTS)) { more(event.target); }
  }, true);

  function update() {
    document.querySelectorAll(HINTS).forEach(more);
    document.querySelectorAll(BOXES).forEach(function (box) {
      const wide = box.scrollWidth > box.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(box).overflowX);
      if (wide) {
        box.setAttribute('tabindex', '0');
      } else if (box.getAttribute('tabindex') === '0') {
        box.removeAttribute('tabindex');
      }
    });
  }

  window.addEventListener('load', update);
  document.fonts.ready.then(update);
  window.addEventListener('resize', update);
})();
