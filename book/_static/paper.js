// A page on paper: in the light colours, with every answer to read. On the screen all then stands as
// it stood.
(function () {
  'use strict';
  let restore = null;

  window.addEventListener('beforeprint', function () {
    if (restore) { return; }
    const root = document.documentElement, theme = root.dataset.theme;
    const stood = [...document.querySelectorAll('form.aimc-quiz')].map(function (form) {
      const button = form.querySelector('button'), details = form.querySelector('details');
      const before = [button.hidden, details.hidden, details.open];
      button.hidden = true;
      details.hidden = false;
      details.open = true;
      return function () { [button.hidden, details.hidden, details.open] = before; };
    });
    root.dataset.theme = 'light';
    restore = function () {
      root.dataset.theme = theme;
      stood.forEach(function (put) { put(); });
      restore = null;
    };
  });

  window.addEventListener('afterprint', function () { if (restore) { restore(); } });
})();
