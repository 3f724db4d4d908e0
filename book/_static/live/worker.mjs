// The library, running in the reader's browser: a module worker that holds one Python, shared by the
// pages that a tab shows one after another where the browser can share it, and else one page's own.
//
// In:  {kind: "start", pyodide, library, part5, packages, sizes, targets}, then
//      {id, wanted, kind: "ask", target, state} or {id, wanted, kind: "run", source}, where `wanted`
//      is the address of a file that is there for as long as the call is wanted.
// Out: {kind: "progress", text, fraction}, {kind: "ready"} or {kind: "failed", message}, then for
//      each id pieces of {id, output} and at last {id, result} or {id, message}; {kind: "broken",
//      message} if Python itself has broken and answers nobody any more.
// All addresses are given by the page and lie on its own site.

let starting = null; // Promise that Python is there
const ports = new Set(); // the pages that have joined
const waiting = new Set(); // those that wait for it
let python = null; // {answer, run}: functions of aimc_course.explorers.browser_shell
let bring = null; // brings what part 5 alone needs, when some code names it

const UNPACK = `
import importlib
import tarfile
def unpack(name):
    with tarfile.open(f"/library/{name}.tar") as tar:
        tar.extractall("/library", filter="data")
    importlib.invalidate_caches()
unpack
`;
const START = `
import contextlib
import sys
sys.path.insert(0, "/library")
from aimc_course.explorers import browser_shell
for target in targets:
    with contextlib.suppress(Exception):  # a broken explorer says so when it is asked
        browser_shell.find(target)
browser_shell
`;

function progress(text, fraction) {
  for (const port of waiting) port.postMessage({ kind: 'progress', text, fraction });
}

// Python asks now and then whether it is to end, as a terminal's does after Ctrl+C: 2 says so.
const LOOK = 100; // ms between two looks
const SIGINT = 2;
let wanted = null;
let next = 0; // when to look again

const interrupt = {
  get 0() {
    const now = performance.now();
    if (!wanted || now < next) return 0;
    next = now + LOOK;
    try {
      const request = new XMLHttpRequest();
      request.open('GET', wanted, false);
      request.send();
      return request.status === 200 ? 0 : SIGINT;
    } catch {
      wanted = null; // it is told once
      return SIGINT;
    }
  },
  set 0(value) {}, // Python clears it
};

// Tell how much has arrived, file by file, without standing in the way of the browser's cache.
function watchFiles(sizes) {
  const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  const seen = new Set();
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const name = entry.name.replace(/[?#].*$/, '').replace(/^.*\//, '');
      if (name in sizes) seen.add(name);
    }
    const done = [...seen].reduce((sum, name) => sum + sizes[name], 0);
    progress('Loading Python', 0.75 * (done / total));
  });
  observer.observe({ type: 'resource', buffered: true });
  return observer;
}

// Pyodide waits for ever for a WebAssembly file that does not come, and only warns of it.
function watchWarnings() {
  const { warn } = console;
  let restore;
  const failure = new Promise((_, reject) => {
    console.warn = (...words) => {
      warn.apply(console, words);
      if (/wasm instantiation failed/.test(words[0])) reject(new Error('WebAssembly failed'));
    };
    restore = () => {
      console.warn = warn;
    };
  });
  return { failure, restore };
}

async function load(address) {
  const reply = await fetch(address);
  if (!reply.ok) throw new Error(`${address}: ${reply.status}`);
  return reply.arrayBuffer();
}

// The archive of part 5 comes once, when a target or a reader's code names something in it.
function bringer(pyodide, unpack, { words, file }) {
  let coming = null;
  return (text) => {
    if (!words.some((word) => text.includes(word))) return null;
    coming ??= (async () => {
      pyodide.unpackArchive(await load(file), 'zip', { extractDir: '/library' });
      unpack('part5');
    })();
    coming.catch(() => {
      coming = null; // the next one may try again
    });
    return coming;
  };
}

async function start({ pyodide: indexURL, library, part5, packages, sizes, targets }) {
  progress('Loading Python', 0);
  const observer = watchFiles(sizes);
  const archive = load(library);
  archive.catch(() => {}); // reported where it is awaited
  const { loadPyodide } = await import(`${indexURL}pyodide.mjs`);
  const { failure, restore } = watchWarnings();
  const pyodide = await Promise.race([loadPyodide({ indexURL, packages }), failure]);
  restore();
  observer.disconnect();
  const missing = packages.filter((name) => !(name in pyodide.loadedPackages));
  if (missing.length) throw new Error(`${missing.join(', ')} did not come`);
  progress('Loading the library', 0.8);
  pyodide.unpackArchive(await archive, 'zip', { extractDir: '/library' });
  const unpack = pyodide.runPython(UNPACK);
  unpack('library');
  bring = bringer(pyodide, unpack, part5);
  await bring(targets.join(' '));
  pyodide.globals.set('targets', pyodide.toPy(targets));
  const shell = pyodide.runPython(START);
  python = { answer: shell.answer, run: shell.run };
  pyodide.setInterruptBuffer(interrupt);
  progress('Ready', 1);
}

// The last line of a Python traceback says what went wrong.
function lastLine(error) {
  const lines = String(error.message || error).trim().split('\n');
  return lines[lines.length - 1];
}

function answer(message, port) {
  if (message.kind === 'ask') {
    return JSON.parse(python.answer(message.target, JSON.stringify(message.state)));
  }
  if (message.kind === 'run') {
    const write = (output) => {
      port.postMessage({ id: message.id, output });
    };
    return JSON.parse(python.run(message.source, write));
  }
  throw new Error(`a worker cannot ${message.kind}`);
}

async function serve(message, port) {
  await bring(message.target ?? message.source ?? '');
  next = 0; // a call that waited may be unwanted before it begins
  ({ wanted } = message);
  try {
    if (interrupt[0]) throw new Error('KeyboardInterrupt');
    return answer(message, port);
  } finally {
    wanted = null;
  }
}

async function join(settings, port) {
  ports.add(port);
  waiting.add(port);
  starting ??= start(settings);
  try {
    await starting;
    port.postMessage({ kind: 'ready' });
  } catch (error) {
    port.postMessage({ kind: 'failed', message: lastLine(error) });
    self.close(); // the next try gets a worker of its own
  } finally {
    waiting.delete(port);
  }
}

function end(message) {
  for (const port of ports) port.postMessage({ kind: 'broken', message });
  self.close(); // the next call gets a worker of its own
}

async function receive(message, port) {
  if (message.kind === 'start') {
    await join(message, port);
    return;
  }
  const begun = performance.now();
  try {
    const result = await serve(message, port);
    port.postMessage({ id: message.id, result, milliseconds: performance.now() - begun });
  } catch (error) {
    port.postMessage({ id: message.id, message: lastLine(error) });
    // What it left half done would be with every page to come.
    if (error.pyodide_fatal_error) end(lastLine(error));
  }
}

function listen(port) {
  port.onmessage = ({ data }) => receive(data, port);
}

if ('SharedWorkerGlobalScope' in self) self.onconnect = ({ ports: [port] }) => listen(port);
else listen(self);
