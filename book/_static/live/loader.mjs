// The one place that loads the runtime, when somebody first needs it; a failed try can be repeated.

let loaded = null;
let tries = 0;

export function runtime() {
  if (!loaded) {
    // A browser may remember that a module failed to load: another try needs another address.
    const address = new URL(tries ? `runtime.mjs?again=${tries}` : 'runtime.mjs', import.meta.url);
    tries += 1;
    loaded = import(address.href);
    loaded.catch(() => { loaded = null; });
  }
  return loaded;
}

/** The line of an error that says what is wrong: of a Python traceback the last one. */
export function reason(error) {
  const lines = String(error?.message ?? error).split('\n').map((line) => line.trimEnd()).filter(Boolean);
  return lines.at(-1) ?? 'no reason was given';
}
