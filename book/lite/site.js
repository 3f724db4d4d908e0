// What the labs in the browser need beside JupyterLite.

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

// JupyterLite downloads a file from a data address, under its whole path. Phones and tablets want a
// blob, and a teacher wants a file called like the lab.
document.addEventListener(
  'click',
  (event) => {
    const link = event.target.closest?.('a[download][href^="data:"]');
    if (!link) return;
    link.download = link.download.split('/').at(-1);
    const [, kind, coding, body] = /^data:([^,]*?)(;base64)?,([^]*)$/.exec(link.href) ?? [];
    if (body === undefined || coding) return;
    const blob = new Blob([decodeURIComponent(body)], { type: kind });
    link.href = URL.createObjectURL(blob);
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  },
  true,
);

// On a phone the list of files would leave the notebook a strip of 60 px. JupyterLab opens the list
// when it opens the notebook, so it is folded again until the notebook has its kernel; after that it
// is the reader's.
if (window.innerWidth < 700) {
  const fold = () => {
    const shell = window.jupyterapp?.shell;
    if (shell?.currentWidget) shell.collapseLeft();
    if (!shell?.currentWidget?.context?.sessionContext?.session) setTimeout(fold, 200);
  };
  fold();
}
