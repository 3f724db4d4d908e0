"""Only the browser that opened the printed address is let in, whatever else asks."""

from urllib.parse import urlsplit

import pytest
from page_server import grade, hand_in, serving
from paper_class import CLASS, PROPOSAL, filled, picture


@pytest.fixture(scope="module")
def open_page(tmp_path_factory):
    """Return a server that was entered, and its cookie: its tests change nothing."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "class.csv").write_text(CLASS)
    hand_in(folder, "ada", filled(proposal=PROPOSAL, drawn=picture()))
    grade(folder)
    with serving(folder) as server:
        yield server, server.enter()


def test_address_is_good_for_one_visit(served):
    path = urlsplit(served.address).path
    status, headers, _ = served.ask(path)
    assert status == 303
    cookie = headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert f"Path=/{served.place}/" in cookie
    assert served.ask(path)[0] == 403
    assert served.ask(f"/{served.place}/", cookie=cookie.split(";")[0])[0] == 200


@pytest.mark.parametrize("path", ["", "/", "/{place}/", "/{place}/enter/", "/{place}/enter/wrong"])
def test_nothing_is_shown_without_the_token(served, path):
    status, headers, body = served.ask(path.format(place=served.place) or "/")
    assert status in (403, 404)
    assert "set-cookie" not in headers
    assert "data sheet" not in body


@pytest.mark.parametrize(
    "cookie", ["", "aimc-marking=", "aimc-marking=wrong", "other={right}", "aimc-marking=é"]
)
def test_other_cookies_are_refused(open_page, cookie):
    server, right = open_page
    shown = cookie.replace("{right}", right.split("=")[1]).encode().decode("latin-1")
    assert server.ask(f"/{server.place}/", cookie=shown)[0] == 403


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "localhost:{port}", "127.0.0.1", "127.0.0.1:1", ""],
)
def test_other_hosts_are_refused(open_page, host):
    """A name of an attacker's own may lead to 127.0.0.1; the browser then sends that name."""
    server, cookie = open_page
    port = server.host.rpartition(":")[2]
    named = host.format(port=port)
    assert server.ask(f"/{server.place}/", cookie=cookie, Host=named)[0] in (400, 421)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://{host}"},
        {"Origin": "null"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_origins_are_refused(open_page, headers, method):
    server, cookie = open_page
    sent = {name: value.replace("{host}", server.host) for name, value in headers.items()}
    path = f"/{server.place}/" if method == "GET" else f"/{server.place}/undo"
    body = {"key": form_key(server, cookie)} if method == "POST" else None
    status, _, text = server.ask(path, method=method, body=body, cookie=cookie, **sent)
    assert status == 403
    assert "data sheet" not in text


def form_key(server, cookie):
    text = server.ask(f"/{server.place}/", cookie=cookie)[2]
    return text.partition('name="key" value="')[2].partition('"')[0]


def test_a_form_needs_an_origin_and_the_key_of_the_session(open_page):
    server, cookie = open_page
    key, path = form_key(server, cookie), f"/{server.place}/undo"
    own = f"http://{server.host}"
    ask = {"method": "POST", "cookie": cookie}
    assert server.ask(path, body={"key": key}, **ask)[0] == 403
    assert server.ask(path, body={}, **ask, Origin=own)[0] == 403
    assert server.ask(path, body={"key": "0" * 64}, **ask, Origin=own)[0] == 403
    assert server.ask(path, body={"key": key}, **ask, Origin=own)[0] == 303
    assert server.ask(path, body={"key": key, "fill": "x" * 70_000}, **ask, Origin=own)[0] == 413
    assert server.ask(path, cookie=cookie)[0] == 405


@pytest.mark.parametrize(
    "path",
    [
        "page.css/../../../class.key",
        "../class.key",
        "..%2f..%2fclass.key",
        "%2e%2e/%2e%2e/out/class.key",
        "assets/page.css",
        "page.css%00",
        "..\\class.key",
        "picture/1/..%2f..%2f/0/0",
        "picture/1/all/99/0",
        "picture/9/all/0/0",
        "picture/-1/all/0/0",
        "picture/1/o1/0/7",
        "answer/o1/../../class.key",
        "answer/o9/1",
        "answer/o1/99",
        "notebook/o1/%2fetc%2fpasswd",
        "jump/o1?at=../../etc/passwd",
        "/etc/passwd",
    ],
)
def test_no_path_leads_to_a_file(open_page, path):
    server, cookie = open_page
    status, _, body = server.ask(f"/{server.place}/{path}", cookie=cookie)
    assert status == 404
    assert "root:" not in body


def test_every_answer_carries_the_headers(open_page):
    server, cookie = open_page
    for path, status in (("", 200), ("answer/o1/1", 200), ("page.js", 200), ("nowhere", 404)):
        found, headers, _ = server.ask(f"/{server.place}/{path}", cookie=cookie)
        assert found == status
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in headers
    assert "server" not in headers


def test_it_listens_on_loopback_alone(open_page):
    """The kernel's table of sockets knows the port under 127.0.0.1 only."""
    server, _ = open_page
    port = int(server.host.rpartition(":")[2])
    try:
        with open("/proc/net/tcp") as table:
            rows = [line.split()[1] for line in table.readlines()[1:]]
    except OSError:
        pytest.skip("this system has no table of sockets to read")
    assert {row.split(":")[0] for row in rows if int(row.split(":")[1], 16) == port} == {"0100007F"}
