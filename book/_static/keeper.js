// Python, once started, is to stay for the pages that this tab shows next: each holds the worker that
// has it, whether or not it asks it anything. It is named by live/runtime.mjs.
(function () {
  'use strict';
  try {
    const { address, name } = JSON.parse(sessionStorage.getItem('aimc-python')) || {};
    if (name) { window.aimcPython = new SharedWorker(address, { type: 'module', name, extendedLifetime: true }); }
  } catch {
    // No shared workers, or no storage: the page starts its own Python when one is needed.
  }
})();
