// The library, running in the reader's browser: a module worker that holds one Python, shared by the
// pages that a tab shows one after another where the browser can share it, and else one page's own.
//
// In:  {kind: "start", pyodide, library, part5, wheels, sizes, targets}, then
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

// array_api_compat takes over all names that NumPy lists, and with them would load the packages that
// NumPy itself loads only when they are asked for: half as much Python again, of which nothing is used.
const START = `
import contextlib
import sys
sys.path.insert(0, "/library")
import numpy
listed, lists = numpy.__all__, numpy.__dir__
numpy.__all__ = [name for name in listed if name in vars(numpy)]
numpy.__dir__ = lambda: list(vars(numpy))
import array_api_compat.numpy
numpy.__all__, numpy.__dir__ = listed, lists
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
let passOn = null; // passes on what code has printed since the last look

const interrupt = {
  get 0() {
    const now = performance.now();
    if (!wanted || now < next) return 0;
    next = now + LOOK;
    passOn?.();
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

// Unpack a zip archive that holds one tar archive. The browser takes the files out of that in a
// tenth of the time that Python does.
function unpack(pyodide, archive, name) {
  pyodide.unpackArchive(archive, 'zip', { extractDir: '/library' });
  const { FS } = pyodide;
  const tar = FS.readFile(`/library/${name}.tar`);
  const letters = new TextDecoder();
  const text = (from, length) => letters.decode(tar.subarray(from, from + length)).split('\0')[0];
  const made = new Set();
  for (let at = 0; tar[at]; ) {
    // A header of 512 bytes (POSIX.1-1988, ustar), and the file, filled up to as many again.
    const path = `/library/${[text(at + 345, 155), text(at, 100)].filter(Boolean).join('/')}`;
    const size = parseInt(text(at + 124, 12), 8);
    const folder = path.slice(0, path.lastIndexOf('/'));
    if (!made.has(folder)) FS.mkdirTree(folder);
    made.add(folder);
    FS.writeFile(path, tar.subarray(at + 512, at + 512 + size));
    at += 512 * (1 + Math.ceil(size / 512));
  }
  FS.unlink(`/library/${name}.tar`);
  pyodide.runPython('import importlib; importlib.invalidate_caches()');
}

// The archive of part 5 comes once, when a target or a reader's code names something in it.
function bringer(pyodide, { words, file }) {
  let coming = null;
  return (text) => {
    if (!words.some((word) => text.includes(word))) return null;
    coming ??= (async () => {
      unpack(pyodide, await load(file), 'part5');
    })();
    coming.catch(() => {
      coming = null; // the next one may try again
    });
    return coming;
  };
}

async function start({ pyodide: indexURL, library, part5, wheels, sizes, targets }) {
  progress('Loading Python', 0);
  const observer = watchFiles(sizes);
  const arriving = Promise.all([library, ...wheels.map((name) => `${indexURL}${name}`)].map(load));
  arriving.catch(() => {}); // reported where it is awaited
  const { loadPyodide } = await import(`${indexURL}pyodide.mjs`);
  const { failure, restore } = watchWarnings();
  const pyodide = await Promise.race([loadPyodide({ indexURL }), failure]);
  restore();
  const [archive, ...packages] = await arriving;
  observer.disconnect();
  progress('Loading the library', 0.8);
  // Pyodide's own way would load every compiled part of a package, needed or not.
  for (const data of packages) pyodide.unpackArchive(data, 'wheel');
  unpack(pyodide, archive, 'library');
  bring = bringer(pyodide, part5);
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
    // A page that is sent every line by itself has no time left for its reader.
    let output = '';
    let passed = -LOOK;
    passOn = () => {
      if (output) port.postMessage({ id: message.id, output });
      output = '';
      passed = performance.now();
    };
    const write = (text) => {
      output += text;
      if (performance.now() - passed >= LOOK) passOn();
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
    passOn?.();
    passOn = null;
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
    // What it left half done would be with every page to come. It answers nothing more, this call
    // neither: a page that had the answer first could ask it again before it heard of its end.
    if (error.pyodide_fatal_error) end(lastLine(error));
    else port.postMessage({ id: message.id, message: lastLine(error) });
  }
}

function listen(port) {
  port.onmessage = ({ data }) => receive(data, port);
}

if ('SharedWorkerGlobalScope' in self) self.onconnect = ({ ports: [port] }) => listen(port);
else listen(self);
