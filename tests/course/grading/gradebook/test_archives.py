"""Zips and folders made to harm: each costs one line in the report, and nothing else."""

import os
import struct
import sys
import tracemalloc
import zipfile

import pytest

from aimc_course.grading.gradebook.archives import Bounds, Found, Refused, walk

SMALL = Bounds(
    notebook=1000, archive=4000, export=10_000, unpacked=3000, entries=20, directory=2000
)


def made(path, files, *, attributes=None):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (attributes or {}).get(name, 0o100644) << 16
            archive.writestr(info, data)
    return path


def seen(place, bounds=SMALL):
    found = list(walk(place, bounds))
    taken = {"/".join(f.parts): f.data for f in found if isinstance(f, Found)}
    refused = {f.where: f.reason for f in found if isinstance(f, Refused)}
    return taken, refused


def test_notebooks_of_folders_and_zips_are_found(tmp_path):
    made(tmp_path / "export.zip", [("ada/lab.ipynb", b"1"), ("max/lab.ipynb", b"2")])
    (tmp_path / "emmy").mkdir()
    (tmp_path / "emmy" / "lab.ipynb").write_bytes(b"3")
    taken, refused = seen(tmp_path)
    assert taken == {"ada/lab.ipynb": b"1", "max/lab.ipynb": b"2", "emmy/lab.ipynb": b"3"}
    assert refused == {}
    assert seen(tmp_path / "export.zip")[0] == {"ada/lab.ipynb": b"1", "max/lab.ipynb": b"2"}


def test_zip_of_a_student_inside_an_export_keeps_the_students_name(tmp_path):
    inner = made(tmp_path / "inner.zip", [("max/lab.ipynb", b"1")]).read_bytes()
    made(tmp_path / "export.zip", [("ada_1_2_work.zip", inner)])
    assert list(seen(tmp_path / "export.zip")[0]) == ["ada_1_2_work.zip/max/lab.ipynb"]


@pytest.mark.parametrize(
    "name", ["../ada.ipynb", "ada/../../x.ipynb", "/etc/x.ipynb", "..\\x.ipynb", "C:/x.ipynb"]
)
def test_paths_that_lead_out_are_refused(tmp_path, name):
    taken, refused = seen(made(tmp_path / "export.zip", [(name, b"1")]))
    assert taken == {}
    assert "leads out" in next(iter(refused.values()))


def test_links_in_zips_are_refused(tmp_path):
    place = made(
        *(tmp_path / "export.zip", [("ada/lab.ipynb", b"/etc/passwd")]),
        attributes={"ada/lab.ipynb": 0o120777},
    )
    assert "a link" in seen(place)[1]["ada/lab.ipynb"]


def test_links_and_pipes_in_folders_are_refused(tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(b"secret")
    place = tmp_path / "in"
    place.mkdir()
    (place / "ada.ipynb").symlink_to(secret)
    (place / "folder").symlink_to(tmp_path)
    if sys.platform != "win32":
        os.mkfifo(place / "pipe.ipynb")
    taken, refused = seen(place)
    assert taken == {}
    assert "link" in refused["ada.ipynb"]
    assert "link" in refused["folder"]
    assert sys.platform == "win32" or refused["pipe.ipynb"] == "not a plain file"


def test_bomb_is_not_unpacked(tmp_path):
    place = made(tmp_path / "export.zip", [("ada/lab.ipynb", bytes(10**8)), ("b/x.ipynb", b"1")])
    tracemalloc.start()
    taken, refused = seen(place, Bounds(notebook=2**20))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 10**7
    assert refused["ada/lab.ipynb"] == "unpacks to more than 1 MiB"
    assert list(taken) == ["b/x.ipynb"]


def test_bomb_that_lies_about_its_size_is_not_unpacked(tmp_path):
    place = made(tmp_path / "export.zip", [("ada/lab.ipynb", bytes(10**7))])
    data = place.read_bytes().replace(struct.pack("<I", 10**7), struct.pack("<I", 10))
    place.write_bytes(data)
    taken, refused = seen(place)
    assert taken == {}
    assert "unpack" in refused["ada/lab.ipynb"]


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_plain_zips_are_unpacked(tmp_path, kind):
    with zipfile.ZipFile(tmp_path / "export.zip", "w", kind) as archive:
        archive.writestr("ada/lab.ipynb", bytes(10**7))
    taken, refused = seen(tmp_path / "export.zip", Bounds())
    assert taken == {}
    assert "unusual" in refused["ada/lab.ipynb"]


def test_many_small_files_of_one_student_add_up(tmp_path):
    inner = made(tmp_path / "inner.zip", [(f"{k}.ipynb", bytes(900)) for k in range(9)])
    place = made(tmp_path / "export.zip", [("ada_1_2_work.zip", inner.read_bytes())])
    taken, refused = seen(place)
    assert len(taken) == 3
    assert len(refused) == 6


def test_zips_in_zips_end(tmp_path):
    data = b"1"
    name = "lab.ipynb"
    for k in range(4):
        data = made(tmp_path / f"{k}.zip", [(name, data)]).read_bytes()
        name = "more.zip"
    taken, refused = seen(tmp_path / "3.zip")
    assert taken == {}
    assert refused == {"more.zip/more.zip": "zips lie deeper than 2 in each other"}


def test_large_table_of_contents_is_not_read(tmp_path):
    place = made(tmp_path / "export.zip", [(f"{k:060}.ipynb", b"") for k in range(30)])
    assert "table of contents" in seen(place)[1]["the zip"]


def test_too_many_files_are_refused(tmp_path):
    place = made(tmp_path / "export.zip", [(f"{k}.ipynb", b"") for k in range(21)])
    assert "more than 20 files" in seen(place)[1]["the zip"]


@pytest.mark.parametrize("cut", [10, 40, 60])
def test_damaged_zips_are_refused(tmp_path, cut):
    inner = made(tmp_path / "inner.zip", [("lab.ipynb", bytes(range(250)))]).read_bytes()
    damaged = inner[:cut] + bytes(b ^ 255 for b in inner[cut : cut + 30]) + inner[cut + 30 :]
    place = made(tmp_path / "export.zip", [("ada_1_2_w.zip", damaged), ("b/x.ipynb", b"1")])
    taken, refused = seen(place)
    assert list(taken) == ["b/x.ipynb"]
    assert len(refused) == 1


def test_large_and_foreign_files_are_refused(tmp_path):
    (tmp_path / "ada.ipynb").write_bytes(bytes(1001))
    (tmp_path / "max.pdf").write_bytes(b"")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "old.ipynb").write_bytes(b"1")
    taken, refused = seen(tmp_path)
    assert taken == {}
    assert set(refused) == {"ada.ipynb", "max.pdf"}


def test_names_of_files_cannot_forge_lines(tmp_path):
    place = made(tmp_path / "export.zip", [("a\nb\u202e\x1b[2J.pdf", b"")])
    assert list(seen(place)[1]) == ["a\\x0ab\\x202e\\x1b[2J.pdf"]


def test_other_things_are_no_submissions(tmp_path):
    (tmp_path / "x.txt").write_text("x")
    with pytest.raises(ValueError, match="neither a folder nor a zip"):
        list(walk(tmp_path / "x.txt"))
