// Runs pytest inside Pyodide. The one argument is a JSON file with
//   runtime     folder of Pyodide's own files and wheels
//   packages    names of Pyodide packages to load from there
//   wheels      library and course, as wheels
//   site        folder of pure Python packages
//   repository  folder that pytest starts in
//   arguments   of pytest
//   report      JSON file to write
// The exit status is pytest's.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

const SETTING_UP = `
import importlib, os, sys
importlib.invalidate_caches()
sys.dont_write_bytecode = True  # the mounted folders stay as they are
os.environ |= {"HOME": "/tmp", "MPLBACKEND": "agg", "MPLCONFIGDIR": "/tmp/matplotlib"}
sys.path.append("/site")
os.chdir("/repository")
`;

const RUNNING = `
import json, platform, subprocess, sys
import numpy, pytest
import aimc
# NumPy and Matplotlib ask processes about the processor and the fonts once they are loaded whole.
import array_api_compat.numpy
import matplotlib.pyplot

NO_PROCESS = "it starts a process, and here are none"


def start_process(self, *arguments, **options):
    """Skip a test that starts a process; the library itself may not try."""
    frame = sys._getframe()
    while frame := frame.f_back:
        assert "/site-packages/aimc" not in frame.f_code.co_filename, "the library starts a process"
    pytest.skip(NO_PROCESS)


subprocess.Popen.__init__ = start_process


class Recorder:
    """Counts outcomes; keeps what pytest says of everything that did not pass."""

    def __init__(self):
        self.passed, self.others = 0, []

    def note(self, report):
        if report.passed and report.when == "call":
            self.passed += 1
        elif not report.passed and NO_PROCESS not in str(report.longrepr):
            self.others.append([report.nodeid, report.outcome, str(report.longrepr)])

    def pytest_runtest_logreport(self, report):
        self.note(report)

    def pytest_collectreport(self, report):
        if not report.passed:
            self.others.append([report.nodeid, report.outcome, str(report.longrepr)])


recorder = Recorder()
status = int(pytest.main(arguments.to_py(), plugins=[recorder]))
json.dumps({
    "status": status,
    "passed": recorder.passed,
    "others": recorder.others,
    "library": aimc.__file__,
    "numpy": numpy.__version__,
    "platform": sys.platform,
    "python": platform.python_version(),
    "integer": numpy.arange(1).dtype.name,
})
`;

async function main(job) {
  const { loadPyodide } = await import(pathToFileURL(join(job.runtime, "pyodide.mjs")).href);
  const python = await loadPyodide({
    indexURL: `${job.runtime}/`,
    stdout: (line) => console.log(line),
    stderr: (line) => console.error(line),
  });
  await python.loadPackage(job.packages, { messageCallback: () => {} });
  const target = python.runPython("import sysconfig; sysconfig.get_path('purelib')");
  for (const wheel of job.wheels) {
    python.unpackArchive(new Uint8Array(readFileSync(wheel)), "whl", { extractDir: target });
  }
  const folders = { "/site": job.site, "/repository": job.repository };
  for (const [place, root] of Object.entries(folders)) {
    python.FS.mkdirTree(place);
    python.FS.mount(python.FS.filesystems.NODEFS, { root }, place);
  }
  python.runPython(SETTING_UP);
  python.globals.set("arguments", job.arguments);
  const report = python.runPython(RUNNING);
  writeFileSync(job.report, report);
  return JSON.parse(report).status;
}

try {
  process.exitCode = await main(JSON.parse(readFileSync(process.argv[2], "utf8")));
} catch (error) {
  // Only the message: Node would print the whole of Pyodide's one-line source first.
  console.error(`${basename(process.argv[1])}: ${error.message ?? error}`);
  process.exitCode = 70;
}
