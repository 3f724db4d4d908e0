// Chapters that a lab links to are pages of the book, not files of JupyterLite: open them there.
// The notebooks themselves stay as they are in the repository.
document.addEventListener(
  'click',
  (event) => {
    const link = event.target.closest?.('a[data-commandlinker-args]');
    if (!link) return;
    const { path } = JSON.parse(link.dataset.commandlinkerArgs);
    if (!/^book\/.+\.md$/.test(path ?? '')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const base = new URL('../../', document.baseURI);
    const page = new URL(path.replace(/\.md$/, '.html'), base);
    window.open(page, '_blank', 'noopener');
  },
  true,
);
