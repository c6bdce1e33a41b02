"""A real nginx on a loopback port, as whoever runs the tests, with everything below one folder."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

_MAIN = """\
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{servers}
}}
"""
_SERVER = "server {{ listen 127.0.0.1:{port}; include {file}; }}"


def required() -> str:
    """Give nginx; skip the test where there is none, or fail it if WARP_REQUIRE_ALL is 1."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None and os.environ.get("WARP_REQUIRE_ALL") == "1":
        pytest.fail("nginx is not installed")
    if found is None:
        pytest.skip("nginx is not installed")
    return found


@contextlib.contextmanager
def serving(folder: Path, configurations: Sequence[str]) -> Iterator[list[int]]:
    """Run nginx with a server block for each configuration; gives their ports."""
    program, ports, servers = required(), [], []
    for number, configuration in enumerate(configurations):
        file = folder / f"server{number}.conf"
        file.write_text(configuration)
        with socket.create_server(("127.0.0.1", 0)) as free:
            ports.append(free.getsockname()[1])
        servers.append(_SERVER.format(port=ports[-1], file=file))
    main = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    main.write_text(_MAIN.format(user=user, folder=folder, servers="\n".join(servers)))
    with subprocess.Popen([program, "-p", str(folder), "-c", str(main)], stderr=subprocess.PIPE) as running:
        try:
            for port in ports:
                _await(port, running)
            yield ports
        finally:
            running.terminate()


def _await(port: int, running: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        if running.poll() is not None:
            break
        time.sleep(0.02)
    raise AssertionError((running.stderr.read() if running.stderr else b"").decode())
