// One Python for a tab, in a worker that the pages shown there share, or for the page, where a browser
// shares none; nothing is loaded before the first call. Another tab has its own, since code that runs
// long in one would keep the other waiting.
//
//   load(onProgress) -> Promise that Python is ready
//   ask(target, state, onProgress, signal) -> Promise of an explorer's answer
//   runCode(source, onOutput, onProgress) -> Promise of {stdout, error, charts}
//   stop() ends code that runs
//   renew() has another Python answer from now on, where a reader's code may have changed this one
//
// onProgress(text, fraction) is called while Python loads, onOutput(text) as code prints; `signal`
// ends a call that nobody waits for any more.
//
// A worker that computes hears no message, and memory to share with it is had only from servers that
// send headers of their own. So each call has an empty file that is there for as long as the call is
// wanted, and Python looks for it every tenth of a second.
//
// A shared worker lives while a page holds it, and for some seconds more (`extendedLifetime`). So each
// page of the tab holds it (keeper.js), once it has been named in the session's storage.

const here = new URL('.', import.meta.url);

const PATIENCE = 1500; // ms in which code must heed that it is to end, before its Python is ended
const DEAF = 3000; // ms in which a Python that was ready must answer a page that joins it

const HELD = 'aimc-python'; // key of the session's storage; keeper.js knows it too

let worker = null; // where to post: the port of a SharedWorker, or a Worker
let alone = typeof SharedWorker === 'undefined'; // whether the page must have its own
let reloaded = performance.getEntriesByType('navigation')[0]?.type === 'reload';
let attempt = null; // which try to have one this is; what others say is not heard any more
let ready = null; // Promise that it can answer
let fail = null; // rejects `ready`
let ran = held().ran ?? false; // whether it has run a reader's code, which may change anything in it
let count = 0;
let stage = ['Loading Python', 0];
const calls = new Map(); // id -> {resolve, reject, onOutput, wanted}
const watchers = new Set(); // the onProgress of all who wait for `ready`

/** Leave a worker. One that is shared cannot be ended; `another` is to answer from now on. */
function abandon(own, another) {
  if (own.terminate) own.terminate();
  else own.close();
  if (another || own.terminate) forget();
}

function forget() {
  ran = false;
  remember({});
}

function held() {
  try {
    return JSON.parse(sessionStorage.getItem(HELD)) ?? {};
  } catch {
    return {};
  }
}

function remember(shared) {
  try {
    sessionStorage.setItem(HELD, JSON.stringify(shared));
  } catch {
    // The next page starts its own.
  }
}

function giveUp(message, another = true) {
  const error = new Error(message);
  if (worker) abandon(worker, another);
  worker = null;
  attempt = null;
  ready = null;
  if (fail) fail(error);
  fail = null;
  for (const { reject, wanted } of calls.values()) {
    URL.revokeObjectURL(wanted);
    reject(error);
  }
  calls.clear();
}

function receive({ data }, resolve) {
  if (data.kind === 'progress') {
    stage = [data.text, data.fraction];
    for (const watcher of watchers) watcher(...stage);
  } else if (data.kind === 'ready') {
    fail = null;
    if (!worker.terminate) remember({ ...held(), ready: true });
    resolve();
  } else if (data.kind === 'failed') {
    giveUp(`Python could not be loaded: ${data.message}`);
  } else if (data.kind === 'broken') {
    giveUp(`Python has ended: ${data.message}`);
  } else if ('output' in data) {
    calls.get(data.id)?.onOutput?.(data.output);
  } else {
    const waiting = calls.get(data.id);
    calls.delete(data.id);
    if (!waiting) return;
    URL.revokeObjectURL(waiting.wanted);
    if ('result' in data) waiting.resolve(data.result);
    else waiting.reject(new Error(data.message));
  }
}

// The names in config.json change with every new library: always ask whether it is still the same.
async function settings() {
  const address = new URL('config.json', here);
  const reply = await fetch(address, { cache: 'no-cache' });
  if (!reply.ok) throw new Error(`${address}: ${reply.status}`);
  const config = await reply.json();
  return {
    ...config,
    pyodide: new URL(config.pyodide, here).href,
    library: new URL(config.library, here).href,
    part5: { ...config.part5, file: new URL(config.part5.file, here).href },
    targets: [...document.querySelectorAll('.aimc-explorer[data-target]')].map(
      (section) => section.dataset.target,
    ),
  };
}

/** Make a worker, or join the one that an earlier page has made, and hear what it says. */
function hire(config, hear, failed) {
  const address = new URL('worker.mjs', here).href;
  if (!alone) {
    try {
      return share(config, address, hear, failed);
    } catch {
      alone = true; // a reader may let sites store nothing, and then pages may share nothing
    }
  }
  const own = new Worker(address, { type: 'module' });
  own.onmessage = hear;
  own.onerror = failed;
  return own;
}

function share(config, address, hear, failed) {
  const before = held();
  const { tab = Math.random().toString(36).slice(2) } = before;
  const name = `${config.pyodide} ${config.library} ${tab}`; // another library is another worker
  const shared = new SharedWorker(address, { type: 'module', name, extendedLifetime: true });
  shared.port.onmessage = hear;
  shared.onerror = failed;
  const same = before.name === name;
  ran &&= same;
  remember({ address, name, tab, ready: same && before.ready, ran });
  return shared.port;
}

/** Have a worker start Python; say when it is ready, unless this attempt has been given up. */
async function start(mine, resolve) {
  const current = () => attempt === mine;
  const lost = (message) => {
    if (current()) giveUp(`Python could not be loaded: ${message}`);
  };
  const failed = (event) => {
    event.preventDefault();
    if (!alone && fail && current()) {
      alone = true; // this browser shares none
      start(mine, resolve);
    } else lost(event.message || 'worker failed');
  };
  try {
    const config = await settings();
    if (!current()) return;
    // Whoever reloads a page at which Python does not come, or has been changed, wants another try.
    if (reloaded && (ran || !held().ready)) forget();
    reloaded = false;
    let deaf = 0;
    const hear = (event) => {
      clearTimeout(deaf);
      if (current()) receive(event, resolve);
    };
    worker = hire(config, hear, failed);
    worker.postMessage({ kind: 'start', ...config });
    if (!alone && held().ready) {
      // An earlier page's code that does not end keeps it from answering any other.
      deaf = setTimeout(() => {
        if (!current()) return;
        abandon(worker, true);
        attempt = {};
        start(attempt, resolve);
      }, DEAF);
    }
  } catch (error) {
    lost(error.message);
  }
}

function begin() {
  if (ready) return ready;
  stage = ['Loading Python', 0];
  attempt = {};
  ready = new Promise((resolve, reject) => {
    fail = reject;
    start(attempt, resolve);
  });
  return ready;
}

export async function load(onProgress = undefined) {
  if (onProgress) watchers.add(onProgress);
  try {
    const loaded = begin();
    if (onProgress) onProgress(...stage);
    await loaded;
  } finally {
    watchers.delete(onProgress);
  }
}

async function call(message, { onOutput, onProgress, signal }) {
  await load(onProgress);
  return new Promise((resolve, reject) => {
    if (!worker || signal?.aborted) {
      reject(new Error('stopped'));
      return;
    }
    count += 1;
    const wanted = URL.createObjectURL(new Blob(['wanted'], { type: 'text/plain' }));
    signal?.addEventListener('abort', () => URL.revokeObjectURL(wanted));
    calls.set(count, { resolve, reject, onOutput, wanted });
    if (message.kind === 'run') {
      ran = true;
      if (!alone) remember({ ...held(), ran });
    }
    worker.postMessage({ ...message, id: count, wanted });
  });
}

export function ask(target, state = {}, onProgress = undefined, signal = undefined) {
  return call({ kind: 'ask', target, state }, { onProgress, signal });
}

export function runCode(source, onOutput = () => {}, onProgress = undefined) {
  return call({ kind: 'run', source }, { onOutput, onProgress });
}

/** End code that runs: ask it to end, and end its Python, which then starts anew, if it does not. */
export function stop() {
  if (!worker) return;
  const own = worker;
  const running = [...calls].filter(([, { onOutput }]) => onOutput);
  for (const [, { wanted }] of running) URL.revokeObjectURL(wanted);
  if (!running.length && fail) giveUp('stopped', false); // it only loads
  setTimeout(() => {
    if (worker === own && running.some(([id]) => calls.has(id))) giveUp('stopped');
  }, PATIENCE);
}

export function renew() {
  if (ran && worker) giveUp('stopped');
}

// A page that is left, and may be kept by the browser, waits for nothing.
window.addEventListener('pagehide', () => {
  for (const { wanted } of calls.values()) URL.revokeObjectURL(wanted);
});
