"""An interrupt while the kernel runs is a KeyboardInterrupt, and ends the process no other way."""

import subprocess
import sys

import pytest

# A signal comes after 20 ms, mostly inside the kernel; each is caught, and the numbers after it are those before.
PROGRAM = """
import signal
import numpy as np
import cordillera
from cordillera.engines import Draws

engine = cordillera.engine("cge", case="peru-2002")
draws = Draws(("frisch",), np.linspace(0.8, 1.2, 64)[:, None])
policies = list(engine.scenarios.values())[:2]
before = engine.solve_draws(draws, policies, ["gdp_growth"]).outputs["gdp_growth"].tobytes()

def interrupt(number, frame):
    raise KeyboardInterrupt

caught = 0
signal.signal(signal.SIGALRM, interrupt)
for _ in range(30):
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    try:
        while True:
            engine.solve_draws(draws, policies, ["gdp_growth"])
    except KeyboardInterrupt:
        caught += 1
assert engine.solve_draws(draws, policies, ["gdp_growth"]).outputs["gdp_growth"].tobytes() == before
print(caught)
"""


@pytest.mark.slow
def test_an_interrupt_inside_the_kernel_is_raised_and_nothing_breaks() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, (done.returncode, done.stderr)
    assert done.stdout.strip() == "30"
