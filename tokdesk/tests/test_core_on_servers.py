"""The TypeScript client under every face, against real servers of both kinds."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.chaos_house import chaos_desk
from tokdesk.tests.steps import ROOT

pytestmark = [pytest.mark.service, pytest.mark.cluster]

STATIC = ROOT / "static"
VITEST = STATIC / "node_modules" / ".bin" / "vitest"


def test_the_core_hears_everything_while_connections_break() -> None:
    assert VITEST.exists(), "install it: npm --prefix static ci"
    with chaos_desk() as desk:
        desk.prepare(people=2, conversations=1)
        desk.start()
        told = {
            "origins": [f"http://127.0.0.1:{port}" for port in desk.ports],
            "access": desk.access[:2],
            "conversation": desk.conversations[0],
        }
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        run = subprocess.run(
            [str(VITEST), "run", "--config", "vitest.live.config.ts"],
            cwd=STATIC,
            env={**os.environ, "PATH": programs, "TOKDESK_LIVE": json.dumps(told)},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 passed" in run.stdout
